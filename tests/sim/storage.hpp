// Where a simulated engine keeps its journal: in memory, or in SQLite with the plugin's SQL. Both
// meet the faults of the plan at each commit. With SQLite the process dies as it does in life: what
// file and WAL hold at that moment, in the middle of a transaction or of its COMMIT perhaps, is
// what the next process opens; in half of the deaths the power fails, and writes that were not
// synced are lost in part (simulated_disk.hpp). What happens does not depend on it. Used by both
// simulations.
#pragma once

#include <cstdint>
#include <memory>

#include "src/engine/sync/ports.hpp"
#include "tests/support/fault_plan.hpp"

namespace gcal::simulation {

enum class Storage { memory, sqlite };

class SimulatedJournal {
 public:
  virtual ~SimulatedJournal() = default;
  virtual sync::Journal& journal() = 0;
  // The process starts again. Call it before FaultPlan::restart().
  virtual void restart() {}
};

std::unique_ptr<SimulatedJournal> make_journal(Storage storage, std::uint64_t seed,
                                               support::FaultPlan& faults);

}  // namespace gcal::simulation
