// A simulated history as data: a seed from which every act, fault and switch follows, and the acts
// that are left out. Each act draws from a generator of its own, so that leaving one out does not
// change what the others draw. Used by both simulations and by the search for a shorter history
// that fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>

#include "tests/sim/simulation.hpp"
#include "tests/sim/storage.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::simulation {

struct History {
  std::uint64_t seed = 0;
  std::set<std::size_t> left_out;  // numbers of acts
  Storage storage = Storage::memory;
};

// The generator of one act, of its faults, or of what is drawn once for the whole history.
enum class Draws : std::uint64_t {
  world = 1,
  acts = 2,
  faults = 3,
  engine = 4,
  switches = 5,
  kind = 6,
  journal = 7,
  disk = 8
};
support::SeededRandom generator(std::uint64_t seed, Draws draws, std::size_t act = 0);

// A history with as few acts as were found within `attempts` runs and with which `fails` still
// holds. `acts` is the number of acts of `history`, which fails itself.
History shortest(History history, std::size_t acts, std::size_t attempts,
                 const std::function<bool(const History&)>& fails);

}  // namespace gcal::simulation
