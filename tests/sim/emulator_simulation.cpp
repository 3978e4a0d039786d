#include "tests/sim/emulator_simulation.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "tests/sim/emulated_google.hpp"
#include "tests/sim/random_faults.hpp"
#include "tests/sim/series_acts.hpp"
#include "tests/sim/visible.hpp"
#include "tests/sim/world.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::simulation {
namespace {

using namespace gcal::sync;
using base::Json;
using calendar::OriginalStart;
using calendar::ZonedTime;
using support::Fault;

constexpr std::size_t kSettleCycles = 8;
constexpr std::size_t kLeastActs = 100;
constexpr int kOccurrences = 6;  // weekly from January on: the clocks do not change in between

class EmulatorWorld final : public World {
 public:
  explicit EmulatorWorld(std::uint64_t seed, const emulator::Behaviour& behaviour = {})
      : World(seed),
        google_(clock_, seed ^ 0x900913, faults, behaviour),
        orphans_(behaviour.exceptions_after_master_change ==
                 emulator::Behaviour::Exceptions::orphan) {}

  void create(SideName side, bool recurring) {
    const std::string token = next_token();
    const auto start = std::chrono::sys_seconds{std::chrono::seconds{1'893'600'000}} +
                       std::chrono::hours{3 * static_cast<int>(tokens_)};  // January 2030
    Series series = new_series(token, start);
    if (recurring) series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(kOccurrences)};
    if (side == SideName::crm)
      crm_.user_saves("crm-" + token, series);
    else
      google_.insert(google_event(series, token));
    saved(side, token, series.master.summary);
    note(label(side) + " creates " + token + (recurring ? " as a series" : ""));
  }

  void edit(SideName side) { side == SideName::crm ? edit_crm() : edit_google(); }

  void erase(SideName side) {
    if (side == SideName::crm) {
      const std::vector<std::string> live = crm_.live();
      if (live.empty()) return;
      const std::string id = live[random_.below(live.size())];
      const std::string token = crm_.objects().at(id).series.master.location;
      crm_.user_deletes(id);
      deleted(side, token);
    } else {
      const std::vector<std::string> live = google_.live();
      if (live.empty()) return;
      const std::string id = live[random_.below(live.size())];
      const std::string token = google_.read(id).string("location");
      if (google_.remove(id)) deleted(side, token);
    }
  }

  void clear_google() {
    for (const std::string& id : google_.live())
      deleted(SideName::remote, google_.read(id).string("location"));
    google_.clear();
    note("google is cleared");
  }

  void expire_cursors() {
    google_.expire_sync_tokens();
    note("google expires its sync tokens");
  }

  void settle_and_check() {
    if (!settle(kSettleCycles)) violation("the sides do not fall silent");
    const std::size_t requests = google_.requests();
    cycle();
    if (google_.requests() - requests > 1)
      violation("a quiet cycle asks Google " + std::to_string(google_.requests() - requests) +
                " times");
    check_nothing_is_left();
    compare_sides();
    check_titles();
    check_mails();
  }

  void finish() { finish_outcome({&crm_}); }

  // The start of the occurrence with this number; nullopt if the rule is no longer the one that
  // create() made.
  static std::optional<OriginalStart> occurrence(const Series& series, int number) {
    if (!series.recurring() || series.recurrence.front().find(
                                   "COUNT=" + std::to_string(kOccurrences)) == std::string::npos)
      return std::nullopt;
    OriginalStart start = OriginalStart::of(series.master.start);
    start.instant += std::chrono::weeks{number};
    return start;
  }

  void split_crm(const std::string& id, int number) {
    Series series = crm_.objects().at(id).series;
    const auto cut = occurrence(series, number);
    if (!cut || number == 0) return;
    Series heir = series;
    heir.master = calendar::occurrence_by_rule(series.master, *cut);
    heir.master.summary = title(SideName::crm, series.master.location);
    heir.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(kOccurrences - number)};
    // Exceptions that Google left at dates outside the rule stay with the old series.
    std::set<OriginalStart> moved;
    for (int i = number; i < kOccurrences; ++i) moved.insert(*occurrence(series, i));
    std::erase_if(heir.occurrences, [&](const auto& each) { return !moved.contains(each.first); });
    heir.facts = {};
    series.recurrence = calendar::ending_before(series.recurrence, *cut);
    std::erase_if(series.occurrences, [&](const auto& each) { return moved.contains(each.first); });
    crm_.user_saves(id, series);
    crm_.user_saves(id + "-split" + next_edit(), heir, id);
    acts(series.master.location).split = true;
    note("crm splits " + series.master.location);
  }

