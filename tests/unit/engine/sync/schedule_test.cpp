#include "src/engine/sync/schedule.hpp"
#include "tests/support/seeded_random.hpp"

#include <gtest/gtest.h>

namespace gcal::sync {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, WithoutNotificationsTheDelayGrowsFromFiveMinutesToOneHour) {  // PD-16
  EXPECT_EQ(next_poll_delay({.push = Push::unconfirmed}), 5min);
  EXPECT_EQ(next_poll_delay({.push = Push::unconfirmed, .idle = 20min}), 20min);
  EXPECT_EQ(next_poll_delay({.push = Push::unconfirmed, .idle = 48h}), 1h);
}

TEST(Schedule, WithActivePushAnIdleDayTakesAtMostFivePolls) {  // PD-16
  base::Milliseconds day{0};
  int polls = 0;
  for (base::Milliseconds idle = 6h; day < 24h; ++polls) {
    const base::Milliseconds wait = next_poll_delay({.push = Push::active, .idle = idle});
    EXPECT_LE(wait, 6h);
    day += wait;
    idle += wait;
  }
  EXPECT_LE(polls, 5);
}

TEST(Schedule, WithoutPushHourlyAndEachMinuteWhileThePageIsOpen) {  // PD-16
  EXPECT_EQ(next_poll_delay({.push = Push::none}), 1h);
  for (const Push push : {Push::none, Push::unconfirmed, Push::active})
    EXPECT_EQ(next_poll_delay({.push = push, .page_open = true, .idle = 240h}), 60s);
}

TEST(Schedule, RepeatedFailuresDoubleTheDelayAndRespectRetryAfter) {  // P-14
  EXPECT_EQ(next_poll_delay({.page_open = true, .failures = 1}), 30s);
  EXPECT_EQ(next_poll_delay({.failures = 3}), 120s);
  EXPECT_EQ(next_poll_delay({.failures = 1'000'000}), 1h);
  EXPECT_EQ(next_poll_delay({.failures = 1, .retry_after = 6h}), 6h);
}

TEST(Schedule, JitterNeverShortensAndAddsAtMostATenth) {
  support::SeededRandom random(3);
  for (const base::Milliseconds wait : {0ms, 1ms, 1000ms, 3'600'000ms})
    for (int i = 0; i < 100; ++i) {
      const base::Milliseconds longer = with_jitter(wait, random);
      EXPECT_GE(longer, wait);
      EXPECT_LE(longer, wait + wait / 10);
    }
  EXPECT_EQ(with_jitter(-5ms, random), 0ms);
}

}  // namespace
}  // namespace gcal::sync
