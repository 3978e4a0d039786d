// The random choices that both simulations make alike: the side of an act and the faults of a
// cycle. All randomness comes from the caller's generator, so a history can be repeated from its
// seed.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "src/common/base/random.hpp"
#include "src/engine/sync/ports.hpp"
#include "tests/support/fault_plan.hpp"

namespace gcal::simulation {

inline sync::SideName random_side(base::Random& random) {
  return random.below(2) == 0 ? sync::SideName::crm : sync::SideName::remote;
}

// One cycle's faults: none, rare (on average at every 20th point) or frequent (at every
// `fault_rate`-th). `random` must outlive the returned function.
inline std::function<support::Fault(std::size_t, std::string_view)> random_faults(
    base::Random& random, std::uint64_t fault_rate) {
  using support::Fault;
  const std::uint64_t severity = random.below(3);
  return [&random, severity, fault_rate](std::size_t, std::string_view) {
    if (severity == 0 || random.below(severity == 1 ? 20 : fault_rate) != 0) return Fault::none;
    switch (random.below(4)) {
      case 0: return Fault::before;
      case 1: return Fault::after;
      case 2: return Fault::crash_before;
      default: return Fault::crash_after;
    }
  };
}

inline support::Fault no_fault(std::size_t, std::string_view) {
  return support::Fault::none;
}

}  // namespace gcal::simulation
