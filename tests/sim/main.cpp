// sim [--dialect [--assume NAME=VALUE]...] [--seeds A..B] [--trace]: runs the engine through
// simulated histories and prints histories per second. With --dialect the remote side is the
// emulator's model behind the product's Google client; --assume sets what is only guessed about
// Google (src/emulator/BEHAVIOUR.md). With --trace it prints each history and the hash of its final
// state. Exits with 1 at the first violation and prints its seed and history.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/sim/emulator_simulation.hpp"

namespace {

// `assumption`: "NAME=VALUE". False, with a message, when there is no such switch or value.
bool assume(emulator::Behaviour& behaviour, std::string_view assumption) {
  const std::size_t equals = std::min(assumption.find('='), assumption.size());
  const auto set = behaviour.set(assumption.substr(0, equals),
                                 assumption.substr(std::min(equals + 1, assumption.size())));
  if (!set) std::fprintf(stderr, "sim: --assume: %s\n", set.error().message.c_str());
  return static_cast<bool>(set);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t first = 1;
  std::uint64_t last = 1000;
  bool dialect = false;
  bool trace = false;
  emulator::Behaviour behaviour;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--dialect") {
      dialect = true;
    } else if (argument == "--trace") {
      trace = true;
    } else if (argument == "--assume" && i + 1 < argc) {
      if (!assume(behaviour, argv[++i])) return 2;
    } else if (argument == "--seeds" && i + 1 < argc) {
      const std::string range = argv[++i];
      const std::size_t dots = range.find("..");
      first = std::strtoull(range.c_str(), nullptr, 10);
      last =
          dots == std::string::npos ? first : std::strtoull(range.c_str() + dots + 2, nullptr, 10);
    } else {
      std::fprintf(stderr,
                   "usage: sim [--dialect [--assume NAME=VALUE]...] [--seeds A..B] [--trace]\n");
      return 2;
    }
  }

  std::size_t cycles = 0;
  std::size_t crashes = 0;
  std::size_t faults = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const gcal::simulation::Outcome outcome =
        dialect ? gcal::simulation::run_emulator_seed(seed, behaviour)
                : gcal::simulation::run_seed(seed);
    cycles += outcome.cycles;
    crashes += outcome.crashes;
    faults += outcome.faults;
    const bool violated = !outcome.violations.empty();
    if (violated || trace) {
      std::printf("seed %llu, %s\n", static_cast<unsigned long long>(seed), outcome.hash.c_str());
      for (const std::string& line : outcome.trace) std::printf("  %s\n", line.c_str());
    }
    if (!violated) continue;
    for (const std::string& violation : outcome.violations)
      std::printf("VIOLATION: %s\n", violation.c_str());
    return 1;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double seeds = static_cast<double>(last - first + 1);
  std::printf(
      "%.0f histories, %zu cycles, %zu of them failed, %zu by a crash; 0 violations; %.0f "
      "histories/s\n",
      seeds, cycles, faults, crashes, seeds / seconds);
  return 0;
}
