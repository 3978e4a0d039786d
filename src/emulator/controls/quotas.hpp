// Google's per-minute quotas, switched on by a control: a sliding minute for each person and for
// all together. Used by Emulator for every call of the Calendar API. Off, nothing is ever refused.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "src/emulator/api/message.hpp"

namespace emulator {

struct QuotaLimits {
  std::int64_t per_user = 0, per_project = 0;  // units in a minute; 0: no limit
  std::int64_t patch_units = 3;                // a PATCH costs three, everything else one
};

class Quotas {
 public:
  QuotaLimits limits;
  // Counts the call; a problem when it does not fit into the minute any more. A refused call costs
  // nothing.
  std::optional<Problem> take(const std::string& user, const std::string& method,
                              std::int64_t now_ms);
  std::uint64_t refused() const { return refused_; }
  void clear();

 private:
  struct Minute {
    std::deque<std::pair<std::int64_t, std::int64_t>> taken;  // when, units
    std::int64_t units = 0;
    void forget(std::int64_t before);
  };
  std::map<std::string, Minute> users_;
  Minute project_;
  std::uint64_t refused_ = 0;
};

}  // namespace emulator
