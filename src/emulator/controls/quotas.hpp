// Google's quotas per minute, which a control switches on: a sliding minute for each user and for
// all together. Used for every request to the Calendar API. While they are off, nothing is refused.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "src/emulator/http/message.hpp"

namespace emulator {

struct QuotaLimits {
  std::int64_t per_user = 0, per_project = 0;  // units per minute; 0: no limit
  std::int64_t patch_units = 3;                // the cost of a PATCH; any other request costs 1
};

class Quotas {
 public:
  QuotaLimits limits;
  // Counts the request. Answers the Problem when it exceeds a quota; it costs nothing then.
  std::optional<Problem> take(const std::string& user, const std::string& method,
                              std::int64_t now_ms);
  std::uint64_t refused() const { return refused_; }
  void clear();

 private:
  struct SlidingMinute {
    std::deque<std::pair<std::int64_t, std::int64_t>> taken;  // time in milliseconds, units
    std::int64_t units = 0;
    void drop_before(std::int64_t time);
  };
  std::map<std::string, SlidingMinute> users_;
  SlidingMinute project_;
  std::uint64_t refused_ = 0;
};

}  // namespace emulator
