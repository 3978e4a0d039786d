// The weather of one cycle, drawn from a seed, as both modes of the simulation have it. It must
// never draw more than the seed's own chance: a history repeats.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "src/common/base/random.hpp"
#include "src/engine/sync/ports.hpp"
#include "tests/support/fault_plan.hpp"

namespace gcal::simulation {

inline sync::SideName either(base::Random& random) {
  return random.below(2) == 0 ? sync::SideName::crm : sync::SideName::remote;
}

// Fair, a little rough (a fault at every 20th point) or a storm (at every `rough`-th). `chance`
// must outlive the answer.
inline std::function<support::Fault(std::size_t, std::string_view)> next_fault_plan(
    base::Random& chance, std::uint64_t fault_rate) {
  using support::Fault;
  const std::uint64_t severity = chance.below(3);
  return [&chance, severity, fault_rate](std::size_t, std::string_view) {
    if (severity == 0 || chance.below(severity == 1 ? 20 : fault_rate) != 0) return Fault::none;
    switch (chance.below(4)) {
      case 0: return Fault::before;
      case 1: return Fault::after;
      case 2: return Fault::crash_before;
      default: return Fault::crash_after;
    }
  };
}

}  // namespace gcal::simulation
