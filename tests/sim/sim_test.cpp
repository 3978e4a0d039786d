#include <gtest/gtest.h>

#include <set>
#include <string>

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

// The plugin's SQL stores and finds what the journal in memory does, also after a crash.
TEST(Simulation, OnSqliteEqualSeedsGiveTheSameRuns) {
  for (std::uint64_t seed = 2000; seed < 2010; ++seed)
    EXPECT_EQ(run_seed({seed, {}, Storage::sqlite}).hash, run_seed(seed).hash) << "seed " << seed;
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
  for (std::uint64_t seed = 501; seed <= 1'000; ++seed) {
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

TEST(EmulatorSimulation, SeedsDrawEveryPairOfSwitchValues) {
  std::set<std::string> pairs;
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) pairs.merge(value_pairs(behaviour_of(seed)));
  EXPECT_GT(pairs.size(), 100u);
  EXPECT_EQ(pairs.size(), count_value_pairs());
}

// Acts 7 and 20 together are what fails: nothing else may remain, and they must.
TEST(History, IsShortenedToTheActsThatMakeItFail) {
  std::size_t runs = 0;
  const History shorter =
      shortest({1, {3}, Storage::memory}, 100, 1'000, [&runs](const History& history) {
        ++runs;
        return !history.left_out.contains(7) && !history.left_out.contains(20);
      });
  EXPECT_EQ(shorter.left_out.size(), 98u);
  EXPECT_FALSE(shorter.left_out.contains(7));
  EXPECT_FALSE(shorter.left_out.contains(20));
  EXPECT_LT(runs, 100u);
}

TEST(History, AnActDrawsTheSameWhateverOthersDrew) {
  support::SeededRandom other = generator(77, Draws::acts, 4);
  for (int i = 0; i < 10; ++i) (void)other.next();
  EXPECT_EQ(generator(77, Draws::acts, 5).next(), generator(77, Draws::acts, 5).next());
  std::set<std::uint64_t> first;
  for (std::size_t act = 0; act < 1'000; ++act)
    for (const Draws draws : {Draws::acts, Draws::faults})
      first.insert(generator(77, draws, act).next());
  EXPECT_EQ(first.size(), 2'000u) << "two generators begin alike";
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
