// What both simulations share: the CRM side, the journal, the clock, the random generators, the
// cycle of a process that may crash, and the record of what users did. A derived class adds the
// remote side. Used by simulation.cpp and emulator_simulation.cpp. Not thread-safe.
#pragma once

#include <boost/asio/io_context.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "src/engine/sync/cycle.hpp"
#include "src/engine/sync/ports.hpp"
#include "tests/sim/guest_mails.hpp"
#include "tests/sim/history.hpp"
#include "tests/sim/refusals.hpp"
#include "tests/sim/simulation.hpp"
#include "tests/sim/user_acts.hpp"
#include "tests/support/fake_mailer.hpp"
#include "tests/support/fake_side.hpp"
#include "tests/support/fault_plan.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::simulation {

// The title of an appointment on each side; nullopt: it does not exist there.
using Titles = sync::PerSide<std::optional<std::string>>;

class World {
 public:
  virtual ~World() = default;

  support::FaultPlan faults;
  Outcome outcome;

  support::SeededRandom& random() { return random_; }
  // What holds for a whole random history: whether something interrupts it, and the pair's mode.
  void draw_kind(std::uint64_t seed);
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
  // A cycle with random faults; in some, users go on acting while it runs.
  void cycle_with_faults(std::uint64_t fault_rate);
  // What users and the remote service do to the connection: see interruptions.cpp.
  void interrupt();

  // Runs one cycle of a process that may crash; after a crash the next call starts it again from
  // what the journal holds. Returns whether the cycle succeeded.
  bool cycle();

 protected:
  explicit World(std::uint64_t seed, Storage storage = Storage::memory);

  void begin_act(std::uint64_t seed, std::size_t number);

  // Mails that the remote service sent about writes of the engine.
  virtual std::size_t remote_mails() { return 0; }
  // What the remote side holds, by token; and the one object with the token, "" if there is none.
  virtual std::map<std::string, GuestMails::Held> held_at_remote() { return {}; }
  virtual std::string remote_id(const std::string& /*token*/) { return {}; }
  virtual sync::Side& remote() = 0;
  virtual std::size_t remote_writes() = 0;
  virtual std::size_t engine_writes() = 0;  // those of the engine at the remote side
  virtual void restart_process() {}
  virtual void after_cycle() {}
  // A random act of a user; during a cycle too. With the rest the base follows what acts come to;
  // a world with checks of its own has none of them.
  virtual void user_acts() {}
  virtual Titles titles(const std::string& /*token*/) { return {}; }
  // What both sides show of the one appointment with the token; nullopt: not the same.
  virtual std::optional<Values> common_values(const std::string& /*token*/) { return {}; }
  virtual std::vector<std::string> tokens_in_crm() { return {}; }

  static std::string label(sync::SideName side) {
    return side == sync::SideName::crm ? "crm" : "google";
  }
  void violation(std::string what) { outcome.violations.push_back(std::move(what)); }
  UserActs& acts(const std::string& token) { return acts_[token]; }
  // A user acted on the appointment.
  void touched(const std::string& token);
  // Each act is recorded before both sides show it.
  void record_edit(sync::SideName side, const std::string& token, const Values& values = {});
  void record_deletion(sync::SideName side, const std::string& token);
  // The object that the next act changes: one of `live`, every second time that of one of the
  // tokens which users acted on last. `id_of` returns the id of a token's object, "" if there is
  // none.
  std::string draw_object(const std::vector<std::string>& live,
                          const std::function<std::string(const std::string&)>& id_of);
  // Whether an act of the CRM's user on this appointment is not carried over.
  bool is_left_out(sync::SideName side, const std::string& token);
  std::string next_token() { return "t" + std::to_string(++tokens_); }
  std::string next_edit() { return std::to_string(++edits_); }

  // An appointment of one hour that contains `token`; one in four is an all-day one.
  sync::Series new_series(const std::string& token, std::chrono::sys_seconds start);
  std::size_t writes() { return crm_.writes() + remote_writes(); }

  // Runs cycles without faults until one writes nothing. Returns whether that happened within
  // `max_cycles`.
  bool settle(std::size_t max_cycles);
  // Returns whether there were any.
  bool confirm_held_deletions();
  // Checks that no write and no split is left open, and nothing is held.
  void check_nothing_is_left();
  // Checks that no edit and no deletion was lost. `values` is what both sides show of the
  // appointment now; nullopt: it no longer exists.
  void check_acts(const std::string& token, const std::optional<Values>& values);
  const Refusals& refusals() const { return refusals_; }
  // In this history the CRM's mailer mails the guests, not the remote service.
  bool crm_mails() const { return crm_mails_; }
  // Checks that the guests were informed what the acts of the CRM's user call for, by one sender,
  // once.
  void check_mails();
  // The CRM's user gave it this title, or deleted it; before both sides show it.
  void tell(const std::string& token, const std::string& title,
            const std::vector<calendar::Attendee>& guests);
  // The CRM only shows what the remote side has: its own appointments stay where they are.
  bool view_only() const { return pair_.mode == sync::PairMode::view_only; }
  // Sets the hash of the outcome from the trace and what `sides` hold.
  void finish_outcome(const std::vector<const support::FakeSide*>& sides);

  support::SeededRandom random_;         // of the current act
  support::SeededRandom fault_random_;   // of the current act
  support::SeededRandom engine_random_;  // what the product draws
  support::ManualClock clock_;
  support::FakeSide crm_{support::Dialect::crm, faults};
  std::unique_ptr<SimulatedJournal> storage_;
  sync::Journal& journal_;
  sync::Pair pair_;
  support::FakeMailer mailer_{faults};
  GuestMails guest_mails_;
  std::map<std::string, UserActs> acts_;
  Refusals refusals_;
  std::deque<std::string> recent_;  // tokens
  std::size_t tokens_ = 0;
  std::size_t edits_ = 0;
  std::size_t quarantined_ = 0;
  bool settling_ = false;

 private:
  std::optional<sync::Pair> stored_pair();
  void start_process();
  bool is_away();
  void update_acts(bool undisturbed);
  void check_other_direction(const Result<sync::CycleReport>& report);
  bool check_held(const sync::CycleReport* report);
  void hand_over();
  void deliver();
  void disconnect();
  void come_back();
  void end_interruption();

  boost::asio::io_context loop_;
  bool crm_mails_ = false;
  std::size_t delivered_ = 0;  // messages that the guests have read
  bool calm_ = true;           // nothing interrupts the connection in this history
  bool asks_again_ = false;    // a user asks for another try of what waits, or time passes
  bool disconnected_ = false;  // no cycles take place
  bool item_refused_ = false;  // at any time in this history
  bool only_denied_ = false;   // what is held is held because the remote side refuses it
  bool in_cycle_ = false;
  bool away_in_cycle_ = false;
  bool writable_ = true;  // as the engine reported last
  base::Instant no_creations_before_{};
  bool counts_faults_ = false;  // faults_met_ has all of a cycle: not in a story
  std::size_t faults_met_ = 0;
  std::size_t acts_in_cycle_ = 0;
};

}  // namespace gcal::simulation
