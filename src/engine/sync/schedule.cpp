#include "src/engine/sync/schedule.hpp"

#include <algorithm>

namespace gcal::sync {
namespace {

using base::Milliseconds;

constexpr Milliseconds kWatched = std::chrono::seconds{60};
constexpr Milliseconds kDefault = std::chrono::minutes{5};
constexpr Milliseconds kBehindPush = std::chrono::minutes{30};
constexpr Milliseconds kHour = std::chrono::hours{1};
constexpr Milliseconds kSafety = std::chrono::hours{6};
constexpr Milliseconds kFirstFailure = std::chrono::seconds{30};

// Waiting as long as it has been quiet doubles the waits by itself.
Milliseconds as_long_as_quiet(Milliseconds idle, Milliseconds least, Milliseconds most) {
  return std::clamp(idle, least, most);
}

Milliseconds undisturbed(const Activity& activity) {
  if (activity.opened) return kWatched;
  switch (activity.push) {
    case Push::none: return kHour;
    case Push::silent: return as_long_as_quiet(activity.idle, kDefault, kHour);
    case Push::working: return as_long_as_quiet(activity.idle, kBehindPush, kSafety);
  }
  return kDefault;
}

}  // namespace

Milliseconds next_look(const Activity& activity) {
  if (activity.failures == 0) return undisturbed(activity);
  Milliseconds wait = kFirstFailure;
  for (unsigned i = 1; i < activity.failures && wait < kHour; ++i) wait *= 2;
  return std::max(std::min(wait, kHour), activity.retry_after);
}

Milliseconds spread(Milliseconds wait, base::Random& random) {
  if (wait.count() <= 0) return Milliseconds{0};
  return wait + Milliseconds{static_cast<std::int64_t>(
                    random.below(static_cast<std::uint64_t>(wait.count() / 10 + 1)))};
}

}  // namespace gcal::sync
