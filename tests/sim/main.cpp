// sim [--dialect [--assume NAME=VALUE]...] [--ledger FILE] [--seeds A..B] [--fresh N] [--trace]:
// runs the engine through simulated histories and prints histories per second. With --dialect the
// remote side is the emulator's model behind the product's Google client; each seed draws a value
// for everything that is only guessed about Google, --assume sets one (src/emulator/BEHAVIOUR.md).
// --ledger runs the seeds of this kind in a file, --fresh runs N seeds that no run has had before.
// With --trace it prints each history and the hash of its final state. Exits with 1 at the first
// violation and prints the seed and the shortest history that was found to fail, and with 1 when a
// long run has not met everything that a simulation has to meet.
// --sqlite keeps the journal in SQLite, with the plugin's SQL. --survey goes on after a violation
// and names each seed that fails. sim --mutants [NAME...] (preset mutants): starts one fault on
// purpose after the other and looks for it with fresh seeds, by a history that succeeds without it;
// exits with 1 unless each is found within 5,000 and the median is at most 500.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/sim/emulator_simulation.hpp"
#include "tests/sim/history.hpp"
#include "tests/sim/mutants.hpp"

namespace {

using gcal::simulation::Finder;
using gcal::simulation::History;
using gcal::simulation::Outcome;

constexpr std::size_t kShrinkingRuns = 2'000;
// From so many histories on, everything must have been met.
constexpr std::size_t kLongRun = 2'000;

constexpr std::size_t kMutantSeeds = 5'000;
constexpr std::size_t kMutantMedian = 500;

struct Options {
  bool mutants = false;
  std::vector<std::string> names;  // of mutants; none: all
  bool sqlite = false;
  bool dialect = false;
  bool trace = false;
  bool survey = false;
  std::vector<std::string> assumptions;
  std::string ledger;
  std::string seeds;
  std::uint64_t fresh = 0;
};

struct Totals {
  std::size_t histories = 0;
  std::size_t cycles = 0;
  std::size_t crashes = 0;
  std::size_t faults = 0;
  std::size_t acts = 0;
  std::map<std::string, std::size_t> reached;
  std::set<std::string> pairs;  // of values of two switches
};

class Simulator {
 public:
  explicit Simulator(const Options& options) : options_(options) {}

  // False, with a message, when an assumption names no switch or no value.
  bool check_assumptions() const {
    emulator::Behaviour behaviour;
    return assume(behaviour);
  }

  // Whether all invariants held.
  bool run(std::uint64_t seed) {
    const Outcome outcome = outcome_of(history_of(seed));
    count(seed, outcome);
    if (options_.trace) print(seed, outcome);
    if (outcome.violations.empty()) return true;
    if (options_.survey) {
      std::printf("%s %llu: %s\n", options_.dialect ? "emulator" : "memory",
                  static_cast<unsigned long long>(seed), outcome.violations.front().c_str());
      std::fflush(stdout);
      return false;
    }
    const History shortest = gcal::simulation::shortest(
        history_of(seed), outcome.acts, kShrinkingRuns,
        [this](const History& history) { return !outcome_of(history).violations.empty(); });
    const Outcome last = outcome_of(shortest);
    std::printf("%s%s seed %llu fails; %zu of its %zu acts are enough:\n",
                options_.dialect ? "emulator" : "memory", options_.sqlite ? " on SQLite" : "",
                static_cast<unsigned long long>(seed), outcome.acts - shortest.left_out.size(),
                outcome.acts);
    print(seed, last);
    for (const std::string& violation : last.violations)
      std::printf("VIOLATION: %s\n", violation.c_str());
    return false;
  }

  // Whether a long run met every act, every kind of fault and every pair of switch values.
  bool met_everything() const {
    if (totals.histories < kLongRun) return true;
    bool all = true;
    for (const std::string_view mark : gcal::simulation::marks(options_.dialect)) {
      if (totals.reached.contains(std::string(mark))) continue;
      std::printf("never met: %s\n", std::string(mark).c_str());
      all = false;
    }
    const std::size_t pairs = gcal::simulation::count_value_pairs();
    if (options_.dialect && options_.assumptions.empty() && totals.pairs.size() < pairs) {
      std::printf("%zu of %zu pairs of switch values\n", totals.pairs.size(), pairs);
      all = false;
    }
    return all;
  }

