#include "src/engine/sync/schedule.hpp"

#include <algorithm>

namespace gcal::sync {
namespace {

using base::Milliseconds;

constexpr Milliseconds kPageOpen = std::chrono::seconds{60};
constexpr Milliseconds kDefault = std::chrono::minutes{5};
constexpr Milliseconds kBehindPush = std::chrono::minutes{30};
constexpr Milliseconds kHour = std::chrono::hours{1};
constexpr Milliseconds kLongestBehindPush = std::chrono::hours{6};
constexpr Milliseconds kFirstFailure = std::chrono::seconds{30};

// Waiting as long as nothing has changed doubles the wait with each poll.
Milliseconds idle_backoff(Milliseconds idle, Milliseconds least, Milliseconds most) {
  return std::clamp(idle, least, most);
}

Milliseconds regular_delay(const Activity& activity) {
  if (activity.page_open) return kPageOpen;
  switch (activity.push) {
    case Push::none: return kHour;
    case Push::unconfirmed: return idle_backoff(activity.idle, kDefault, kHour);
    case Push::active: return idle_backoff(activity.idle, kBehindPush, kLongestBehindPush);
  }
  return kDefault;
}

}  // namespace

Milliseconds next_poll_delay(const Activity& activity) {
  if (activity.failures == 0) return regular_delay(activity);
  Milliseconds wait = kFirstFailure;
  for (unsigned i = 1; i < activity.failures && wait < kHour; ++i) wait *= 2;
  return std::max(std::min(wait, kHour), activity.retry_after);
}

Milliseconds with_jitter(Milliseconds wait, base::Random& random) {
  if (wait.count() <= 0) return Milliseconds{0};
  return wait + Milliseconds{static_cast<std::int64_t>(
                    random.below(static_cast<std::uint64_t>(wait.count() / 10 + 1)))};
}

}  // namespace gcal::sync
