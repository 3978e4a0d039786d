// One history: the steps that follow from a seed, their execution, and the checks at its end. The
// same seed gives the same history; in process it also gives the same answers.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/convergence/world.hpp"

namespace convergence {

struct Outcome {
  std::vector<Violation> violations;
  std::vector<std::string> trace;  // the acts in order; empty without tracing
  std::size_t steps = 0;
};

// `left_out`: indexes of steps that are not executed.
Outcome run_history(Service& service, std::uint64_t seed, const std::set<std::size_t>& left_out,
                    Counters& counters, bool tracing);

// What failed, without the addresses, ids and times of one history.
std::string kind_of(const Violation& violation);

// Leaves out steps as long as a failure of the same kind is left; returns those to leave out.
std::set<std::size_t> shrink(Service& service, std::uint64_t seed, const Outcome& outcome);

// The counters that must not be 0 after enough histories.
std::vector<std::string> required_counters();

}  // namespace convergence
