// small_world [--series] [--acts N] [--crashes N] [--part I/N] [--assume NAME=VALUE]: plays every
// history of up to --acts acts with one appointment, and those of up to --crashes acts once for
// each call of the product at which its process can die. Exits with 1 after the histories that
// violate an invariant, at most ten of them; they are printed.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <string>

#include "tests/sim/emulator_simulation.hpp"
#include "tests/sim/small_world.hpp"

namespace {

using namespace gcal::simulation;

class Player {
 public:
  Player(bool series, const emulator::Behaviour& behaviour)
      : series_(series), behaviour_(behaviour) {}

  // Returns at how many calls the process can die in this history.
  std::size_t play(const std::vector<SmallStep>& steps, std::optional<std::size_t> crash) {
    const Outcome outcome = run_small(series_, steps, crash, behaviour_);
    ++runs;
    cycles += outcome.cycles;
    if (outcome.violations.empty()) return outcome.points;
    ++failed;
    std::printf("%s%s\n", text_of(steps).c_str(),
                crash ? (", the process dies at call " + std::to_string(*crash)).c_str() : "");
    for (const std::string& line : outcome.trace) std::printf("  %s\n", line.c_str());
    for (const std::string& line : outcome.violations) std::printf("VIOLATION: %s\n", line.c_str());
    return outcome.points;
  }

  std::size_t runs = 0;
  std::size_t cycles = 0;
  std::size_t failed = 0;

 private:
  bool series_;
  const emulator::Behaviour& behaviour_;
};

}  // namespace

int main(int argc, char** argv) {
  constexpr std::size_t kMaxFailures = 10;
  bool series = false;
  std::size_t acts = 3;
  std::size_t crashes = 2;
  std::vector<std::string> assumptions;
  std::vector<std::size_t> part{0, 1};
  CLI::App app("Plays every small history of one appointment.");
  app.add_flag("--series", series, "the appointment is a series with an exception");
  app.add_option("--acts", acts, "acts of a history, at most");
  app.add_option("--crashes", crashes, "acts of a history that is played with crashes, at most");
  app.add_option("--assume", assumptions, "NAME=VALUE of a switch of the emulator")
      ->allow_extra_args(false);
  app.add_option("--part", part, "I/N: every N-th history, from the I-th on")
      ->expected(2)
      ->delimiter('/');
  CLI11_PARSE(app, argc, argv);

  emulator::Behaviour behaviour;
  for (const std::string& assumption : assumptions)
    if (!assume(behaviour, assumption)) return 2;
  const auto begin = std::chrono::steady_clock::now();
  Player player(series, behaviour);
  std::size_t number = 0;
  for (std::size_t length = 1; length <= acts; ++length)
    for (const auto& steps : small_histories(series, length)) {
      if (number++ % part[1] != part[0]) continue;
      const std::size_t points = player.play(steps, std::nullopt);
      for (std::size_t crash = 0; length <= crashes && crash < points; ++crash)
        player.play(steps, crash);
      if (player.failed >= kMaxFailures) return 1;
    }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::printf("%zu runs, %zu cycles, %zu violations, %.0f runs/s\n", player.runs, player.cycles,
              player.failed, static_cast<double>(player.runs) / seconds);
  return player.failed == 0 ? 0 : 1;
}
