// Time as a port. Everything that asks for the time takes a Clock, so that tests and the simulation
// control it (tests/support/manual_clock.hpp). Never call std::chrono::*_clock::now() outside the
// implementations of this interface.
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

}  // namespace gcal::base
