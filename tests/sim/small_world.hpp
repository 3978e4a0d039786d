// All histories of a few acts with one appointment, instead of random ones with many: each act of a
// user on either side, a pass of the product in between, and the death of the process at any call
// of the last pass that is not clean. The remote side is the emulator's model of Google behind the
// product's client.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/model/behaviour.hpp"
#include "src/engine/sync/ports.hpp"
#include "tests/sim/simulation.hpp"

namespace gcal::simulation {

enum class SmallAct {
  cycle,        // a pass of the product
  rename,       // another title for the appointment, of a series for all dates
  move,         // 30 minutes later, of a series all dates
  erase,        // the appointment, of a series all dates
  rename_date,  // series only: another title for the date that is an exception already
  cancel_date,  // series only: takes another date away
};

struct SmallStep {
  SmallAct act = SmallAct::cycle;
  sync::SideName side = sync::SideName::crm;  // of a cycle: crm
};

// "crm rename, cycle, google erase"
std::string text_of(const std::vector<SmallStep>& steps);

// All histories of exactly `length` steps. Between two passes the CRM's acts come first: what users
// do on two sides without a pass in between does not depend on its order.
std::vector<std::vector<SmallStep>> small_histories(bool series, std::size_t length);

// Plays the history, then passes until nothing is left to do. `crash`: the process dies at this
// call of the product; nullopt: never.
Outcome run_small(bool series, const std::vector<SmallStep>& steps,
                  std::optional<std::size_t> crash, const emulator::Behaviour& behaviour);

}  // namespace gcal::simulation
