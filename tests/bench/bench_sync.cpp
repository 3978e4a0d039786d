// bench_sync [NAME...]: measures the engine. The import of 10,000 appointments from the emulator's
// model through the product's Google client into a journal on disk, the cycle that finds nothing
// new, and the planner alone. Prints events per second, requests and peak memory beside their
// targets. Exits with 1 if a target is missed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "src/engine/store/journal.hpp"
#include "src/engine/store/migrations.hpp"
#include "src/engine/sync/cycle.hpp"
#include "tests/bench/report.hpp"
#include "tests/sim/emulated_google.hpp"
#include "tests/support/fake_side.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/store/sqlite_database.hpp"

namespace {

using namespace gcal;
using namespace gcal::sync;
using base::Json;
using bench::report;

// Processor time, not wall time: other processes on the machine must not change the result.
double seconds_of(const std::function<void()>& work) {
  const std::clock_t begin = std::clock();
  work();
  return std::max(1e-6, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
}

std::size_t peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (word == "VmHWM:") {
      std::size_t kib = 0;
      status >> kib;
      return kib;
    }
  return 0;
}

Json event_of(int number) {
  const auto start = std::chrono::sys_seconds{std::chrono::seconds{1'700'000'000}} +
                     std::chrono::hours{number * 3};
  Series series;
  series.master.summary = "Appointment " + std::to_string(number);
  series.master.description = "<p>Agenda of meeting " + std::to_string(number) +
                              "</p><ul><li>status</li><li>next steps</li></ul>";
  series.master.location = "Room " + std::to_string(number % 40);
  series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
  series.master.end = calendar::ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
  for (int guest = 0; guest < number % 4; ++guest) {
    calendar::Attendee attendee;
    attendee.email = "guest" + std::to_string((number * 7 + guest) % 500) + "@example.com";
    series.master.attendees.push_back(attendee);
  }
  if (number % 25 == 0) series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=20"};
  Json body = google::insert_body(series, "event" + std::to_string(number), "none", Json());
  body.erase("extendedProperties");
  return body;
}

bool import_and_idle(int count) {
  support::FaultPlan no_faults;
  support::ManualClock clock;
  support::SeededRandom random(1);
  simulation::EmulatedGoogle google(clock, 1, no_faults);
  for (int i = 0; i < count; ++i) google.insert(event_of(i));
  support::FakeSide crm(support::Dialect::crm, no_faults);
  crm.page_size = 500;
  support::SqliteDatabase database;
  if (!store::migrate(database)) return false;
  store::BlockingExecutor blocking;
  blocking.start();
  store::SqlJournal journal(database, blocking, random, 0);
  Pair pair;
  pair.id = "pair";
  pair.account = "account";
  pair.mode = PairMode::two_way;
  pair.state = PairState::live;

  CycleReport cycle_report;
  const auto run = [&] {
    google.forget_reading();
    Cycle cycle(crm, google.side(), journal, clock, random, {});
    const Result<CycleReport> outcome = support::run_task(cycle.run(pair));
    if (outcome)
      cycle_report = *outcome;
    else
      std::printf("  the cycle failed: %s\n", outcome.error().message.c_str());
  };
  const std::size_t memory_before = peak_kib();
  std::size_t requests = google.requests();
  const double import = seconds_of(run);
  const std::size_t import_requests = google.requests() - requests;
  const int pages = (count + 2'499) / 2'500;
  const std::size_t imported = cycle_report.created.crm;
  const std::size_t memory = peak_kib() - memory_before;

  // The CRM's feed returns our own writes once; after that nothing is new.
  run();
  clock.advance(std::chrono::minutes{5});
  requests = google.requests();
  double idle = seconds_of(run);
  const std::size_t idle_requests = google.requests() - requests;
  for (int i = 0; i < 20; ++i)
    idle = std::min(idle, seconds_of(run));  // the least disturbed by other load

  std::printf("import of %d appointments, durable in SQLite\n", count);
  bool good = report("appointments", static_cast<double>(imported), "", count, true);
  good &= report("per second", static_cast<double>(imported) / import, "events/s", 3'000, true);
  good &= report("requests to Google", static_cast<double>(import_requests), "",
                 static_cast<double>(pages), false);
  good &= report("memory above what was used before", static_cast<double>(memory) / 1024, "MiB",
                 128, false);
  std::printf("cycle without change\n");
  good &= report("requests to Google", static_cast<double>(idle_requests), "", 1, false);
  good &=
      report("writes to both sides", static_cast<double>(cycle_report.writes()), "", 0.5, false);
  good &= report("time", idle * 1e6, "us", 20'000, false);
  return good;
}

// Links of which a third changed on one side, a third on both.
bool plan_many(std::size_t count) {
  std::vector<LinkWithChanges> links;
  for (std::size_t i = 0; i < count; ++i) {
    const Result<google::Item> item =
        google::item_from_json(event_of(static_cast<int>(i % 10'000)), "Europe/Berlin");
    LinkWithChanges linked;
    linked.link.id = "link" + std::to_string(i);
    for (const SideName side : kBothSides) {
      SideState& state = linked.link.side[side];
      state.id = "id" + std::to_string(i);
      state.has_base = true;
      state.base = item->series;
      if (i % 3 == 0 || (i % 3 == 1 && side == SideName::crm)) continue;
      PendingChange change;
      change.side = side;
      change.item.id = state.id;
      change.item.series = item->series;
      if (side == SideName::crm)
        change.item.series.master.summary += " (changed)";
      else
        change.item.series.master.location = "elsewhere";
      linked.change[side] = std::move(change);
    }
    links.push_back(std::move(linked));
  }
  std::size_t writes = 0;
  const double time = seconds_of([&] {
    for (const LinkWithChanges& linked : links) {
      const Plan decided = plan(linked, PairMode::two_way, ConflictPolicy::remote_wins);
      writes += (decided.action.crm != Plan::Action::nothing) +
                (decided.action.remote != Plan::Action::nothing);
    }
  });
  std::printf("plan of %zu links\n", count);
  bool good = report("actions", static_cast<double>(writes), "", 0, true);
  good &= report("per second", static_cast<double>(count) / time, "links/s", 100'000, true);
  return good;
}

// Google's JSON to the event model: the part of an import before anything is stored.
bool parse_pages(int count) {
  Json page = Json::object({{"kind", "calendar#events"}, {"items", Json::array()}});
  for (int i = 0; i < 2'500; ++i) page.member("items").push(event_of(i));
  const std::string text = page.dump();
  std::size_t items = 0;
  const double time = seconds_of([&] {
    for (int i = 0; i < count; ++i) {
      const Result<Json> read = Json::parse(text);
      for (const Json& item : (*read)["items"].items())
        items += google::item_from_json(item, "Europe/Berlin").has_value();
    }
  });
  const double parse = seconds_of([&] {
    for (int i = 0; i < count; ++i) items += Json::parse(text).has_value();
  });
  std::printf("%d pages of 2500 items\n", count);
  bool good = report("JSON, validated", static_cast<double>(text.size()) * count / parse / 1e6,
                     "MB/s", 0, true);
  good &= report("JSON to appointments", count * 2'500 / time, "events/s", 100'000, true);
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::function<bool()>> all{
      {"import", [] { return import_and_idle(10'000); }},
      {"parse", [] { return parse_pages(20); }},
      {"plan", [] { return plan_many(100'000); }}};
  bool good = true;
  for (const auto& [name, work] : all) {
    bool wanted = argc == 1;
    for (int i = 1; i < argc; ++i) wanted |= name == argv[i];
    if (wanted) good &= work();
  }
  return good ? 0 : 1;
}
