// One simulated life of a pair of calendars: people edit both sides, replies get lost, cursors
// expire, the process dies at any point, and at the end the weather clears and both sides must hold
// the same. Everything follows from the seed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/fault_plan.hpp"

namespace gcal::simulation {

struct Outcome {
  std::vector<std::string> violations;  // empty: all invariants held
  std::vector<std::string> trace;       // what people did and how the cycles ended
  std::string hash;                     // of trace and final state: equal for equal seeds
  std::size_t cycles = 0;
  std::size_t crashes = 0;
  std::size_t faults = 0;
  std::size_t points = 0;  // calls at which something could have gone wrong
};

// A random history.
Outcome run_seed(std::uint64_t seed);

// A fixed history (edits on both sides, a series, a deletion on each side) in which the process
// dies at the given point, before or after the effect.
Outcome run_story(std::function<support::Fault(std::size_t point, std::string_view where)> decide);

}  // namespace gcal::simulation
