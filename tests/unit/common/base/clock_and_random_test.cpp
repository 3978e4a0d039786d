#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/random.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::base {
namespace {

using support::ManualClock;
using support::SeededRandom;

TEST(Random, NumbersFollowFromTheSeedAndStayBelowTheirBound) {
  SeededRandom a(42), b(42), c(43);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1'000; ++i) {
    const std::uint64_t drawn = a.below(7);
    ASSERT_LT(drawn, 7u);
    seen.insert(drawn);
  }
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(a.below(1), 0u);
}

TEST(Random, SystemGivesDifferentBytesEachTime) {
  SystemRandom system;
  std::vector<std::uint8_t> first(32), second(32);
  system.fill(first);
  system.fill(second);
  EXPECT_NE(first, second);
}

TEST(ManualClock, MonotonicTimeDoesNotFollowAStepOfTheWallClock) {
  ManualClock clock;
  const Instant start = clock.now();
  clock.advance(std::chrono::seconds{5});
  clock.step_wall_clock(-std::chrono::hours{1});
  EXPECT_EQ(clock.monotonic(), std::chrono::seconds{5});
  EXPECT_EQ(clock.now(), start + std::chrono::seconds{5} - std::chrono::hours{1});
}

}  // namespace
}  // namespace gcal::base
