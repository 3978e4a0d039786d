#include "src/hosting/web/rate_limit.hpp"

#include <algorithm>
#include <cstddef>

namespace hosting {
namespace {

constexpr std::size_t kMaxBuckets = 10'000;
constexpr std::size_t kMaxSenders = 100'000;
constexpr std::chrono::hours kKnownFor{8 * 24};

}  // namespace

double RateLimit::Bucket::filled(std::chrono::milliseconds now) const {
  return std::min(burst, tokens + per_second * std::chrono::duration<double>(now - at).count());
}

bool RateLimit::allows(const std::string& key, std::chrono::milliseconds now, double burst,
                       double per_second) {
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= kMaxBuckets && !buckets_.contains(key)) {
    // Full buckets carry no information: forget them. Beyond so many clients that ask often, the
    // others share one bucket.
    std::erase_if(buckets_, [&](const auto& entry) {
      return entry.second.filled(now) >= entry.second.burst;
    });
    if (buckets_.size() >= kMaxBuckets) return take(buckets_[{}], now, burst, per_second);
  }
  return take(buckets_[key], now, burst, per_second);
}

bool RateLimit::take(Bucket& bucket, std::chrono::milliseconds now, double burst,
                     double per_second) {
  if (bucket.burst == 0) bucket = {burst, now, burst, per_second};
  bucket.tokens = bucket.filled(now);
  bucket.at = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

bool KnownSenders::contains(const std::string& key, std::chrono::milliseconds now) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(key);
  return found != seen_.end() && now - found->second <= kKnownFor;
}

void KnownSenders::add(const std::string& key, std::chrono::milliseconds now) {
  if (key.empty()) return;
  const std::lock_guard lock(mutex_);
  if (seen_.size() >= kMaxSenders && !seen_.contains(key))
    std::erase_if(seen_, [&](const auto& entry) { return now - entry.second > kKnownFor; });
  if (seen_.size() < kMaxSenders || seen_.contains(key)) seen_[key] = now;
}

}  // namespace hosting