  void split_google(const std::string& id, int number) {
    const Result<google::Item> item = google::item_from_json(google_.read(id), "Europe/Berlin");
    if (!item) return;
    const auto cut = occurrence(item->series, number);
    if (!cut || number == 0) return;
    const std::string token = item->series.master.location;
    const bool deletes = random_.below(3) == 0;
    const UserActs before = acts(token);
    const std::string instance = google::instance_id(id, *cut);
    const bool done =
        deletes ? google_.remove_following(instance)
                : google_.change_following(
                      instance, Json::object({{"summary", title(SideName::remote, token)}}));
    if (!done) {
      acts(token) = before;
      return;
    }
    acts(token).split = true;
    note(std::string("google ") + (deletes ? "ends " : "splits ") + token);
  }

  std::vector<std::string> crm_live() const { return crm_.live(); }
  std::vector<std::string> google_live() { return google_.live(); }

 private:
  Side& remote() override { return google_.side(); }
  std::size_t remote_writes() override { return google_.writes(); }
  void restart_process() override { google_.forget_reading(); }

  void deleted(SideName side, const std::string& token) {
    acts(token).deleted[side] = true;
    note(label(side) + " deletes " + token);
  }

  std::string title(SideName side, const std::string& token) {
    std::string text = "edit " + next_edit();
    saved(side, token, text);
    return text;
  }

  static Json google_event(const Series& series, const std::string& token) {
    Json event = google::insert_body(series, "google" + token, "none", base::Json());
    event.erase("extendedProperties");
    return event;
  }

  void edit_crm() {
    const std::vector<std::string> live = crm_.live();
    if (live.empty()) return;
    const std::string id = live[random_.below(live.size())];
    Series series = crm_.objects().at(id).series;
    const std::string token = series.master.location;
    const int number = static_cast<int>(random_.below(kOccurrences));
    switch (random_.below(9)) {
      case 0:
        series.master.description = "said " + next_edit();
        note("crm describes " + token);
        break;
      case 1:
        series.master.transparency = series.master.transparency == calendar::Transparency::opaque
                                         ? calendar::Transparency::transparent
                                         : calendar::Transparency::opaque;
        note("crm toggles " + token);
        break;
      case 2:
        if (series.recurring() || !move(series.master)) return;
        note("crm moves " + token);
        break;
      case 3:
      case 4: {
        const auto start = occurrence(series, number);
        if (!start) return;
        change_occurrence(series, *start);
        note("crm changes one of " + token);
        break;
      }
      case 5: return split_crm(id, number);
      case 6:
        if (series.recurring()) return;
        invite(series);
        note("crm changes the guests of " + token);
        break;
      case 7:
        if (!change_rule(series)) return;
        note("crm changes the rule of " + token + " to " + series.recurrence.front());
        break;
      default:
        series.master.summary = title(SideName::crm, token);
        note("crm renames " + token + " to " + series.master.summary);
    }
    crm_.user_saves(id, series);
    acts(token).edited.crm = true;
  }

  bool move(calendar::Event& event) {
    auto* start = std::get_if<ZonedTime>(&event.start);
    if (!start) return false;
    const std::chrono::minutes by{15 * static_cast<int>(1 + random_.below(8))};
    start->instant += by;
    std::get<ZonedTime>(event.end).instant += by;
    return true;
  }

  // What a CRM makes of a series whose rule or time changes: exceptions move along, and those at
  // dates that the new rule lacks go.
  bool change_rule(Series& series) {
    if (!occurrence(series, 0)) return false;
    const auto each_second_week = [&] {
      series.recurrence = {"RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"};
      keep_dates(series, {0, 2, 4});
    };
    switch (random_.below(5)) {
      case 0: move_series(series, std::chrono::minutes{15 * (1 + random_.below(8))}); break;
      case 1: move_series(series, std::chrono::days{1 + random_.below(7)}); break;
      case 2: each_second_week(); break;
      case 3:
        keep_dates(series, {0, 1, 2, 3});
        series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=4"};
        break;
      default: change_kind(series);
    }
    return true;
  }

