#include "tests/sim/simulation.hpp"

#include <map>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/sync/listed_dates.hpp"
#include "tests/sim/random_faults.hpp"
#include "tests/sim/world.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::simulation {
namespace {

using namespace gcal::sync;
using support::FakeSide;
using support::Fault;

constexpr std::size_t kSettleCycles = 6;
constexpr std::size_t kLeastActs = 100;

class MemoryWorld final : public World {
 public:
  explicit MemoryWorld(std::uint64_t seed) : World(seed) {
    google_.writes_in_steps = seed % 2 == 0;
  }

  void create(SideName side) {
    const std::string token = next_token();
    const auto start =
        std::chrono::sys_seconds{std::chrono::hours{24 * 365 * 60 + static_cast<int>(tokens_) * 3}};
    Series series = new_series(token, start);
    if (!calendar::is_all_day(series.master.start) && random_.below(3) == 0)
      series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=10"};
    calendar_of(side).user_saves(side == SideName::crm ? "crm-" + token : "google" + token, series);
    saved(side, token, series.master.summary);
    note(label(side) + " creates " + token);
  }

  // Changes a random field of a random appointment.
  void edit(SideName side) {
    const std::vector<std::string> live = calendar_of(side).live();
    if (live.empty()) return;
    const std::string& id = live[random_.below(live.size())];
    Series series = calendar_of(side).objects().at(id).series;
    const std::string token = series.master.location;
    switch (random_.below(6)) {
      case 0:
        series.master.description = std::string(random_.below(40), 'd') + next_edit();
        note(label(side) + " describes " + token);
        break;
      case 1:
        series.master.transparency = series.master.transparency == calendar::Transparency::opaque
                                         ? calendar::Transparency::transparent
                                         : calendar::Transparency::opaque;
        note(label(side) + " toggles " + token);
        break;
      case 2:
        if (auto* time = std::get_if<calendar::ZonedTime>(&series.master.start)) {
          const std::chrono::minutes by{15 * static_cast<int>(1 + random_.below(8))};
          time->instant += by;
          std::get<calendar::ZonedTime>(series.master.end).instant += by;
        }
        note(label(side) + " moves " + token);
        break;
      case 3:
        if (series.recurring()) {
          change_occurrence(series);
          note(label(side) + " changes one of " + token);
          break;
        }
        [[fallthrough]];
      default:
        series.master.summary = "edit " + next_edit();
        acts(token).summary[side] = series.master.summary;
        note(label(side) + " renames " + token + " to " + series.master.summary);
    }
    calendar_of(side).user_saves(id, series);
    acts(token).edited[side] = true;
  }

  void erase(SideName side) {
    const std::vector<std::string> live = calendar_of(side).live();
    if (live.empty()) return;
    const std::string& id = live[random_.below(live.size())];
    const std::string token = calendar_of(side).objects().at(id).series.master.location;
    acts(token).deleted[side] = true;
    calendar_of(side).user_deletes(id);
    note(label(side) + " deletes " + token);
  }

  void expire_cursors() {
    google_.expire_cursors();
    note("google expires its cursors");
  }

  // Without faults, both sides must hold the same within a few cycles, and write no more.
  void settle_and_check() {
    (void)settle(kSettleCycles);
    const std::size_t before = writes();
    cycle();
    if (writes() != before) violation("the sides do not fall silent");
    if (journal_.intents_open() != 0) violation("an intent stays open for ever");
    compare_sides();
    for (const auto& [token, acts] : acts_) {
      const auto found = final_.find(token);
      check_acts(token, acts, found == final_.end() ? nullptr : &found->second.master.summary);
    }
  }

  void finish() { finish_outcome({&crm_, &google_}); }

 private:
  Side& remote() override { return google_; }
  std::size_t remote_writes() override { return google_.writes(); }
  FakeSide& calendar_of(SideName side) { return side == SideName::crm ? crm_ : google_; }

  void change_occurrence(Series& series) {
    const auto offset = std::chrono::weeks{static_cast<int>(random_.below(10))};
    const calendar::OriginalStart start{
        false, std::get<calendar::ZonedTime>(series.master.start).instant + offset};
    calendar::Occurrence occurrence;
    occurrence.cancelled = random_.below(2) == 0;
    occurrence.event = series.master;
    occurrence.event.summary = "once " + next_edit();
    std::get<calendar::ZonedTime>(occurrence.event.start).instant += offset;
    std::get<calendar::ZonedTime>(occurrence.event.end).instant += offset;
    series.occurrences.insert_or_assign(start, occurrence);
  }

  std::map<std::string, Series> by_token(SideName side) {
    std::map<std::string, Series> found;
    for (const std::string& id : calendar_of(side).live()) {
      const Series& series = calendar_of(side).objects().at(id).series;
      if (!found.emplace(series.master.location, series).second)
        violation(label(side) + " holds " + series.master.location + " twice");
    }
    return found;
  }

  // Google's documented limit is the only difference allowed. A changed occurrence has the text as
  // its series has it on that side.
  static Series with_short_texts(Series series) {
    calendar::drop_void_cancellations(series);
    const auto shorten = [](calendar::Event& event) {
      if (event.description.size() > 24) event.description.resize(24);
    };
    shorten(series.master);
    for (auto& [start, occurrence] : series.occurrences) shorten(occurrence.event);
    return sync::with_listed_dates(std::move(series));
  }

  void compare_sides() {
    const auto crm = by_token(SideName::crm);
    const auto google = by_token(SideName::remote);
    for (const auto& [token, series] : crm) {
      const auto twin = google.find(token);
      if (twin == google.end()) {
        violation(token + " exists only in the crm");
        continue;
      }
      const auto differing =
          calendar::changed(with_short_texts(series), with_short_texts(twin->second));
      if (differing.any()) violation(token + " differs in fields " + differing.to_string());
    }
    for (const auto& [token, series] : google)
      if (!crm.contains(token)) violation(token + " exists only in google");
    final_ = crm;
  }

  FakeSide google_{support::Dialect::google, faults};
  std::map<std::string, Series> final_;  // as both sides hold it after settling, by token
};

}  // namespace

Outcome run_seed(const History& history) {
  MemoryWorld world(history.seed);
  for (std::size_t i = world.random().below(6); i > 0; --i)
    world.create(random_side(world.random()));
  const std::size_t acts = kLeastActs + world.random().below(60);
  world.play(history, acts, [&world] {
    const SideName side = random_side(world.random());
    switch (world.random().below(12)) {
      case 0:
      case 1: return world.create(side);
      case 2:
      case 3:
      case 4:
      case 5: return world.edit(side);
      case 6: return world.erase(side);
      case 7:
        if (world.random().below(3) == 0) world.expire_cursors();
        return;
      default: world.cycle_with_faults(5);
    }
  });
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

Outcome run_seed(std::uint64_t seed) {
  return run_seed(History{seed, {}});
}

Outcome run_story(std::function<Fault(std::size_t, std::string_view)> decide) {
  MemoryWorld world(7);
  for (int i = 0; i < 3; ++i) {
    world.create(SideName::crm);
    world.create(SideName::remote);
  }
  world.faults.decide = decide;
  world.cycle();
  world.cycle();
  for (int i = 0; i < 4; ++i) {
    world.edit(SideName::crm);
    world.edit(SideName::remote);
  }
  world.erase(SideName::crm);
  world.erase(SideName::remote);
  world.cycle();
  world.expire_cursors();
  world.edit(SideName::crm);
  world.create(SideName::crm);
  world.cycle();
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

}  // namespace gcal::simulation
