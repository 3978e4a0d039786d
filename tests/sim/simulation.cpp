#include "tests/sim/simulation.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "src/common/base/bytes.hpp"
#include "src/common/base/random.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/sync/cycle.hpp"
#include "tests/sim/fault_plans.hpp"
#include "tests/support/fake_side.hpp"
#include "tests/support/memory_journal.hpp"
#include "tests/support/run_task.hpp"

namespace gcal::simulation {
namespace {

using namespace gcal::sync;
using support::Dialect;
using support::FakeSide;
using support::Fault;

constexpr std::size_t kSettleCycles = 6;

// What people did to one appointment, found again on both sides by a token in its location, which
// nobody edits.
struct Life {
  PerSide<bool> edited;  // since both sides last agreed in fair weather
  PerSide<bool> deleted;
  PerSide<std::string> summary;  // the last title given on that side
};

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed), engine_random_(seed ^ 0x5eed) {
    pair_.id = "pair";
    pair_.account = "account";
    pair_.mode = PairMode::two_way;
    pair_.state = PairState::live;
  }

  support::FaultPlan faults;
  Outcome outcome;

  void note(std::string line) { outcome.trace.push_back(std::move(line)); }
  base::SeededRandom& random() { return random_; }

  std::string create(SideName name) {
    const std::string token = "t" + std::to_string(++tokens_);
    Series series;
    series.master.summary = "new " + token;
    series.master.location = token;
    const auto start =
        std::chrono::sys_seconds{std::chrono::hours{24 * 365 * 60 + static_cast<int>(tokens_) * 3}};
    if (random_.below(4) == 0) {
      series.master.start = calendar::Date{std::chrono::floor<std::chrono::days>(start)};
      series.master.end =
          calendar::Date{std::chrono::floor<std::chrono::days>(start) + std::chrono::days{1}};
    } else {
      series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
      series.master.end = calendar::ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
      if (random_.below(3) == 0) series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=10"};
    }
    side(name).user_saves(name == SideName::crm ? "crm-" + token : "google" + token, series);
    lives_[token].edited[name] = true;
    lives_[token].summary[name] = series.master.summary;
    note(label(name) + " creates " + token);
    return token;
  }

  // Changes a random field; answers false when the side holds nothing.
  bool edit(SideName name) {
    const std::vector<std::string> live = side(name).live();
    if (live.empty()) return false;
    const std::string& id = live[random_.below(live.size())];
    Series series = side(name).objects().at(id).series;
    const std::string token = series.master.location;
    Life& life = lives_[token];
    switch (random_.below(6)) {
      case 0:
        series.master.description = std::string(random_.below(40), 'd') + std::to_string(++edits_);
        note(label(name) + " describes " + token);
        break;
      case 1:
        series.master.transparency = series.master.transparency == calendar::Transparency::opaque
                                         ? calendar::Transparency::transparent
                                         : calendar::Transparency::opaque;
        note(label(name) + " toggles " + token);
        break;
      case 2:
        if (auto* time = std::get_if<calendar::ZonedTime>(&series.master.start)) {
          const std::chrono::minutes by{15 * static_cast<int>(1 + random_.below(8))};
          time->instant += by;
          std::get<calendar::ZonedTime>(series.master.end).instant += by;
        }
        note(label(name) + " moves " + token);
        break;
      case 3:
        if (series.recurring()) {
          const auto nth = std::chrono::weeks{static_cast<int>(random_.below(10))};
          const calendar::OriginalStart start{
              false, std::get<calendar::ZonedTime>(series.master.start).instant + nth};
          calendar::Occurrence occurrence;
          occurrence.cancelled = random_.below(2) == 0;
          occurrence.event = series.master;
          occurrence.event.summary = "once " + std::to_string(++edits_);
          std::get<calendar::ZonedTime>(occurrence.event.start).instant += nth;
          std::get<calendar::ZonedTime>(occurrence.event.end).instant += nth;
          series.occurrences.insert_or_assign(start, occurrence);
          note(label(name) + " changes one of " + token);
          break;
        }
        [[fallthrough]];
      default:
        series.master.summary = "edit " + std::to_string(++edits_);
        life.summary[name] = series.master.summary;
        note(label(name) + " renames " + token + " to " + series.master.summary);
    }
    side(name).user_saves(id, series);
    life.edited[name] = true;
    return true;
  }

  bool erase(SideName name) {
    const std::vector<std::string> live = side(name).live();
    if (live.empty()) return false;
    const std::string& id = live[random_.below(live.size())];
    const std::string token = side(name).objects().at(id).series.master.location;
    lives_[token].deleted[name] = true;
    side(name).user_deletes(id);
    note(label(name) + " deletes " + token);
    return true;
  }

  // One cycle of a process that may die; a dead one is started again by the next call, from what
  // the journal holds.
  bool cycle() {
    ++outcome.cycles;
    faults.restart();
    Result<std::vector<Pair>> stored = support::run_task(journal_.pairs("account"));
    Pair pair = stored && !stored->empty() ? stored->front() : pair_;
    Cycle cycle(crm_, google_, journal_, clock_, engine_random_, {});
    const Result<CycleReport> report = support::run_task(cycle.run(pair));
    clock_.advance(std::chrono::minutes{5});
    if (faults.crashed()) ++outcome.crashes;
    if (!report) ++outcome.faults;
    note(report ? "cycle: " + std::to_string(report->writes()) + " writes"
                : "cycle ends: " + report.error().message);
    return report.has_value();
  }