  void invite(Series& series) {
    auto& guests = series.master.attendees;
    const auto known = std::ranges::find_if(guests, [](const calendar::Attendee& guest) {
      return guest.email == EmulatedGoogle::kGuest;
    });
    if (known != guests.end()) {
      guests.erase(known);
    } else {
      calendar::Attendee guest;
      guest.email = EmulatedGoogle::kGuest;
      guests.push_back(guest);
      ++invitations_;
    }
  }

  void change_occurrence(Series& series, const OriginalStart& start) {
    calendar::Occurrence occurrence;
    occurrence.cancelled = random_.below(2) == 0;
    occurrence.event = calendar::occurrence_by_rule(series.master, start);
    occurrence.event.summary = "once " + next_edit();
    if (random_.below(2) == 0) move(occurrence.event);
    const auto known = series.occurrences.find(start);
    if (known != series.occurrences.end() && random_.below(3) == 0)
      series.occurrences.erase(known);  // back to what the rule says
    else
      series.occurrences.insert_or_assign(start, occurrence);
  }

  void edit_google() {
    const std::vector<std::string> live = google_.live();
    if (live.empty()) return;
    const std::string id = live[random_.below(live.size())];
    const Json event = google_.read(id);
    const Result<google::Item> item = google::item_from_json(event, "Europe/Berlin");
    if (!item) return violation("google holds what we cannot read: " + item.error().message);
    const std::string token = event.string("location");
    const int number = static_cast<int>(random_.below(kOccurrences));
    bool done = false;
    switch (random_.below(9)) {
      case 0:
        done = google_.patch(id, Json::object({{"description", "written " + next_edit()}}));
        break;
      case 1:
        done = google_.patch(
            id, Json::object(
                    {{"transparency",
                      event.string("transparency") == "transparent" ? "opaque" : "transparent"}}));
        break;
      case 2: {
        if (item->series.recurring()) return;
        calendar::Event moved = item->series.master;
        done = move(moved) &&
               google_.patch(id, google::patch_body(item->series.master, moved, base::Json()));
        break;
      }
      case 3: {
        const auto start = occurrence(item->series, number);
        done = start && google_.patch(google::instance_id(id, *start),
                                      Json::object({{"summary", "once " + next_edit()}}));
        break;
      }
      case 4: {
        const auto start = occurrence(item->series, number);
        done = start && google_.remove(google::instance_id(id, *start));
        break;
      }
      case 5: return split_google(id, number);
      case 6:
        done = google_.answer_as_guest(id, random_.below(2) == 0 ? "accepted" : "declined");
        break;
      case 7: {
        // Exceptions that another program's PATCH leaves outside the rule are not played: Google's
        // page makes none.
        if (orphans_) return;
        Series changed = item->series;
        if (!change_rule(changed)) return;
        if (changed.recurrence.front().ends_with(";COUNT=4")) return;  // leaves them in any case
        done = google_.patch(id, google::patch_body(item->series, changed, base::Json()));
        break;
      }
      default:
        done = google_.patch(id, Json::object({{"summary", title(SideName::remote, token)}}));
    }
    if (!done) return;
    acts(token).edited.remote = true;
    note("google edits " + token);
  }

  void compare_sides() {
    std::multimap<std::string, std::string> crm, google;
    for (const std::string& id : crm_.live()) {
      const Series& series = crm_.objects().at(id).series;
      crm.emplace(series.master.location, visible(series).dump());
    }
    for (const FeedItem& item : google_.listing())
      google.emplace(item.series.master.location, visible(item.series).dump());
    PerSide<std::map<std::string, std::multiset<std::string>>> by_token;
    for (const auto& [token, text] : crm) by_token.crm[token].insert(text);
    for (const auto& [token, text] : google) by_token.remote[token].insert(text);
    for (const auto& [token, texts] : by_token.crm)
      if (by_token.remote[token] != texts) {
        violation(token + " differs");
        for (const std::string& text : texts) violation("  crm    " + text);
        for (const std::string& text : by_token.remote[token]) violation("  google " + text);
      }
    for (const auto& [token, texts] : by_token.remote) {
      if (!by_token.crm.contains(token)) violation(token + " exists only in google");
      if (!acts(token).split && texts.size() > 1) violation(token + " exists twice");
    }
    final_ = by_token.crm;
  }

