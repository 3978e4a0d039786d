// Faults on demand: rules that say which request goes wrong, how often and how. Used by
// Emulator::handle and set by the controls. A rule must never hit the controls themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/controls/effect.hpp"

namespace emulator {

struct Fault {
  std::uint64_t id = 0;
  gcal::base::Json rule;  // as it was set, so that it can be set again
  // match: an empty member matches everything
  std::string method, path, query_contains, body_contains;
  std::int64_t skip = 0;   // let so many matching requests pass first
  std::int64_t times = 1;  // 0: for ever
  double probability = 1;  // of a matching request to be hit
  std::uint64_t random =
      0;  // state of the rule's own generator, from `seed`: a run can be repeated
  Effect effect;
  std::shared_ptr<std::optional<gcal::base::Json>> held;  // between two hits (Carry)
  std::uint64_t hits = 0;
};

// SplitMix64: the same seed hits the same requests. Moves `state` on.
std::uint64_t next_random(std::uint64_t& state);

class Faults {
 public:
  Outcome<std::uint64_t> add(const gcal::base::Json& rule);
  bool remove(std::uint64_t id);
  void clear() { rules_.clear(); }
  std::uint64_t hits() const { return hits_; }  // of all rules, also of those that are used up
  gcal::base::Json describe() const;

  bool allow_kill = false;  // kill_pid is refused without

  // The rule that applies to this request, counted; nullopt for none.
  std::optional<Fault> take(const Request& request, const std::string& path_template);

 private:
  std::vector<Fault> rules_;
  std::uint64_t next_ = 0, hits_ = 0;
};

}  // namespace emulator
