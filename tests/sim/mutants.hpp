// The list of the faults that a build with GCAL_MUTANTS can be started with (src/common/base/
// mutant.hpp). Each is what the product once did, or what a comparable product does.
#pragma once

#include <span>
#include <string_view>

namespace gcal::simulation {

// What finds a mutant: histories of the simulation in memory, of the one with the emulator, or of
// the plugin (tests/unit/plugin/account_histories_test.cpp). tests: no random history within the
// limit, but the written ones of unit_calendar, unit_google, unit_sync and unit_plugin.
enum class Finder { memory, emulator, plugin, tests };

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
