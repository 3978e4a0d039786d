// One value of an appointment that users set on either side, and what both sides may hold in the
// end: what was set since both sides last agreed, or what they agreed on. Used by the models of
// what users expect.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "src/engine/sync/ports.hpp"

namespace gcal::simulation {

class Register {
 public:
  Register() = default;
  explicit Register(std::string agreed) : agreed_(std::move(agreed)) {}

  void set(sync::SideName side, std::string value) { set_[side] = std::move(value); }
  // The side's user deleted the appointment afterwards.
  void forget(sync::SideName side) { set_[side].reset(); }
  // A pass carried everything over: what both sides hold now is agreed.
  void agree(std::string value) {
    agreed_ = std::move(value);
    set_ = {};
  }
  bool allows(const std::string& value) const {
    if (!set_.crm && !set_.remote) return value == agreed_;
    return (set_.crm && *set_.crm == value) || (set_.remote && *set_.remote == value);
  }
  bool is_set_by(sync::SideName side) const { return set_[side].has_value(); }
  bool is_set_by_both() const { return set_.crm && set_.remote; }
  std::string expected() const {
    std::string out;
    for (const sync::SideName side : sync::kBothSides)
      if (set_[side]) out += (out.empty() ? "" : " or ") + *set_[side];
    return out.empty() ? agreed_ : out;
  }

 private:
  std::string agreed_;
  sync::PerSide<std::optional<std::string>> set_;
};

}  // namespace gcal::simulation
