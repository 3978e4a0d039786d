// Time as a port. Everything that asks for the time takes a Clock, so that tests and the simulation
// own it. Never call std::chrono::*_clock::now() outside the implementations of this interface.
#pragma once

#include <chrono>

namespace gcal::base {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;  // UTC, milliseconds since 1970
using Milliseconds = std::chrono::milliseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;             // wall clock; may step in either direction
  virtual Milliseconds monotonic() const = 0;  // never goes back; its zero has no meaning
};

// The machine's clock. [any thread]
class SystemClock final : public Clock {
 public:
  Instant now() const override;
  Milliseconds monotonic() const override;
};

// A clock that stands still until told. [one thread]
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start = Instant{std::chrono::seconds{1'767'225'600}})
      : now_(start) {}  // 2026-01-01T00:00Z
  Instant now() const override { return now_; }
  Milliseconds monotonic() const override { return monotonic_; }
  void advance(Milliseconds by) {
    now_ += by;
    monotonic_ += by;
  }
  void step_wall_clock(Milliseconds by) {
    now_ += by;
  }  // what an administrator or NTP does: monotonic stays

 private:
  Instant now_;
  Milliseconds monotonic_{0};
};

}  // namespace gcal::base
