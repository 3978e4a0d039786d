// The second mode of the simulation: the same engine, but the remote side is the emulator's model
// of Google, reached through the product's Google client. Users also split series, move and cancel
// occurrences and clear the calendar. Requests fail, responses get lost, the process dies between
// any two requests.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "src/emulator/model/behaviour.hpp"
#include "tests/sim/history.hpp"
#include "tests/sim/simulation.hpp"

namespace gcal::simulation {

// The values of what is only guessed about Google in the history of this seed. Any 2,000 seeds in a
// row have every pair of values of two switches.
emulator::Behaviour behaviour_of(std::uint64_t seed);

// Sets what "NAME=VALUE" names. False, with a message on stderr, if there is no such switch or
// value.
bool assume(emulator::Behaviour& behaviour, std::string_view assumption);

// The values of each two switches, as text: those of `behaviour`, and the number that there is.
std::set<std::string> value_pairs(const emulator::Behaviour& behaviour);
std::size_t count_value_pairs();

// A random history, with these values of the switches.
Outcome run_emulator_seed(const History& history, const emulator::Behaviour& behaviour);
Outcome run_emulator_seed(std::uint64_t seed);  // with those of behaviour_of()

// A fixed history with a series and its exceptions, a split on each side and guests, with the
// faults of `decide`.
Outcome run_emulator_story(
    std::function<support::Fault(std::size_t point, std::string_view where)> decide);

}  // namespace gcal::simulation
