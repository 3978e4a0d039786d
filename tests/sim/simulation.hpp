// A simulated history of one pair of calendars: users edit both sides, responses get lost, cursors
// expire, the process dies at any point. At the end no more faults occur, and both sides must hold
// the same. Everything follows from the seed; the remote side is a calendar in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/fault_plan.hpp"

namespace gcal::simulation {

struct History;

struct Outcome {
  std::vector<std::string> violations;  // empty: all invariants held
  std::vector<std::string> trace;       // what users did and how the cycles ended
  std::string hash;                     // of trace and final state: equal for equal seeds
  std::size_t cycles = 0;
  std::size_t crashes = 0;
  std::size_t faults = 0;  // cycles that ended with an error
  std::size_t points = 0;  // calls at which a fault could have been injected
  std::size_t acts = 0;    // that were drawn, with those that the history leaves out
  // How often each act of a user and each kind of fault took place. A kind that no history of a
  // long run reaches proves nothing.
  std::map<std::string, std::size_t> reached;
};

// A random history.
Outcome run_seed(const History& history);
Outcome run_seed(std::uint64_t seed);

// What a long run of one of the simulations has to meet: keys of Outcome::reached.
std::vector<std::string_view> marks(bool emulator);

// A fixed history (edits on both sides, a series, a deletion on each side) with the faults of
// `decide`.
Outcome run_story(std::function<support::Fault(std::size_t point, std::string_view where)> decide);

}  // namespace gcal::simulation
