// A simulated history of one pair of calendars: users edit both sides, responses get lost, cursors
// expire, the process dies at any point. At the end no more faults occur, and both sides must hold
// the same. Everything follows from the seed; the remote side is a calendar in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/fault_plan.hpp"

namespace gcal::simulation {

struct Outcome {
  std::vector<std::string> violations;  // empty: all invariants held
  std::vector<std::string> trace;       // what users did and how the cycles ended
  std::string hash;                     // of trace and final state: equal for equal seeds
  std::size_t cycles = 0;
  std::size_t crashes = 0;
  std::size_t faults = 0;  // cycles that ended with an error
  std::size_t points = 0;  // calls at which a fault could have been injected
};

// A random history.
Outcome run_seed(std::uint64_t seed);

// A fixed history (edits on both sides, a series, a deletion on each side) with the faults of
// `decide`.
Outcome run_story(std::function<support::Fault(std::size_t point, std::string_view where)> decide);

}  // namespace gcal::simulation
