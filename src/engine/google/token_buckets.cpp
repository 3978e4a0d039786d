#include "src/engine/google/token_buckets.hpp"

#include <algorithm>
#include <cmath>

namespace gcal::google {
namespace {

using base::Milliseconds;

constexpr double kBurst = 0.1;  // of a minute's quota
constexpr double kRate = 0.9;   // of the quota, in a minute
constexpr double kMinute = 60'000;
// The part of a bucket that each priority leaves to those before it.
constexpr std::array<double, 4> kReserve{0, 0.05, 0.1, 0.2};
constexpr Milliseconds kFirstRefusal = std::chrono::seconds{1};
constexpr Milliseconds kLongestRefusal = std::chrono::seconds{32};
// After so long without a refusal the next one is a first one again.
constexpr Milliseconds kCalm = std::chrono::minutes{2};

unsigned ahead_of(Priority priority, const std::array<unsigned, 4>& waiting, bool own) {
  unsigned units = 0;
  const auto last = static_cast<std::size_t>(priority);
  for (std::size_t i = 0; i < last; ++i) units += waiting[i];
  return own ? units + waiting[last] : units;
}

// Counts a request as waiting, also if the wait is given up.
class Place {
 public:
  Place(unsigned& waiting, unsigned units) : waiting_(waiting), units_(units) { waiting_ += units; }
  ~Place() { waiting_ -= units_; }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  unsigned& waiting_;
  unsigned units_;
};

}  // namespace

TokenBucket::TokenBucket(unsigned per_minute, Milliseconds now)
    : per_minute_(per_minute), tokens_(per_minute * kBurst), filled_at_(now) {}

void TokenBucket::refill(Milliseconds now) {
  const double grown = static_cast<double>((now - filled_at_).count()) / kMinute * kRate;
  tokens_ = std::min(per_minute_ * kBurst, tokens_ + grown * per_minute_);
  filled_at_ = now;
}

Milliseconds TokenBucket::wait(unsigned units, unsigned ahead, Priority priority,
                               Milliseconds now) {
  const Milliseconds closed = closed_for(now);
  if (!limited()) return closed;
  refill(now);
  // A quota that is smaller than one request is spent by one when the bucket is full.
  const double burst = per_minute_ * kBurst;
  const double reserve = burst * kReserve[static_cast<std::size_t>(priority)];
  const double needed = std::min(units + reserve, burst) + ahead - tokens_;
  if (needed <= 0) return closed;
  const double time = needed / (per_minute_ * kRate) * kMinute;
  return std::max(closed, Milliseconds{static_cast<std::int64_t>(std::ceil(time))});
}

void TokenBucket::close_until(Milliseconds time) {
  closed_until_ = std::max(closed_until_, time);
  tokens_ = std::min(tokens_, 0.0);
}

Milliseconds TokenBucket::closed_for(Milliseconds now) const {
  return std::max(closed_until_ - now, Milliseconds{0});
}

bool TokenBucket::idle(Milliseconds now) {
  refill(now);
  return tokens_ >= per_minute_ * kBurst && closed_until_ <= now;
}

TokenBuckets::TokenBuckets(Quota quota, net::RetryTools tools)
    : quota_(quota), tools_(tools), project_(quota.project, tools.clock.monotonic()) {}

TokenBuckets::User& TokenBuckets::user(const std::string& id) {
  const auto known = users_.find(id);
  if (known != users_.end()) return known->second;
  if (users_.size() >= forget_at_) forget_idle();
  return users_.emplace(id, User(TokenBucket(quota_.user, tools_.clock.monotonic()))).first->second;
}

// What is full, unused and calm says nothing that a new one would not say.
void TokenBuckets::forget_idle() {
  const Milliseconds now = tools_.clock.monotonic();
  for (auto entry = users_.begin(); entry != users_.end();) {
    User& one = entry->second;
    const bool calm = one.refusals == 0 || now - one.refused_at >= kCalm;
    const bool waited_for =
        std::ranges::any_of(one.waiting, [](unsigned units) { return units > 0; });
    entry = calm && !waited_for && one.bucket.idle(now) ? users_.erase(entry) : std::next(entry);
  }
  forget_at_ = std::max<std::size_t>(64, 2 * users_.size());
}

Task<> TokenBuckets::take(std::string id, unsigned units, Priority priority) {
  User& own = user(id);  // not forgotten while its place is taken
  const auto at = static_cast<std::size_t>(priority);
  const auto wait = [&](bool behind_equals) {
    const Milliseconds now = tools_.clock.monotonic();
    return std::max(
        own.bucket.wait(units, ahead_of(priority, own.waiting, behind_equals), priority, now),
        project_.wait(units, ahead_of(priority, waiting_, behind_equals), priority, now));
  };
  Milliseconds left = wait(true);
  const Place in_user(own.waiting[at], units);
  const Place in_project(waiting_[at], units);
  while (left > Milliseconds{0}) {
    // Who asks is answered; the run would otherwise wait for hours, and the user with it.
    const Milliseconds pause = own.bucket.closed_for(tools_.clock.monotonic());
    if (pause > kLongestPause)
      co_return Error{Code::unavailable, "Google asked for a pause", pause, Scope::account,
                      "refusal.pace"};
    CO_TRY_VOID(co_await tools_.pause.wait(left));
    left = wait(false);
  }
  own.bucket.spend(units);
  project_.spend(units);
  co_return Result<>{};
}

void TokenBuckets::refused(const std::string& id, Milliseconds wait) {
  User& own = user(id);
  const Milliseconds now = tools_.clock.monotonic();
  if (now - own.refused_at >= kCalm) own.refusals = 0;
  own.refused_at = now;
  const Milliseconds least =
      std::min(kLongestRefusal, kFirstRefusal * (1 << std::min(own.refusals, 5u)));
  ++own.refusals;
  const auto jitter = static_cast<std::int64_t>(
      tools_.random.below(static_cast<std::uint64_t>(least.count() / 4 + 1)));
  own.bucket.close_until(now + std::max(wait, least) + Milliseconds{jitter});
  project_.spend(quota_.project / 60);
}

}  // namespace gcal::google
