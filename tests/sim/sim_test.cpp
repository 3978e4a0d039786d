#include <gtest/gtest.h>

#include "tests/sim/emulator_simulation.hpp"
#include "tests/sim/simulation.hpp"

namespace gcal::simulation {
namespace {

std::string text_of(const Outcome& outcome) {
  std::string text;
  for (const std::string& line : outcome.trace) text += line + "\n";
  for (const std::string& line : outcome.violations) text += "VIOLATION: " + line + "\n";
  return text;
}

TEST(Simulation, BothSidesConvergeAfterRandomFaults) {  // S-28
  std::size_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Outcome outcome = run_seed(seed);
    ASSERT_TRUE(outcome.violations.empty()) << "seed " << seed << "\n" << text_of(outcome);
    crashes += outcome.crashes;
  }
  EXPECT_GT(crashes, 100u) << "the histories met too few crashes to prove anything";
}

TEST(Simulation, EqualSeedsGiveEqualRuns) {
  for (std::uint64_t seed = 1000; seed < 1020; ++seed)
    EXPECT_EQ(run_seed(seed).hash, run_seed(seed).hash) << "seed " << seed;
}

// Every journal commit and every call of a side is a point. At each one the story is played with a
// crash and with an error, both before and after the effect.
TEST(Simulation, AFaultAtAnyPointOfAStoryLosesAndDuplicatesNothing) {  // S-26
  const std::size_t points =
      run_story([](std::size_t, std::string_view) { return support::Fault::none; }).points;
  ASSERT_GT(points, 50u);
  for (const support::Fault fault : {support::Fault::crash_before, support::Fault::crash_after,
                                     support::Fault::before, support::Fault::after})
    for (std::size_t point = 0; point < points; ++point) {
      const Outcome outcome = run_story([=](std::size_t at, std::string_view) {
        return at == point ? fault : support::Fault::none;
      });
      ASSERT_TRUE(outcome.violations.empty())
          << "fault " << static_cast<int>(fault) << " at point " << point << "\n"
          << text_of(outcome);
    }
}

// The same with the emulator's model of Google behind the product's Google client: splits,
// exceptions, guests, rate limits, responses lost between two requests of one write.
TEST(EmulatorSimulation, BothSidesConvergeAfterRandomFaults) {  // S-28
  std::size_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Outcome outcome = run_emulator_seed(seed);
    ASSERT_TRUE(outcome.violations.empty()) << "seed " << seed << "\n" << text_of(outcome);
    crashes += outcome.crashes;
  }
  EXPECT_GT(crashes, 100u) << "the histories met too few crashes to prove anything";
}

TEST(EmulatorSimulation, EqualSeedsGiveEqualRuns) {
  for (std::uint64_t seed = 1000; seed < 1010; ++seed)
    EXPECT_EQ(run_emulator_seed(seed).hash, run_emulator_seed(seed).hash) << "seed " << seed;
}

// Each seed once found a defect.
TEST(EmulatorSimulation, SeedsThatOnceFoundDefectsFindNone) {
  for (const std::uint64_t seed : {47, 130, 483, 870, 945, 1400, 7623}) {
    const Outcome outcome = run_emulator_seed(seed);
    EXPECT_TRUE(outcome.violations.empty()) << "seed " << seed << "\n" << text_of(outcome);
  }
}

TEST(EmulatorSimulation, AFaultAtAnyPointOfAStoryLosesAndDuplicatesNothing) {  // S-26
  const Outcome without_faults =
      run_emulator_story([](std::size_t, std::string_view) { return support::Fault::none; });
  ASSERT_TRUE(without_faults.violations.empty()) << text_of(without_faults);
  ASSERT_GT(without_faults.points, 50u);
  for (const support::Fault fault : {support::Fault::crash_before, support::Fault::crash_after,
                                     support::Fault::before, support::Fault::after})
    for (std::size_t point = 0; point < without_faults.points; ++point) {
      const Outcome outcome = run_emulator_story([=](std::size_t at, std::string_view) {
        return at == point ? fault : support::Fault::none;
      });
      ASSERT_TRUE(outcome.violations.empty())
          << "fault " << static_cast<int>(fault) << " at point " << point << "\n"
          << text_of(outcome);
    }
}

}  // namespace
}  // namespace gcal::simulation
