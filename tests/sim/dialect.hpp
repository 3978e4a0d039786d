// The second mode of the simulation: the same engine, but Google is the emulator's model and every
// request passes through the real dialect code. People split series, move and cancel occurrences,
// clear the calendar; requests fail, answers get lost, the process dies between any two of them.
#pragma once

#include "tests/sim/simulation.hpp"

namespace gcal::simulation {

Outcome run_dialect_seed(std::uint64_t seed);

// A fixed history with a series and its exceptions, a split on each side and guests, in which one
// request or commit goes wrong.
Outcome run_dialect_story(
    std::function<support::Fault(std::size_t point, std::string_view where)> decide);

}  // namespace gcal::simulation
