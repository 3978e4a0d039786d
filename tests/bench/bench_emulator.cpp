// bench_emulator --emulator PROGRAM [--events N] [--seed S]: the cost of google_emulator for the
// tests that use it. Runs the real program on one core with N generated events (200,000) and one
// client over loopback: start, pages, single gets, incremental lists, writes, windows, --state,
// memory. The targets are for the processor time of the emulator, because the machine may be busy
// with other work; elapsed time is printed too. Exits with 1 when a target is missed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/common/net/url.hpp"
#include "tests/bench/emulator_process.hpp"
#include "tests/bench/http_load.hpp"
#include "tests/bench/report.hpp"
#include "tests/bench/world.hpp"
#include "tests/support/seeded_random.hpp"

namespace {

using namespace bench;
using gcal::base::Json;

const std::string kEvents = "/calendar/v3/calendars/primary/events";
constexpr std::size_t kWrites = 5'000;  // inserts, and as many patches

struct Settings {
  std::string program;
  std::size_t events = 200'000;
  std::uint64_t seed = 1;
};

struct Cost {
  double cpu = 0;   // seconds of the emulator's processor
  double wall = 0;  // seconds
};

// Ends the benchmark: figures of error responses would be meaningless.
struct Failure {
  std::string what;
};

[[noreturn]] void fail(const std::string& what) {
  throw Failure{what};
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

Cost measure(const EmulatorProcess& emulator, const std::function<void()>& work) {
  const double cpu = emulator.cpu_seconds();
  const auto begin = std::chrono::steady_clock::now();
  work();
  return {std::max(1e-9, emulator.cpu_seconds() - cpu), std::max(1e-9, seconds_since(begin))};
}

// Reports two rates; the target is for the one per processor second.
bool report_rate(const std::string& name, const char* unit, double count, const Cost& cost,
                 double target = 0) {
  const bool good = report((name + ", per CPU second").c_str(), count / cost.cpu, unit, target);
  report((name + ", on the clock").c_str(), count / cost.wall, unit);
  return good;
}

std::string must(const Answer& answer, const char* what) {
  if (answer.status == 200) return answer.body;
  fail(std::string(what) + " was answered with " + std::to_string(answer.status) + ": " +
       answer.body.substr(0, 300));
}

Json must_json(const Answer& answer, const char* what) {
  return *Json::parse(must(answer, what));
}

// As a client asks that is in a hurry; the figures are for this layout.
std::string compact(const std::string& target) {
  return target + (target.find('?') == std::string::npos ? "?" : "&") + "prettyPrint=false";
}

// The tokens of a page are before its items, so the items are not parsed.
std::string member_of_page(const std::string& page, const std::string& name) {
  const std::string head = page.substr(0, page.find("\"items\":["));
  const std::size_t at = head.find("\"" + name + "\":\"");
  if (at == std::string::npos) return "";
  const std::size_t begin = at + name.size() + 4;
  return head.substr(begin, head.find('"', begin) - begin);
}

bool report_peak(const EmulatorProcess& emulator) {
  return report("memory at most while loading", emulator.peak_kib() / 1024, "MiB", 900, false);
}

bool report_memory(const char* name, double kib, std::size_t events) {
  return report(name, kib * 1024 / static_cast<double>(events), "bytes", 3'072, false);
}

class Session {
 public:
  Session(const Settings& settings, const EmulatorProcess& emulator)
      : settings_(settings), emulator_(emulator), client_(emulator.port()) {
    if (!emulator.valid()) fail(settings.program + " did not start");
    authorize();
  }

  void authorize() {
    const std::string body = std::string(R"({"email":")") + kEmail + R"("})";
    token_ = must_json(client_.call(request("POST", "/_emulator/tokens", "", body)), "a token")
                 .string("access_token");
  }

  std::string get(const std::string& target) {
    return must(client_.call(request("GET", compact(target), token_)), target.c_str());
  }

  // The whole calendar in pages of 2,500, uncompressed, one client.
  bool pages(const char* name, double target) {
    std::size_t count = 0, bytes = 0;
    const Cost cost = measure(emulator_, [&] {
      std::string token;
      do {
        const std::string page =
            get(kEvents + "?maxResults=2500" +
                (token.empty() ? "" : "&pageToken=" + gcal::net::percent_encode(token)));
        ++count;
        bytes += page.size();
        token = member_of_page(page, "nextPageToken");
        if (token.empty()) sync_token_ = member_of_page(page, "nextSyncToken");
      } while (!token.empty());
    });
    std::printf("%s: %zu pages of up to 2,500 events, %zu MiB\n", name, count, bytes >> 20);
    return report_rate("pages", "pages/s", static_cast<double>(count), cost, target);
  }

  bool gets(std::size_t clients, std::size_t count) {
    std::vector<Connection> connections;
    for (std::size_t i = 0; i < clients; ++i) connections.emplace_back(emulator_.port());
    gcal::support::SeededRandom random(settings_.seed);
    std::vector<std::string> requests;
    for (std::size_t i = 0; i < 4'096; ++i)
      requests.push_back(request(
          "GET", compact(kEvents + "/" + event_id(random.below(settings_.events))), token_));
    std::size_t good = 0;
    const Cost cost = measure(emulator_, [&] {
      good =
          drive(connections, count, [&](std::size_t i) { return requests[i % requests.size()]; });
    });
    if (good != count) fail("an events.get failed");
    std::printf(
        "events.get of random events, %zu kept-alive connection%s, one request in flight on each\n",
        clients, clients == 1 ? "" : "s");
    return report_rate("gets", "gets/s", static_cast<double>(count), cost,
                       clients == 1 ? 0 : 10'000);
  }

  bool incremental(std::size_t rounds) {
    Cost lists;
    for (std::size_t i = 0; i < rounds; ++i) {
      const std::string id = event_id((i * 7'919) % settings_.events);
      must(client_.call(request("PATCH", kEvents + "/" + id, token_,
                                R"({"summary":"Changed )" + std::to_string(i) + "\"}")),
           "events.patch");
      const std::string list = request(
          "GET", compact(kEvents + "?syncToken=" + gcal::net::percent_encode(sync_token_)), token_);
      std::string page;
      const Cost cost =
          measure(emulator_, [&] { page = must(client_.call(list), "an incremental list"); });
      lists.cpu += cost.cpu;
      lists.wall += cost.wall;
      if (page.find(id) == std::string::npos)
        fail("an incremental list came without the changed event");
      sync_token_ = member_of_page(page, "nextSyncToken");
    }
    std::printf("list with a sync token after one change among all\n");
    const double scale = 1e6 / static_cast<double>(rounds);
    const bool good = report("CPU time", lists.cpu * scale, "us", 1'000, false);
    report("on the clock", lists.wall * scale, "us");
    return good;
  }

  bool writes(std::size_t count) {
    std::vector<Connection> connections;
    connections.emplace_back(emulator_.port());
    std::vector<std::string> inserts, patches;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t number = settings_.events + i;
      inserts.push_back(request("POST", kEvents, token_, event_body(number, settings_.seed)));
      patches.push_back(request("PATCH", kEvents + "/" + event_id(number), token_,
                                R"({"location":"Elsewhere"})"));
    }
    std::size_t good = 0;
    const Cost inserting = measure(emulator_, [&] {
      good += drive(connections, count, [&](std::size_t i) { return inserts[i]; });
    });
    const Cost patching = measure(emulator_, [&] {
      good += drive(connections, count, [&](std::size_t i) { return patches[i]; });
    });
    if (good != 2 * count) fail("an events.insert or events.patch failed");
    std::printf("writes, one connection\n");
    const bool fast =
        report_rate("events.insert", "writes/s", static_cast<double>(count), inserting, 2'000);
    return report_rate("events.patch", "writes/s", static_cast<double>(count), patching, 2'000) &&
           fast;
  }

  // To the loaded world, each time after a write. A reset also ends the client's token.
  Cost resets(int times) {
    Cost all;
    for (int i = 0; i < times; ++i) {
      authorize();
      const std::string change = request("PATCH", kEvents + "/" + event_id(0), token_,
                                         R"({"summary":"Changed )" + std::to_string(i) + "\"}");
      must(client_.call(change), "events.patch");
      const std::string reset = request("POST", "/_emulator/reset", "", R"({"to":"world"})");
      const Cost one = measure(emulator_, [&] { must(client_.call(reset), "a reset"); });
      all.cpu += one.cpu;
      all.wall += one.wall;
    }
    return all;
  }

  // The requests of a page that shows a calendar: one week with series expanded, and a search.
  bool views() {
    std::printf("what a page asks, of all events\n");
    bool good = true;
    const auto show = [&](const char* name, const std::string& query, int times, double target) {
      const Cost cost = measure(emulator_, [&] {
        for (int i = 0; i < times; ++i) get(kEvents + query);
      });
      good &= report(name, cost.cpu * 1e3 / times, "ms", target, false);
    };
    const std::string week = "timeMin=2026-03-02T00:00:00Z&timeMax=2026-03-09T00:00:00Z";
    const std::string instances = "?singleEvents=true&maxResults=2500&" + week;
    show("one week of instances, in one page", instances, 5, 20);
    show("one week of instances by start", instances + "&orderBy=startTime", 5, 20);
    show("one week, as stored", "?maxResults=2500&" + week, 5, 20);
    show("q=contact of one", "?q=stadtwerke&maxResults=10", 1, 0);
    show("q that nothing holds", "?q=nowhere", 1, 0);
    return good;
  }

 private:
  const Settings& settings_;
  const EmulatorProcess& emulator_;
  Connection client_;
  std::string token_, sync_token_;
};

void stop(EmulatorProcess& emulator) {
  if (!emulator.stop()) fail("the emulator did not end with 0");
}

// Test suites reset a small world before each of their tests.
bool resets(const Settings& settings, const std::filesystem::path& folder) {
  constexpr int kTimes = 100;
  const std::string world = folder / "small.json";
  if (!write_world(world, 200, settings.seed)) fail(world + " cannot be written");
  EmulatorProcess emulator(settings.program, {"--load", world});
  Session session(settings, emulator);
  const double milliseconds = session.resets(kTimes).cpu * 1e3 / kTimes;
  stop(emulator);
  std::printf("reset of a world of 200 events to its start\n");
  return report("CPU time", milliseconds, "ms", 5, false);
}

bool run(const Settings& settings, const std::filesystem::path& folder) {
  const std::string world = folder / "world.json", state = folder / "state.json";
  std::printf("%zu events, seed %llu\n", settings.events,
              static_cast<unsigned long long>(settings.seed));
  if (!write_world(world, settings.events, settings.seed)) fail(world + " cannot be written");
  std::printf("  (a world of %ju MiB)\n",
              static_cast<std::uintmax_t>(std::filesystem::file_size(world) >> 20));

  bool good = resets(settings, folder);
  double empty_kib = 0;
  {
    std::printf("start without events\n");
    const auto begin = std::chrono::steady_clock::now();
    EmulatorProcess emulator(settings.program, {});
    report("until it listens, on the clock", seconds_since(begin) * 1e3, "ms");
    report("CPU time", emulator.cpu_seconds() * 1e3, "ms");
    empty_kib = emulator.resident_kib();
    report("memory", empty_kib / 1024, "MiB");
    stop(emulator);
  }

  {
    const auto begin = std::chrono::steady_clock::now();
    EmulatorProcess emulator(settings.program, {"--load", world, "--state", state});
    std::printf("start with --load\n");
    report("until it listens, on the clock", seconds_since(begin), "s");
    report("CPU time", emulator.cpu_seconds(), "s");
    Session session(settings, emulator);
    good &= report_memory("memory for each event", emulator.resident_kib() - empty_kib,
                          settings.events);
    good &= report_peak(emulator);
    good &= session.pages("full list", 40);
    good &= session.pages("full list again", 40);
    good &= report_memory("memory for each event, after it was listed",
                          emulator.resident_kib() - empty_kib, settings.events);
    good &= session.gets(4, 100'000);
    good &= session.gets(1, 20'000);
    good &= session.incremental(200);
    good &= session.writes(kWrites);
    good &= session.views();
    const auto stopping = std::chrono::steady_clock::now();
    const double cpu = emulator.cpu_seconds();
    const double peak = emulator.peak_kib();
    stop(emulator);
    std::printf("end with --state: a file of %ju MiB\n",
                static_cast<std::uintmax_t>(std::filesystem::file_size(state) >> 20));
    report("on the clock", seconds_since(stopping), "s");
    report("CPU time", emulator.total_cpu_seconds() - cpu, "s");
    report("memory at most before", peak / 1024, "MiB");
  }
  {
    const auto begin = std::chrono::steady_clock::now();
    EmulatorProcess emulator(settings.program, {"--state", state});
    std::printf("start with --state\n");
    report("until it listens, on the clock", seconds_since(begin), "s");
    report("CPU time", emulator.cpu_seconds(), "s");
    Session session(settings, emulator);
    good &= report_memory("memory for each event", emulator.resident_kib() - empty_kib,
                          settings.events + kWrites);
    good &= report_peak(emulator);
    session.pages("first full list after it, which reads every event", 0);
    stop(emulator);
  }
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--emulator") settings.program = argv[i + 1];
    if (name == "--events") settings.events = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--seed") settings.seed = std::strtoull(argv[i + 1], nullptr, 10);
  }
  if (settings.program.empty() || settings.events == 0) {
    std::fprintf(stderr, "usage: bench_emulator --emulator PROGRAM [--events N] [--seed S]\n");
    return 2;
  }
  std::string folder = std::filesystem::temp_directory_path() / "bench_emulator.XXXXXX";
  if (!::mkdtemp(folder.data())) return 2;
  bool good = false;
  try {
    good = run(settings, folder);
  } catch (const Failure& failure) {
    std::fprintf(stderr, "bench_emulator: %s\n", failure.what.c_str());
  }
  std::filesystem::remove_all(folder);
  return good ? 0 : 1;
}
