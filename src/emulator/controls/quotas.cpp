#include "src/emulator/controls/quotas.hpp"

namespace emulator {

void Quotas::Minute::forget(std::int64_t before) {
  while (!taken.empty() && taken.front().first <= before) {
    units -= taken.front().second;
    taken.pop_front();
  }
}

std::optional<Problem> Quotas::take(const std::string& user, const std::string& method,
                                    std::int64_t now_ms) {
  if (limits.per_user <= 0 && limits.per_project <= 0) return std::nullopt;
  const std::int64_t cost = method == "PATCH" ? limits.patch_units : 1;
  Minute& own = users_[user];
  own.forget(now_ms - 60'000);
  project_.forget(now_ms - 60'000);
  if (limits.per_user > 0 && own.units + cost > limits.per_user) {
    ++refused_;
    return Problem{403, "usageLimits", "userRateLimitExceeded", "User Rate Limit Exceeded", {}, {}};
  }
  if (limits.per_project > 0 && project_.units + cost > limits.per_project) {
    ++refused_;
    return Problem{403, "usageLimits", "rateLimitExceeded", "Rate Limit Exceeded", {}, {}};
  }
  for (Minute* minute : {&own, &project_}) {
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
