// convergence [--seeds A..B] [--ledger FILE] [--http ADDRESS | PROGRAM] [--check NAME] [--trace]
//
// Random histories of several accounts against the emulator; afterwards everything that clients
// and people see must agree (history.hpp). The seeds of the ledger are run first. Prints every
// failing seed with what failed; for the first failures also the acts, without those that the
// failure does not need. --check counts only the failures of one check. Exits with 1 when a history
// failed, or when one of the counters is 0.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "tests/convergence/acts.hpp"
#include "tests/convergence/history.hpp"

namespace {

using namespace convergence;

constexpr std::size_t kShrunkFailures = 3;

struct Options {
  std::uint64_t first = 1, last = 1'000;
  std::string ledger, http, check;
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

class Run {
 public:
  Run(Service& service, const Options& options)
      : service_(service), check_(options.check), trace_(options.trace) {}

  void history(std::uint64_t seed) {
    ++histories_;
    Outcome outcome = run_history(service_, seed, {}, counters_, trace_);
    if (!check_.empty())
      std::erase_if(outcome.violations,
                    [&](const Violation& violation) { return violation.check != check_; });
    if (trace_) {
      std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
      print_trace(outcome);
    }
    if (!outcome.violations.empty()) report(seed, outcome);
  }

  int finish(double seconds) const {
    for (const auto& [name, count] : counters_) std::printf("%10zu  %s\n", count, name.c_str());
    bool empty_counter = false;
    for (const std::string& name : required_counters())
      if (!counters_.contains(name)) {
        std::printf("         0  %s: these histories prove too little\n", name.c_str());
        empty_counter = true;
      }
    for (const auto& [check, count] : failed_checks_)
      std::printf("%10zu  histories failed: %s\n", count, check.c_str());
    std::printf("%zu histories, %zu failed; %.0f histories/s\n", histories_, failures_,
                static_cast<double>(histories_) / seconds);
    return failures_ > 0 || empty_counter ? 1 : 0;
  }

 private:
  void report(std::uint64_t seed, const Outcome& outcome) {
    std::set<std::string> checks;
    for (const Violation& violation : outcome.violations) checks.insert(violation.check);
    for (const std::string& check : checks) ++failed_checks_[check];
    const Violation& first = outcome.violations.front();
    std::printf("seed %llu FAILED: %s: %s\n", static_cast<unsigned long long>(seed),
                first.check.c_str(), first.detail.c_str());
    if (++failures_ > kShrunkFailures || trace_) return;
    Counters ignored;
    const auto left_out = shrink(service_, seed, outcome);
    std::printf("  what this failure needs (%zu of %zu steps):\n", outcome.steps - left_out.size(),
                outcome.steps);
    print_trace(run_history(service_, seed, left_out, ignored, true));
  }

  Service& service_;
  std::string check_;
  bool trace_;
  Counters counters_, failed_checks_;
  std::size_t histories_ = 0, failures_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!read_options(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: convergence [--seeds A..B] [--ledger FILE] [--http ADDRESS | PROGRAM] "
                 "[--check NAME] [--trace]\n");
    return 2;
  }
  const auto service = options.http.empty() ? in_process() : over_http(options.http);
  Run run(*service, options);
  const auto begin = std::chrono::steady_clock::now();
  for (const std::uint64_t seed : ledger_seeds(options.ledger)) run.history(seed);
  for (std::uint64_t seed = options.first; seed <= options.last; ++seed) run.history(seed);
  return run.finish(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}
