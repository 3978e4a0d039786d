// What both simulations share: the CRM side, the journal, the clock, the random generators, the
// cycle of a process that may crash, and the record of what users did. A derived class adds the
// remote side. Used by simulation.cpp and emulator_simulation.cpp. Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/engine/sync/ports.hpp"
#include "tests/sim/history.hpp"
#include "tests/sim/simulation.hpp"
#include "tests/support/fake_side.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/memory_journal.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::simulation {

// What users did to the appointments with one token in their location, which no user edits: the
// token finds them again on both sides. A series that was split is several appointments.
struct UserActs {
  sync::PerSide<bool> edited;
  sync::PerSide<bool> deleted;
  bool split = false;
  sync::PerSide<std::string> summary;  // the last title given on that side
};

class World {
 public:
  virtual ~World() = default;

  support::FaultPlan faults;
  Outcome outcome;

  support::SeededRandom& random() { return random_; }
  // A line of the trace. What comes before the token of an appointment is the kind of the act.
  void note(std::string line);
  // One more of what Outcome::reached counts.
  void reached(const std::string& what) { ++outcome.reached[what]; }

  // Plays `acts` acts, without those that the history leaves out; each draws from its own
  // generator. A cycle among them meets the faults that follow from its number; at every
  // `fault_rate`-th point when they are frequent.
  template <class Act>
  void play(const History& history, std::size_t acts, const Act& act) {
    outcome.acts = acts;
    for (std::size_t number = 0; number < acts; ++number) {
      if (history.left_out.contains(number)) continue;
      begin_act(history.seed, number);
      act();
    }
  }
  // A cycle with random faults.
  void cycle_with_faults(std::uint64_t fault_rate);

  // Runs one cycle of a process that may crash; after a crash the next call starts it again from
  // what the journal holds. Returns whether the cycle succeeded.
  bool cycle();

 protected:
  explicit World(std::uint64_t seed);

  void begin_act(std::uint64_t seed, std::size_t number);

  virtual sync::Side& remote() = 0;
  virtual std::size_t remote_writes() = 0;
  virtual void restart_process() {}

  static std::string label(sync::SideName side) {
    return side == sync::SideName::crm ? "crm" : "google";
  }
  void violation(std::string what) { outcome.violations.push_back(std::move(what)); }
  UserActs& acts(const std::string& token) { return acts_[token]; }
  void saved(sync::SideName side, const std::string& token, const std::string& summary);
  std::string next_token() { return "t" + std::to_string(++tokens_); }
  std::string next_edit() { return std::to_string(++edits_); }

  // An appointment of one hour that contains `token`; one in four is an all-day one.
  sync::Series new_series(const std::string& token, std::chrono::sys_seconds start);
  std::size_t writes() { return crm_.writes() + remote_writes(); }

  // Runs cycles without faults until one writes nothing. Returns whether that happened within
  // `max_cycles`.
  bool settle(std::size_t max_cycles);
  // Checks that no write and no split is left open, and nothing is held.
  void check_nothing_is_left();
  // Checks that no edit and no deletion was lost. `title` is that of the appointment as both sides
  // hold it now; null: it no longer exists.
  void check_acts(const std::string& token, const UserActs& acts, const std::string* title);
  // Sets the hash of the outcome from the trace and what `sides` hold.
  void finish_outcome(const std::vector<const support::FakeSide*>& sides);

  support::SeededRandom random_;         // of the current act
  support::SeededRandom fault_random_;   // of the current act
  support::SeededRandom engine_random_;  // what the product draws
  support::ManualClock clock_;
  support::FakeSide crm_{support::Dialect::crm, faults};
  support::MemoryJournal journal_{faults};
  sync::Pair pair_;
  std::map<std::string, UserActs> acts_;
  std::size_t tokens_ = 0;
  std::size_t edits_ = 0;
  std::size_t quarantined_ = 0;
  bool settling_ = false;  // users ask for another try of what waits
};

}  // namespace gcal::simulation
