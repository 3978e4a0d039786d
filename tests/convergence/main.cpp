// convergence [--seeds A..B] [--ledger FILE] [--http ADDRESS | PROGRAM] [--check NAME] [--trace]
//             [--jobs N]
//
// Random histories of several accounts against the emulator; afterwards everything that clients
// and people see must agree (history.hpp). The seeds of the ledger are run first. Prints every
// failing seed with what failed; for the first failures also the acts, without those that the
// failure does not need. --check counts only the failures of one check. --jobs runs so many
// histories at the same time, each in an emulator of its own (1 by default; not over HTTP). Exits
// with 1 when a history failed, or when one of the counters is 0.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <string_view>
#include <thread>

#include "tests/convergence/acts.hpp"
#include "tests/convergence/history.hpp"

namespace {

using namespace convergence;

constexpr std::size_t kShrunkFailures = 3;

struct Options {
  std::uint64_t first = 1, last = 1'000;
  std::string ledger, http, check;
  std::size_t jobs = 1;
  bool trace = false;
};

bool read_options(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool more = i + 1 < argc;
    if (argument == "--trace") {
      options.trace = true;
    } else if (argument == "--ledger" && more) {
      options.ledger = argv[++i];
    } else if (argument == "--check" && more) {
      options.check = argv[++i];
    } else if (argument == "--http" && more) {
      options.http = argv[++i];
    } else if (argument == "--jobs" && more) {
      options.jobs = std::max<std::size_t>(1, std::strtoull(argv[++i], nullptr, 10));
    } else if (argument == "--seeds" && more) {
      const std::string range = argv[++i];
      const std::size_t dots = range.find("..");
      options.first = std::strtoull(range.c_str(), nullptr, 10);
      options.last = dots == std::string::npos
                         ? options.first
                         : std::strtoull(range.c_str() + dots + 2, nullptr, 10);
    } else {
      return false;
    }
  }
  return true;
}

// One seed a line; "#" begins a comment.
std::vector<std::uint64_t> ledger_seeds(const std::string& path) {
  std::vector<std::uint64_t> seeds;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line.front() != '#')
      seeds.push_back(std::strtoull(line.c_str(), nullptr, 10));
  return seeds;
}

void print_trace(const Outcome& outcome) {
  for (const std::string& line : outcome.trace) std::printf("  %s\n", line.c_str());
}

// What the histories of one thread came to.
struct Totals {
  Counters counters, failed_checks;
  std::size_t histories = 0, failures = 0;

  void add(const Totals& other) {
    for (const auto& [name, count] : other.counters) counters[name] += count;
    for (const auto& [check, count] : other.failed_checks) failed_checks[check] += count;
    histories += other.histories;
    failures += other.failures;
  }
};

// Histories one after the other against one service. `reports` lets one thread print at a time.
class Run {
 public:
  Run(Service& service, const Options& options, std::mutex& reports)
      : service_(service), check_(options.check), trace_(options.trace), reports_(reports) {}

  void history(std::uint64_t seed) {
    ++totals_.histories;
    Outcome outcome = run_history(service_, seed, {}, totals_.counters, trace_);
    if (!check_.empty())
      std::erase_if(outcome.violations,
                    [&](const Violation& violation) { return violation.check != check_; });
    if (!trace_ && outcome.violations.empty()) return;
    const std::lock_guard lock(reports_);
    if (trace_) {
      std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
      print_trace(outcome);
    }
    if (!outcome.violations.empty()) report(seed, outcome);
  }

  const Totals& totals() const { return totals_; }

 private:
  void report(std::uint64_t seed, const Outcome& outcome) {
    std::set<std::string> checks;
    for (const Violation& violation : outcome.violations) checks.insert(kind_of(violation));
    for (const std::string& check : checks) ++totals_.failed_checks[check];
    const Violation& first = outcome.violations.front();
    std::printf("seed %llu FAILED: %s: %s\n", static_cast<unsigned long long>(seed),
                first.check.c_str(), first.detail.c_str());
    if (++totals_.failures > kShrunkFailures || trace_) return;
    Counters ignored;
    const auto left_out = shrink(service_, seed, outcome);
    std::printf("  what this failure needs (%zu of %zu steps):\n", outcome.steps - left_out.size(),
                outcome.steps);
    print_trace(run_history(service_, seed, left_out, ignored, true));
  }

  Service& service_;
  std::string check_;
  bool trace_;
  std::mutex& reports_;
  Totals totals_;
};

Totals run_all(const Options& options, const std::vector<std::uint64_t>& ledger) {
  std::atomic<std::size_t> next = 0;
  const std::size_t count = ledger.size() + (options.last - options.first + 1);
  std::mutex mutex;
  Totals totals;
  const auto work = [&] {
    const auto service = options.http.empty() ? in_process() : over_http(options.http);
    Run run(*service, options, mutex);
    for (std::size_t i = next++; i < count; i = next++)
      run.history(i < ledger.size() ? ledger[i] : options.first + (i - ledger.size()));
    const std::lock_guard lock(mutex);
    totals.add(run.totals());
  };
  std::vector<std::thread> threads;
  const std::size_t jobs = options.http.empty() ? options.jobs : 1;
  for (std::size_t i = 1; i < jobs; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  return totals;
}

// Prints the totals; returns the exit code.
int finish(const Totals& totals, double seconds) {
  for (const auto& [name, count] : totals.counters) std::printf("%10zu  %s\n", count, name.c_str());
  bool weak = false;
  for (const std::string& name : required_counters())
    if (!totals.counters.contains(name)) {
      std::printf("         0  %s: these histories prove too little\n", name.c_str());
      weak = true;
    }
  const auto acts_on_series = totals.counters.find("acts on the series with guests");
  if (acts_on_series != totals.counters.end() &&
      2 * acts_on_series->second < totals.counters.at("acts")) {
    std::printf("less than half of the acts are on the series with guests\n");
    weak = true;
  }
  for (const auto& [check, count] : totals.failed_checks)
    std::printf("%10zu  histories failed: %s\n", count, check.c_str());
  std::printf("%zu histories, %zu failed; %.0f histories/s\n", totals.histories, totals.failures,
              static_cast<double>(totals.histories) / seconds);
  return totals.failures > 0 || weak ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: convergence [--seeds A..B] [--ledger FILE] [--http ADDRESS | PROGRAM] "
                 "[--check NAME] [--trace] [--jobs N]\n");
    return 2;
  }
  const auto begin = std::chrono::steady_clock::now();
  const Totals totals = run_all(options, ledger_seeds(options.ledger));
  return finish(totals,
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}
