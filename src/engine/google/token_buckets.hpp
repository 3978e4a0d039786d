// The budget of a process: a token bucket for each user and one for the project. In no minute more
// is spent than the quotas allow. A part of each bucket is kept for what is more urgent, so a user
// does not wait behind an import. Waits on net::Pause; runs on the loop thread.
#pragma once

#include <array>
#include <map>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/common/net/retry.hpp"
#include "src/engine/google/budget.hpp"

namespace gcal::google {

// Units per minute that Google grants; 0: no limit. A read is one unit, a write three.
struct Quota {
  unsigned user = 600;
  unsigned project = 10'000;
};

// A bucket that is filled with nine tenths of the quota in a minute and holds a tenth of it: both
// together are the most that one minute can see. Times are monotonic. Pure.
class TokenBucket {
 public:
  TokenBucket(unsigned per_minute, base::Milliseconds now);

  // How long until `units` may be spent by this priority, after what waits before it was.
  base::Milliseconds wait(unsigned units, unsigned ahead, Priority priority,
                          base::Milliseconds now);
  void spend(unsigned units) { tokens_ -= limited() ? units : 0; }
  // Nothing is spent before that time.
  void close_until(base::Milliseconds time);
  base::Milliseconds closed_for(base::Milliseconds now) const;
  bool idle(base::Milliseconds now);

 private:
  bool limited() const { return per_minute_ > 0; }
  void refill(base::Milliseconds now);

  double per_minute_;
  double tokens_;
  base::Milliseconds filled_at_;
  base::Milliseconds closed_until_{0};
};

// [loop thread]
class TokenBuckets final : public Budget {
 public:
  TokenBuckets(Quota quota, net::RetryTools tools);
  TokenBuckets(const TokenBuckets&) = delete;
  TokenBuckets& operator=(const TokenBuckets&) = delete;

  Task<> take(std::string user, unsigned units, Priority priority) override;
  // The user's requests stop for what Google asked for, at least a second, doubled with each
  // refusal that follows up to 32 seconds; those of the project slow down.
  void refused(const std::string& user, base::Milliseconds wait) override;

  std::size_t users() const { return users_.size(); }

 private:
  using Waiting = std::array<unsigned, 4>;  // units, by priority
  struct User {
    explicit User(TokenBucket full) : bucket(full) {}
    TokenBucket bucket;
    Waiting waiting{};
    unsigned refusals = 0;
    base::Milliseconds refused_at{0};
  };

  User& user(const std::string& id);
  void forget_idle();

  Quota quota_;
  net::RetryTools tools_;
  TokenBucket project_;
  Waiting waiting_{};
  std::map<std::string, User> users_;
  std::size_t forget_at_ = 64;
};

}  // namespace gcal::google
