// Implements base::Clock over the host's crm.clock/0. Used by the whole plugin; never fails. [any
// thread]
#pragma once

#include "host_api/cpp/host.hpp"
#include "src/common/base/clock.hpp"

namespace gcal::plugin {

class HostClock final : public base::Clock {
 public:
  explicit HostClock(crm::Clock clock) : clock_(clock) {}
  base::Instant now() const override { return base::Instant{base::Milliseconds{clock_.wall()}}; }
  base::Milliseconds monotonic() const override {
    return base::Milliseconds{clock_.monotonic_ms()};
  }

 private:
  crm::Clock clock_;
};

}  // namespace gcal::plugin