  void expire_cursors() {
    google_.expire_cursors();
    note("google expires its cursors");
  }

  // Fair weather: both sides must come to hold the same within a few cycles and then fall silent.
  void settle_and_check() {
    faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
    std::size_t cycles = 0;
    for (bool quiet = false; !quiet && cycles < kSettleCycles; ++cycles) {
      const std::size_t before = crm_.writes() + google_.writes();
      quiet = cycle() && crm_.writes() + google_.writes() == before;
    }
    const std::size_t before = crm_.writes() + google_.writes();
    cycle();
    if (crm_.writes() + google_.writes() != before) violation("the sides do not fall silent");
    if (journal_.intents_open() != 0) violation("an intent stays open for ever");
    compare_sides();
    judge_edits();
    for (auto& [token, life] : lives_) life.edited = {};
  }

  void finish() {
    std::string text;
    for (const std::string& line : outcome.trace) text += line + "\n";
    for (const FakeSide* side : {&crm_, &google_})
      for (const std::string& id : side->live())
        text += calendar::to_json(side->objects().at(id).series).dump() + "\n";
    outcome.hash = base::to_hex(base::sha256(base::as_bytes(text)));
    outcome.points = faults.points();
  }

  FakeSide& side(SideName name) { return name == SideName::crm ? crm_ : google_; }

 private:
  static std::string label(SideName name) { return name == SideName::crm ? "crm" : "google"; }
  void violation(std::string what) { outcome.violations.push_back(std::move(what)); }

  std::map<std::string, Series> by_token(SideName name) {
    std::map<std::string, Series> found;
    for (const std::string& id : side(name).live()) {
      const Series& series = side(name).objects().at(id).series;
      if (!found.emplace(series.master.location, series).second)
        violation(label(name) + " holds " + series.master.location + " twice");
    }
    return found;
  }

  void compare_sides() {
    const auto crm = by_token(SideName::crm);
    const auto google = by_token(SideName::remote);
    for (const auto& [token, series] : crm) {
      const auto twin = google.find(token);
      if (twin == google.end()) {
        violation(token + " stands only in the crm");
        continue;
      }
      Series cut = series;  // Google's documented limit is the only difference allowed
      if (cut.master.description.size() > 24) cut.master.description.resize(24);
      const auto differing = calendar::changed(cut, twin->second);
      if (differing.any()) violation(token + " differs in fields " + differing.to_string());
    }
    for (const auto& [token, series] : google)
      if (!crm.contains(token)) violation(token + " stands only in google");
    final_ = crm;
  }

  void judge_edits() {
    for (const auto& [token, life] : lives_) {
      const auto stands = final_.find(token);
      const bool deleted = life.deleted.crm || life.deleted.remote;
      if (!deleted && stands == final_.end())
        violation(token + " vanished though nobody deleted it");
      for (const SideName side : kBothSides)
        if (life.deleted[side] && !life.edited[other(side)] && !life.edited[side] &&
            stands != final_.end())
          violation(token + " came back from the dead");
      if (stands == final_.end() || deleted) continue;
      const std::string& title = stands->second.master.summary;
      // Titles are unique: what stands was given by someone, and by the only one who gave one.
      if (title != life.summary.crm && title != life.summary.remote)
        violation(token + " lost its last titles: " + title);
    }
  }

  base::SeededRandom random_;
  base::SeededRandom engine_random_;
  base::ManualClock clock_;
  FakeSide crm_{Dialect::crm, faults};
  FakeSide google_{Dialect::google, faults};
  support::MemoryJournal journal_{faults};
  Pair pair_;
  std::map<std::string, Life> lives_;
  std::map<std::string, Series> final_;
  std::size_t tokens_ = 0;
  std::size_t edits_ = 0;
};

}  // namespace

Outcome run_seed(std::uint64_t seed) {
  World world(seed);
  base::SeededRandom storm(seed * 31 + 7);
  for (std::size_t i = world.random().below(6); i > 0; --i) world.create(either(world.random()));
  const std::size_t steps = 20 + world.random().below(60);
  for (std::size_t step = 0; step < steps; ++step) {
    const SideName name = either(world.random());
    switch (world.random().below(12)) {
      case 0:
      case 1: world.create(name); break;
      case 2:
      case 3:
      case 4:
      case 5: world.edit(name); break;
      case 6: world.erase(name); break;
      case 7:
        if (world.random().below(3) == 0) world.expire_cursors();
        break;
      default: world.faults.decide = next_fault_plan(storm, 5); world.cycle();
    }
  }
  world.settle_and_check();
  world.finish();
  return std::move(world.outcome);
}

Outcome run_story(std::function<Fault(std::size_t, std::string_view)> decide) {
  World world(7);
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
