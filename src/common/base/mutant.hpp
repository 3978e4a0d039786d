// Faults on purpose, each of which the simulation must find: mutant("name") is true for the one
// that the program sim was started with. Only a build with GCAL_MUTANTS (preset mutants) has them;
// in every other build the call is the constant false and no name is in a binary. The list is
// tests/sim/mutants.cpp.
#pragma once

namespace gcal::base {

#ifdef GCAL_MUTANTS
bool mutant(const char* name);  // [any thread]
#else
constexpr bool mutant(const char* /*name*/) {
  return false;
}
#endif

}  // namespace gcal::base