  Totals totals;

 private:
  bool assume(emulator::Behaviour& behaviour) const {
    return std::ranges::all_of(options_.assumptions, [&](const std::string& assumption) {
      return gcal::simulation::assume(behaviour, assumption);
    });
  }

  emulator::Behaviour behaviour_of(std::uint64_t seed) const {
    emulator::Behaviour behaviour = gcal::simulation::behaviour_of(seed);
    (void)assume(behaviour);  // checked before the first history
    return behaviour;
  }

  History history_of(std::uint64_t seed) const {
    using gcal::simulation::Storage;
    return {seed, {}, options_.sqlite ? Storage::sqlite : Storage::memory};
  }

  Outcome outcome_of(const History& history) const {
    return options_.dialect
               ? gcal::simulation::run_emulator_seed(history, behaviour_of(history.seed))
               : gcal::simulation::run_seed(history);
  }

  void count(std::uint64_t seed, const Outcome& outcome) {
    ++totals.histories;
    totals.cycles += outcome.cycles;
    totals.crashes += outcome.crashes;
    totals.faults += outcome.faults;
    totals.acts += outcome.acts;
    for (const auto& [what, times] : outcome.reached) totals.reached[what] += times;
    if (!options_.dialect) return;
    totals.pairs.merge(gcal::simulation::value_pairs(behaviour_of(seed)));
  }

  static void print(std::uint64_t seed, const Outcome& outcome) {
    std::printf("seed %llu, %s\n", static_cast<unsigned long long>(seed), outcome.hash.c_str());
    for (const std::string& line : outcome.trace) std::printf("  %s\n", line.c_str());
  }

  const Options& options_;
};

// The seeds of one kind in a ledger: lines "memory SEED" and "emulator SEED".
std::vector<std::uint64_t> seeds_in(const std::string& file, bool dialect) {
  std::vector<std::uint64_t> seeds;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string kind;
    std::uint64_t seed = 0;
    if (words >> kind >> seed && kind == (dialect ? "emulator" : "memory")) seeds.push_back(seed);
  }
  return seeds;
}

std::uint64_t fresh_seed() {
  std::random_device device;
  const std::uint64_t begin = (static_cast<std::uint64_t>(device()) << 16) + 1'000'000;
  std::printf("fresh seeds from %llu on\n", static_cast<unsigned long long>(begin));
  return begin;
}

Outcome run_for(const gcal::simulation::Mutant& mutant, std::uint64_t seed) {
  return mutant.finder == Finder::emulator ? gcal::simulation::run_emulator_seed(seed)
                                           : gcal::simulation::run_seed(seed);
}

// How many seeds it takes to find the fault; nullopt: more than the limit. A history that fails
// without the fault too does not count.
std::optional<std::size_t> seeds_to_find(const gcal::simulation::Mutant& mutant,
                                         std::uint64_t first) {
  const std::string name(mutant.name);
  for (std::size_t count = 1; count <= kMutantSeeds; ++count) {
    const std::uint64_t seed = first + count - 1;
    gcal::simulation::start_mutant(mutant.name);
    const Outcome outcome = run_for(mutant, seed);
    if (outcome.violations.empty()) continue;
    gcal::simulation::stop_mutant();
    const char* kind = mutant.finder == Finder::emulator ? "emulator" : "memory";
    const auto number = static_cast<unsigned long long>(seed);
    if (const Outcome without = run_for(mutant, seed); !without.violations.empty()) {
      std::printf("        %s %llu fails without a mutant: %s\n", kind, number,
                  without.violations.front().c_str());
      continue;
    }
    std::printf("%6zu  %s: %s\n        %s %llu: %s\n", count, name.c_str(),
                std::string(mutant.fault).c_str(), kind, number,
                outcome.violations.front().c_str());
    std::fflush(stdout);
    return count;
  }
  std::printf("MISSED  %s: %s\n", name.c_str(), std::string(mutant.fault).c_str());
  std::fflush(stdout);
  return std::nullopt;
}

