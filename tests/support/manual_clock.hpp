// A clock whose time changes only when a test advances it. [one thread]
#pragma once

#include "src/common/base/clock.hpp"

namespace gcal::support {

class ManualClock final : public base::Clock {
 public:
  // 2026-01-01T00:00Z unless another time is given.
  explicit ManualClock(base::Instant start = base::Instant{std::chrono::seconds{1'767'225'600}})
      : now_(start) {}
  base::Instant now() const override { return now_; }
  base::Milliseconds monotonic() const override { return monotonic_; }
  void advance(base::Milliseconds by) {
    now_ += by;
    monotonic_ += by;
  }
  // As an administrator or NTP sets the clock: the monotonic time stays.
  void step_wall_clock(base::Milliseconds by) { now_ += by; }

 private:
  base::Instant now_;
  base::Milliseconds monotonic_{0};
};

}  // namespace gcal::support
