// sim --seeds A..B: runs the engine through B-A simulated histories and prints seeds per second. Ends with 1 at the first violation, with the seed and
// the history that led to it.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/sim/simulation.hpp"

int main(int argc, char** argv) {
  std::uint64_t first = 1;
  std::uint64_t last = 1000;
  if (argc == 3 && std::string(argv[1]) == "--seeds") {
    const std::string range = argv[2];
    const std::size_t dots = range.find("..");
    first = std::strtoull(range.c_str(), nullptr, 10);
    last = dots == std::string::npos ? first : std::strtoull(range.c_str() + dots + 2, nullptr, 10);
  } else if (argc != 1) {
    std::fprintf(stderr, "usage: sim [--seeds A..B]\n");
    return 2;
  }

  std::size_t cycles = 0;
  std::size_t crashes = 0;
  std::size_t faults = 0;
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const gcal::simulation::Outcome outcome = gcal::simulation::run_seed(seed);
    cycles += outcome.cycles;
    crashes += outcome.crashes;
    faults += outcome.faults;
    if (outcome.violations.empty()) continue;
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    for (const std::string& line : outcome.trace) std::printf("  %s\n", line.c_str());
    for (const std::string& violation : outcome.violations) std::printf("VIOLATION: %s\n", violation.c_str());
    return 1;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double seeds = static_cast<double>(last - first + 1);
  std::printf("%.0f histories, %zu cycles, %zu of them failed, %zu by a crash; 0 violations; %.0f histories/s\n", seeds, cycles, faults, crashes, seeds / seconds);
  return 0;
}