bool find_mutants(const std::vector<std::string>& names) {
  const std::uint64_t first = fresh_seed();
  std::vector<std::size_t> counts;
  std::size_t played = 0;
  for (const gcal::simulation::Mutant& mutant : gcal::simulation::mutants()) {
    if ((mutant.finder != Finder::memory && mutant.finder != Finder::emulator) ||
        (!names.empty() && std::ranges::find(names, mutant.name) == names.end()))
      continue;
    if (!gcal::simulation::start_mutant(mutant.name)) {
      std::fprintf(stderr, "sim: this build has no mutants; use the preset of that name\n");
      return false;
    }
    ++played;
    if (const auto count = seeds_to_find(mutant, first)) counts.push_back(*count);
  }
  if (counts.empty()) return false;
  std::ranges::sort(counts);
  const std::size_t median = counts[counts.size() / 2];
  std::printf("%zu mutants, %zu found, median %zu seeds\n", played, counts.size(), median);
  return counts.size() == played && median <= kMutantMedian;
}

std::vector<std::uint64_t> seeds_of(const Options& options) {
  std::vector<std::uint64_t> seeds;
  if (!options.ledger.empty()) seeds = seeds_in(options.ledger, options.dialect);
  std::uint64_t first = 1;
  std::uint64_t last = options.ledger.empty() && options.fresh == 0 ? 1000 : 0;
  if (!options.seeds.empty()) {
    const std::size_t dots = options.seeds.find("..");
    first = std::stoull(options.seeds);
    last = dots == std::string::npos ? first : std::stoull(options.seeds.substr(dots + 2));
  }
  for (std::uint64_t seed = first; seed <= last; ++seed) seeds.push_back(seed);
  if (options.fresh > 0) {
    const std::uint64_t begin = fresh_seed();
    for (std::uint64_t i = 0; i < options.fresh; ++i) seeds.push_back(begin + i);
  }
  return seeds;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Runs the sync engine through simulated histories.");
  app.add_flag("--dialect", options.dialect, "the emulator's model is the remote side");
  app.add_option("--assume", options.assumptions, "NAME=VALUE of a switch of the emulator")
      ->allow_extra_args(false);
  app.add_option("--ledger", options.ledger, "a file of seeds")->check(CLI::ExistingFile);
  app.add_option("--seeds", options.seeds, "A..B or A")
      ->check(CLI::Validator(
          [](std::string& text) {
            return text.find_first_not_of("0123456789.") == std::string::npos
                       ? std::string()
                       : std::string("numbers: A..B or A");
          },
          "A..B"));
  app.add_option("--fresh", options.fresh, "so many seeds that no run has had before");
  app.add_flag("--trace", options.trace, "print each history");
  app.add_flag("--survey", options.survey, "name each seed that fails, with all its acts");
  app.add_flag("--sqlite", options.sqlite, "the journal is in SQLite");
  app.add_flag("--mutants", options.mutants, "look for the faults that this build has on purpose");
  app.add_option("names", options.names, "of mutants; all of them without a name");
  CLI11_PARSE(app, argc, argv);
  if (options.mutants) return find_mutants(options.names) ? 0 : 1;

  Simulator simulator(options);
  if (!simulator.check_assumptions()) return 2;
  const std::clock_t begin = std::clock();
  bool all = true;
  for (const std::uint64_t seed : seeds_of(options)) {
    all &= simulator.run(seed);
    if (!all && !options.survey) return 1;
  }
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  const Totals& totals = simulator.totals;
  for (const auto& [what, times] : totals.reached) std::printf("%8zu  %s\n", times, what.c_str());
  std::printf(
      "%zu histories, %zu acts, %zu cycles, %zu of them failed, %zu by a crash; %s; "
      "%.0f histories in a second of the processor\n",
      totals.histories, totals.acts, totals.cycles, totals.faults, totals.crashes,
      all ? "0 violations" : "violations", static_cast<double>(totals.histories) / seconds);
  return simulator.met_everything() && all ? 0 : 1;
}
