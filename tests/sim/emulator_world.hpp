// The world of the simulation with the emulator: what users do to both calendars, and what both
// must show in the end. Acts are in emulator_acts.cpp, checks in emulator_checks.cpp. Used by
// emulator_simulation.cpp. Not thread-safe.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/emulator/model/behaviour.hpp"
#include "tests/sim/emulated_google.hpp"
#include "tests/sim/world.hpp"

namespace gcal::simulation {

class EmulatorWorld final : public World {
 public:
  explicit EmulatorWorld(std::uint64_t seed, const emulator::Behaviour& behaviour = {},
                         Storage storage = Storage::memory)
      : World(seed, storage),
        google_(clock_, seed ^ 0x900913, faults, behaviour),
        orphans_(behaviour.exceptions_after_master_change ==
                 emulator::Behaviour::Exceptions::orphan) {}

  void create(sync::SideName side, bool recurring);
  void edit(sync::SideName side) { side == sync::SideName::crm ? edit_crm() : edit_google(); }
  void erase(sync::SideName side);
  // Both users edit one appointment that neither has seen the other's edit of.
  void edit_on_both_sides();
  void clear_google();
  void expire_cursors();
  void settle_and_check();
  void finish() { finish_outcome({&crm_}); }

  // The start of the occurrence with this number; nullopt if the rule is no longer the one that
  // create() made.
  static std::optional<sync::OriginalStart> occurrence(const sync::Series& series, int number);
  void split_crm(const std::string& id, int number);
  void split_google(const std::string& id, int number);
  std::vector<std::string> crm_live() const { return crm_.live(); }
  std::vector<std::string> google_live() { return google_.live(); }

 private:
  // Weekly from January on: the clocks do not change in between.
  static constexpr int kOccurrences = 6;

  sync::Side& remote() override { return google_.side(); }
  std::size_t remote_mails() override;
  std::map<std::string, GuestMails::Held> held_at_remote() override;
  std::string remote_id(const std::string& token) override { return google_.find(token); }
  std::size_t remote_writes() override { return google_.writes(); }
  std::size_t engine_writes() override { return google_.engine_writes(); }
  void restart_process() override;
  void user_acts() override;
  const sync::Series* in_crm(const std::string& token) const;
  Titles titles(const std::string& token) override;
  std::optional<Values> common_values(const std::string& token) override;
  std::vector<std::string> tokens_in_crm() override;
  void deleted(sync::SideName side, const std::string& token);
  std::string title(sync::SideName side, const std::string& token);
  base::Json google_event(const sync::Series& series, const std::string& token);
  std::string draw_in_crm(const std::vector<std::string>& live);
  std::string draw_at_google(const std::vector<std::string>& live);
  void edit_crm();
  bool move(calendar::Event& event);
  // The one appointment with the token, by each value that users set.
  static Values values_of(const sync::Series& series);
  static std::string start_of(const calendar::Event& event);
  // The value of the occurrence with this number, and its own title: "cancelled", or "" if it has
  // none.
  static std::string name_of(int number);
  static std::string title_of(const sync::Series& series, const sync::OriginalStart& date);
  void record_move(sync::SideName side, const std::string& token, const calendar::Event& moved);
  void record_rule(sync::SideName side, const std::string& token, const sync::Series& before,
                   const sync::Series& after);

  // What a CRM makes of a series whose rule or time changes: exceptions move along, and those at
  // dates that the new rule lacks go.
  bool change_rule(sync::Series& series);
  // Invites the guest or the colleague, or takes the invitation back. Returns the value's name.
  std::string invite(sync::Series& series);
  static bool ends_early(const base::Json& event);  // a series that was cut
  void change_occurrence(sync::Series& series, const sync::OriginalStart& start);
  void edit_google();
  void compare_sides();
  void check_titles();

  // Google mails a guest once for what users did in the CRM since the last mail about the
  // appointment: not for an echo, a repetition or an act of Google's own user.
  void after_cycle() override;
  void check_mails_of_cycle();
  // A series that the CRM split keeps its dates at Google until the rest is there too.
  void check_cuts();
  EmulatedGoogle google_;
  bool orphans_;  // Google keeps exceptions at dates that the rule lacks
  // What both sides show after settling, by token.
  std::map<std::string, std::multiset<std::string>> final_;
  std::set<std::string> made_at_google_;    // tokens
  std::map<std::string, std::string> cut_;  // the origin's id at Google, by token
  std::size_t mails_seen_ = 0;
  std::map<std::string, std::string> token_of_title_;
  std::map<std::string, std::size_t> acts_to_mail_;  // in the CRM since the last mail, by token
  std::string edited_;              // the token of the appointment that is to be edited; "": any
  bool moves_beside_date_ = false;  // the CRM's user moves it, Google's user changes one date
};

}  // namespace gcal::simulation
