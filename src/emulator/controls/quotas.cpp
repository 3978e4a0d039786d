#include "src/emulator/controls/quotas.hpp"

namespace emulator {

void Quotas::SlidingMinute::drop_before(std::int64_t time) {
  while (!taken.empty() && taken.front().first <= time) {
    units -= taken.front().second;
    taken.pop_front();
  }
}

std::optional<Problem> Quotas::take(const std::string& user, const std::string& method,
                                    std::int64_t now_ms) {
  if (limits.per_user <= 0 && limits.per_project <= 0) return std::nullopt;
  const std::int64_t cost = method == "PATCH" ? limits.patch_units : 1;
  SlidingMinute& own = users_[user];
  own.drop_before(now_ms - 60'000);
  project_.drop_before(now_ms - 60'000);
  if (limits.per_user > 0 && own.units + cost > limits.per_user) {
    ++refused_;
    return Problem{403, "usageLimits", "userRateLimitExceeded", "User Rate Limit Exceeded", {}, {}};
  }
  if (limits.per_project > 0 && project_.units + cost > limits.per_project) {
    ++refused_;
    return Problem{403, "usageLimits", "rateLimitExceeded", "Rate Limit Exceeded", {}, {}};
  }
  for (SlidingMinute* minute : {&own, &project_}) {
    minute->taken.emplace_back(now_ms, cost);
    minute->units += cost;
  }
  return std::nullopt;
}

void Quotas::clear() {
  users_.clear();
  project_ = {};
  refused_ = 0;
  limits = {};
}

}  // namespace emulator
