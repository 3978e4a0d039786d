#include "tests/sim/world.hpp"

#include <cctype>

#include "src/common/base/bytes.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/sync/cycle.hpp"
#include "tests/sim/random_faults.hpp"
#include "tests/support/run_task.hpp"

namespace gcal::simulation {

using namespace gcal::sync;

World::World(std::uint64_t seed)
    : random_(generator(seed, Draws::world)),
      fault_random_(generator(seed, Draws::faults)),
      engine_random_(generator(seed, Draws::engine)) {
  pair_.id = "pair";
  pair_.account = "account";
  pair_.mode = PairMode::two_way;
  pair_.state = PairState::live;
}

void World::note(std::string line) {
  std::size_t end = 0;
  while (end < line.size() && !(line.compare(end, 2, " t") == 0 && end + 2 < line.size() &&
                                std::isdigit(static_cast<unsigned char>(line[end + 2]))))
    ++end;
  reached("act: " + line.substr(0, end));
  outcome.trace.push_back(std::move(line));
}

void World::begin_act(std::uint64_t seed, std::size_t number) {
  random_ = generator(seed, Draws::acts, number);
  fault_random_ = generator(seed, Draws::faults, number);
}

void World::cycle_with_faults(std::uint64_t fault_rate) {
  const auto decide = random_faults(fault_random_, fault_rate);
  faults.decide = [this, decide](std::size_t point, std::string_view where) {
    const support::Fault fault = decide(point, where);
    if (fault != support::Fault::none)
      reached(std::string("fault: ") + support::name_of(fault) + " " + std::string(where));
    return fault;
  };
  cycle();
}

bool World::cycle() {
  ++outcome.cycles;
  faults.restart();
  restart_process();
  Result<std::vector<Pair>> stored = support::run_task(journal_.pairs("account"));
  Pair pair = stored && !stored->empty() ? stored->front() : pair_;
  CycleOptions options;
  options.try_held_again = settling_;
  Cycle cycle(crm_, remote(), journal_, clock_, engine_random_, options);
  const Result<CycleReport> report = support::run_task(cycle.run(pair));
  clock_.advance(std::chrono::minutes{5});
  if (faults.crashed()) ++outcome.crashes;
  if (!report) ++outcome.faults;
  quarantined_ += report ? report->quarantined : 0;
  reached(report ? (report->writes() == 0 ? "cycle: quiet" : "cycle: writes") : "cycle: fails");
  outcome.trace.push_back(report ? "cycle: " + std::to_string(report->writes()) + " writes"
                                 : "cycle ends: " + report.error().message);
  return report.has_value();
}

void World::saved(SideName side, const std::string& token, const std::string& summary) {
  acts(token).edited[side] = true;
  acts(token).summary[side] = summary;
}

Series World::new_series(const std::string& token, std::chrono::sys_seconds start) {
  Series series;
  series.master.summary = "new " + token;
  series.master.location = token;
  if (random_.below(4) == 0) {
    const auto day = std::chrono::floor<std::chrono::days>(start);
    series.master.start = calendar::Date{day};
    series.master.end = calendar::Date{day + std::chrono::days{1}};
  } else {
    series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
    series.master.end = calendar::ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
  }
  return series;
}

bool World::settle(std::size_t max_cycles) {
  faults.decide = no_fault;
  settling_ = true;
  bool quiet = false;
  for (std::size_t cycles = 0; !quiet && cycles < max_cycles; ++cycles) {
    const std::size_t before = writes();
    quiet = cycle() && writes() == before;
  }
  return quiet;
}

void World::check_nothing_is_left() {
  if (journal_.intents_open() != 0) violation("an intent stays open for ever");
  if (journal_.splits_open() != 0) violation("a split stays open for ever");
  if (quarantined_ != 0) violation("something is quarantined");
  for (const sync::HistoryEntry& entry : journal_.history())
    if (entry.what == "quarantined") violation("quarantined: " + entry.detail);
}

void World::check_acts(const std::string& token, const UserActs& acts, const std::string* title) {
  const bool deleted = acts.deleted.crm || acts.deleted.remote;
  if (!deleted && !title) violation(token + " vanished though no user deleted it");
  for (const SideName side : kBothSides)
    if (acts.deleted[side] && !acts.edited[other(side)] && !acts.edited[side] && title)
      violation(token + " came back from the dead");
  if (!title || deleted) return;
  // Titles are unique, so the one that remains must be the last one given on either side.
  if (*title != acts.summary.crm && *title != acts.summary.remote)
    violation(token + " lost its last titles: " + *title);
}

void World::finish_outcome(const std::vector<const support::FakeSide*>& sides) {
  std::string text;
  for (const std::string& line : outcome.trace) text += line + "\n";
  for (const support::FakeSide* side : sides)
    for (const std::string& id : side->live())
      text += calendar::to_json(side->objects().at(id).series).dump() + "\n";
  outcome.hash = base::to_hex(base::sha256(base::as_bytes(text)));
  outcome.points = faults.points();
}

}  // namespace gcal::simulation
