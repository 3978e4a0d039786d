// The list of the faults that a build with GCAL_MUTANTS can be started with (src/common/base/
// mutant.hpp). Each is what the product once did, or what a comparable product does.
#pragma once

#include <span>
#include <string_view>

namespace gcal::simulation {

// What plays the histories that find a mutant: the simulation in memory, the one with the emulator,
// or those of the plugin (tests/unit/plugin/account_histories_test.cpp).
enum class Finder { memory, emulator, plugin };

struct Mutant {
  std::string_view name;
  Finder finder;
  std::string_view fault;  // what the product does wrong
};

std::span<const Mutant> mutants();

// From now on mutant(name) is true. False: there is no such name, or this build has no mutants.
bool start_mutant(std::string_view name);
void stop_mutant();

}  // namespace gcal::simulation