  void check_titles() {
    for (const auto& [token, acts] : acts_) {
      if (acts.split) continue;
      const auto found = final_.find(token);
      const bool exists = found != final_.end() && !found->second.empty();
      const std::string title =
          exists ? Json::parse(*found->second.begin())->string("summary") : std::string();
      check_acts(token, acts, exists ? &title : nullptr);
    }
  }

  // Google invites the guests of what a user did in the CRM, once: not for an echo, a repetition or
  // an act of Google's own user.
  void check_mails() {
    std::size_t total = 0;
    for (const emulator::Mail& mail : google_.mails())
      if (mail.kind == "invitation") total += mail.recipients.size();
    if (total > invitations_)
      violation(std::to_string(total) + " invitations for " + std::to_string(invitations_) +
                " acts");
  }

  EmulatedGoogle google_;
  bool orphans_;  // Google keeps exceptions at dates that the rule lacks
  // What both sides show after settling, by token.
  std::map<std::string, std::multiset<std::string>> final_;
  std::size_t invitations_ = 0;
};

}  // namespace

emulator::Behaviour behaviour_of(std::uint64_t seed) {
  support::SeededRandom random = generator(seed, Draws::switches);
  emulator::Behaviour behaviour;
  for (const emulator::Behaviour::Switch& one : emulator::Behaviour::all())
    one.put(behaviour, random.below(one.values.size()));
  return behaviour;
}

bool assume(emulator::Behaviour& behaviour, std::string_view assumption) {
  const std::size_t equals = std::min(assumption.find('='), assumption.size());
  const auto set = behaviour.set(assumption.substr(0, equals),
                                 assumption.substr(std::min(equals + 1, assumption.size())));
  if (!set) std::fprintf(stderr, "--assume: %s\n", set.error().message.c_str());
  return static_cast<bool>(set);
}

std::set<std::string> value_pairs(const emulator::Behaviour& behaviour) {
  std::set<std::string> pairs;
  for (const auto& one : emulator::Behaviour::all())
    for (const auto& other : emulator::Behaviour::all())
      if (one.name < other.name)
        pairs.insert(std::string(one.name) + "=" + std::string(behaviour.value(one)) + " " +
                     std::string(other.name) + "=" + std::string(behaviour.value(other)));
  return pairs;
}

std::size_t count_value_pairs() {
  std::size_t pairs = 0;
  for (const auto& one : emulator::Behaviour::all())
    for (const auto& other : emulator::Behaviour::all())
      if (one.name < other.name) pairs += one.values.size() * other.values.size();
  return pairs;
}

Outcome run_emulator_seed(const History& history, const emulator::Behaviour& behaviour) {
  EmulatorWorld world(history.seed, behaviour);
  for (std::size_t i = world.random().below(5); i > 0; --i)
    world.create(random_side(world.random()), world.random().below(2) == 0);
  const std::size_t acts = kLeastActs + world.random().below(50);
  world.play(history, acts, [&world] {
    const SideName side = random_side(world.random());
    switch (world.random().below(14)) {
      case 0: return world.create(side, world.random().below(2) == 0);
      case 1:
      case 2:
      case 3:
      case 4:
      case 5: return world.edit(side);
      case 6: return world.erase(side);
      case 7:
        if (world.random().below(3) == 0) world.expire_cursors();
        if (world.random().below(25) == 0) world.clear_google();
        return;
      default: world.cycle_with_faults(6);
    }
  });
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

Outcome run_emulator_seed(std::uint64_t seed) {
  return run_emulator_seed(History{seed, {}}, behaviour_of(seed));
}

Outcome run_emulator_story(std::function<Fault(std::size_t, std::string_view)> decide) {
  EmulatorWorld world(11);
  world.faults.decide = no_fault;
  world.cycle();  // the initial sync
  world.faults.decide = decide;
  world.create(SideName::crm, true);
  world.create(SideName::remote, true);
  world.create(SideName::crm, false);
  for (int i = 0; i < 8; ++i) world.edit(SideName::crm);
  world.cycle();
  for (int i = 0; i < 6; ++i) world.edit(SideName::remote);
  for (int i = 0; i < 6; ++i) world.edit(SideName::crm);
  world.cycle();
  for (const std::string& id : world.crm_live()) world.split_crm(id, 3);
  for (const std::string& id : world.google_live()) world.split_google(id, 4);
  world.cycle();
  world.erase(SideName::crm);
  world.erase(SideName::remote);
  world.expire_cursors();
  world.cycle();
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

}  // namespace gcal::simulation
