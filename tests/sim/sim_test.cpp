#include <gtest/gtest.h>

#include "tests/sim/dialect.hpp"
#include "tests/sim/simulation.hpp"

namespace gcal::simulation {
namespace {

std::string told(const Outcome& outcome) {
  std::string text;
  for (const std::string& line : outcome.trace) text += line + "\n";
  for (const std::string& line : outcome.violations) text += "VIOLATION: " + line + "\n";
  return text;
}

TEST(
    Simulation,
    S28_GivenRandomHistoriesWithFaults_WhenTheWeatherClears_ThenBothSidesHoldTheSameAndFallSilent) {
  std::size_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Outcome outcome = run_seed(seed);
    ASSERT_TRUE(outcome.violations.empty()) << "seed " << seed << "\n" << told(outcome);
    crashes += outcome.crashes;
  }
  EXPECT_GT(crashes, 100u) << "the histories met too few crashes to prove anything";
}

TEST(Simulation, GivenOneSeed_WhenRunTwice_ThenTheRunsAreTheSame) {
  for (std::uint64_t seed = 1000; seed < 1020; ++seed)
    EXPECT_EQ(run_seed(seed).hash, run_seed(seed).hash) << "seed " << seed;
}

// Every journal commit and every call of a side is a point; the process dies once at each of them,
// before and after the effect.
TEST(Simulation,
     S26_GivenACrashAtEveryPointOfAStory_WhenStartedAgain_ThenNothingIsLostAndNothingDoubled) {
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
          << told(outcome);
    }
}

// The same with Google's own behaviour behind the real dialect code: splits, exceptions, guests,
// rate limits, answers lost between two requests of one write.
TEST(
    Dialect,
    S28_GivenRandomHistoriesAgainstTheEmulator_WhenTheWeatherClears_ThenBothSidesHoldTheSameAndFallSilent) {
  std::size_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const Outcome outcome = run_dialect_seed(seed);
    ASSERT_TRUE(outcome.violations.empty()) << "seed " << seed << "\n" << told(outcome);
    crashes += outcome.crashes;
  }
  EXPECT_GT(crashes, 100u) << "the histories met too few crashes to prove anything";
}

TEST(Dialect, GivenOneSeed_WhenRunTwice_ThenTheRunsAreTheSame) {
  for (std::uint64_t seed = 1000; seed < 1010; ++seed)
    EXPECT_EQ(run_dialect_seed(seed).hash, run_dialect_seed(seed).hash) << "seed " << seed;
}

// Seeds that once found a defect: each stays.
TEST(Dialect, GivenTheSeedsThatFoundDefects_WhenRunAgain_ThenTheyFindNone) {
  for (const std::uint64_t seed : {47, 130, 483, 870, 945, 1400, 7623}) {
    const Outcome outcome = run_dialect_seed(seed);
    EXPECT_TRUE(outcome.violations.empty()) << "seed " << seed << "\n" << told(outcome);
  }
}

TEST(
    Dialect,
    S26_GivenACrashOrALostAnswerAtEveryRequestAndCommitOfAStory_WhenStartedAgain_ThenNothingIsLostAndNothingDoubled) {
  const Outcome fair =
      run_dialect_story([](std::size_t, std::string_view) { return support::Fault::none; });
  ASSERT_TRUE(fair.violations.empty()) << told(fair);
  ASSERT_GT(fair.points, 50u);
  for (const support::Fault fault : {support::Fault::crash_before, support::Fault::crash_after,
                                     support::Fault::before, support::Fault::after})
    for (std::size_t point = 0; point < fair.points; ++point) {
      const Outcome outcome = run_dialect_story([=](std::size_t at, std::string_view) {
        return at == point ? fault : support::Fault::none;
      });
      ASSERT_TRUE(outcome.violations.empty())
          << "fault " << static_cast<int>(fault) << " at point " << point << "\n"
          << told(outcome);
    }
}

}  // namespace
}  // namespace gcal::simulation
