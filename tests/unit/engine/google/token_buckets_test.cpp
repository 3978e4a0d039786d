// The budget of a process under a virtual clock: what is spent in any minute, who comes first, and
// what follows a refusal.
#include "src/engine/google/token_buckets.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "src/engine/google/paced_http.hpp"
#include "tests/support/scripted_http.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/virtual_time.hpp"

namespace gcal::google {
namespace {

using base::Milliseconds;
using namespace std::chrono_literals;

struct Spent {
  Milliseconds at;
  unsigned units;
};

// The most that any 60 seconds see.
unsigned most_in_a_minute(const std::vector<Spent>& all) {
  unsigned most = 0, now = 0;
  std::size_t first = 0;
  for (const Spent& one : all) {
    now += one.units;
    while (all[first].at <= one.at - 60s) now -= all[first++].units;
    most = std::max(most, now);
  }
  return most;
}

struct TokenBucketsTest : testing::Test {
  support::ManualClock clock;
  support::SeededRandom random{1};
  std::optional<TokenBuckets> buckets;  // outlives those who wait
  support::VirtualTime time{clock};

  TokenBuckets& make(Quota quota) {
    return buckets.emplace(quota, net::RetryTools{random, clock, time});
  }
  // One request after the other; `count` of them.
  Task<> requests(Budget& budget, std::string user, unsigned units, Priority priority, int count,
                  std::vector<Spent>& log) {
    for (int i = 0; i < count; ++i) {
      CO_TRY_VOID(co_await budget.take(user, units, priority));
      log.push_back({clock.monotonic(), units});
      CO_TRY_VOID(co_await time.wait(20ms));  // the request itself
    }
    co_return Result<>{};
  }
};

TEST_F(TokenBucketsTest, NoMinuteSeesMoreThanTheQuotaAndLittleOfItIsLeft) {  // P-14
  TokenBuckets& budget = make({});
  std::vector<Spent> log;
  time.spawn(requests(budget, "a", 3, Priority::user, 100'000, log));
  time.run_until(10min);
  EXPECT_LE(most_in_a_minute(log), 600u);
  EXPECT_GE(log.size() * 3, 600u * 10 * 9 / 10);
}

TEST_F(TokenBucketsTest, TheProjectIsSharedByItsUsers) {  // P-14
  TokenBuckets& budget = make({600, 1'000});
  std::vector<Spent> log;
  for (int user = 0; user < 50; ++user)
    time.spawn(requests(budget, std::to_string(user), 1, Priority::poll, 100'000, log));
  time.run_until(5min);
  std::ranges::sort(log, {}, &Spent::at);
  EXPECT_LE(most_in_a_minute(log), 1'000u);
  EXPECT_GE(log.size(), 5'000u * 85 / 100);
}

TEST_F(TokenBucketsTest, AUserDoesNotWaitBehindAnImport) {  // P-14
  TokenBuckets& budget = make({600, 1'000});
  std::vector<Spent> imports, own, others;
  for (int i = 0; i < 20; ++i)
    time.spawn(
        requests(budget, "importing" + std::to_string(i), 1, Priority::backfill, 100'000, imports));
  time.spawn(requests(budget, "a", 3, Priority::backfill, 100'000, imports));
  time.run_until(1min);
  // A save of the same account, and one of another.
  time.spawn(requests(budget, "a", 3, Priority::user, 1, own));
  time.spawn(requests(budget, "b", 3, Priority::user, 1, others));
  time.run_until(70s);
  ASSERT_EQ(own.size(), 1u);
  ASSERT_EQ(others.size(), 1u);
  EXPECT_LE(own[0].at, 60s + 1s);
  EXPECT_LE(others[0].at, 60s + 1s);
}

TEST_F(TokenBucketsTest, UrgentRequestsComeFirstWhileThereIsNotEnoughForAll) {
  TokenBuckets& budget = make({60, 60});
  std::vector<Spent> log;
  time.spawn(requests(budget, "a", 3, Priority::user, 2, log));  // empties the bucket
  std::vector<std::pair<Priority, Milliseconds>> served;
  const auto one = [&](Priority priority) -> Task<> {
    CO_TRY_VOID(co_await budget.take("a", 3, priority));
    served.emplace_back(priority, clock.monotonic());
    co_return Result<>{};
  };
  time.run_until(1s);
  for (const Priority priority :
       {Priority::backfill, Priority::poll, Priority::push, Priority::user})
    time.spawn(one(priority));
  time.run_until(5min);
  ASSERT_EQ(served.size(), 4u);
  EXPECT_EQ(served[0].first, Priority::user);
  EXPECT_EQ(served[1].first, Priority::push);
  EXPECT_EQ(served[2].first, Priority::poll);
}

TEST_F(TokenBucketsTest, ManyAccountsFinishWithinTheQuotaAndAboutTogether) {
  constexpr int kAccounts = 500;
  TokenBuckets& budget = make({600, 10'000});
  std::vector<Spent> log;
  std::vector<Milliseconds> ends;
  const auto import = [&](std::string user) -> Task<> {
    CO_TRY_VOID(co_await requests(budget, std::move(user), 1, Priority::backfill, 100, log));
    ends.push_back(clock.monotonic());
    co_return Result<>{};
  };
  for (int i = 0; i < kAccounts; ++i) time.spawn(import(std::to_string(i)));
  time.run_until(1h);
  ASSERT_EQ(ends.size(), static_cast<std::size_t>(kAccounts));
  std::ranges::sort(log, {}, &Spent::at);
  EXPECT_LE(most_in_a_minute(log), 10'000u);
  EXPECT_LE(ends.back(), 300s * 115 / 100) << "50,000 requests at 10,000 a minute";
  EXPECT_LE(ends.back(), 2 * ends[kAccounts / 2]);
}

TEST_F(TokenBucketsTest, RefusalsStopTheUserForLongerEachTimeAndNoOther) {  // P-14
  TokenBuckets& budget = make({});
  std::vector<Milliseconds> waits;
  for (int i = 0; i < 7; ++i) {
    const Milliseconds begin = clock.monotonic();
    budget.refused("a", 0ms);
    std::vector<Spent> mine, other;
    time.spawn(requests(budget, "a", 1, Priority::user, 1, mine));
    time.spawn(requests(budget, "b", 1, Priority::user, 1, other));
    time.run_until(begin + 1min);
    ASSERT_EQ(mine.size(), 1u);
    ASSERT_EQ(other.size(), 1u);
    EXPECT_LE(other[0].at - begin, 1s);
    waits.push_back(mine[0].at - begin);
  }
  EXPECT_GE(waits[0], 1s);
  EXPECT_LE(waits[0], 1'300ms);
  EXPECT_GE(waits[3], 8s);
  EXPECT_GE(waits[6], 32s);
  EXPECT_LE(waits[6], 41s);
}

TEST_F(TokenBucketsTest, APauseOfHoursIsSaidAndNotWaitedFor) {  // P-14
  TokenBuckets& budget = make({});
  std::optional<Error> said;
  bool other = false;
  const auto ask = [&]() -> Task<> {
    const Result<> taken = co_await budget.take("a", 1, Priority::user);
    if (!taken) said = taken.error();
    other = static_cast<bool>(co_await budget.take("b", 1, Priority::user));
    co_return Result<>{};
  };
  budget.refused("a", 6h);
  time.spawn(ask());
  time.run_until(2s);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->code, Code::unavailable);
  EXPECT_EQ(said->scope, Scope::account);
  EXPECT_EQ(said->detail, "refusal.pace");
  EXPECT_GE(said->retry_after, 6h);
  EXPECT_TRUE(other);
}

TEST_F(TokenBucketsTest, WhatIsFullAndCalmIsForgotten) {
  TokenBuckets& budget = make({});
  std::vector<Spent> log;
  for (int i = 0; i < 1'000; ++i) {
    time.spawn(requests(budget, std::to_string(i), 1, Priority::poll, 1, log));
    time.run_until(clock.monotonic() + 1min);
    clock.advance(1min);
  }
  EXPECT_LE(budget.users(), 64u);
}

TEST_F(TokenBucketsTest, WithoutALimitNothingWaits) {
  TokenBuckets& budget = make({0, 0});
  std::vector<Spent> log;
  time.spawn(requests(budget, "a", 3, Priority::backfill, 1'000, log));
  time.run_until(20s);
  EXPECT_EQ(log.size(), 1'000u);
}

TEST_F(TokenBucketsTest, EachRequestOfThePacedClientIsPaidForAndRefusalsAreNoted) {
  struct Kept final : Budget {
    Task<> take(std::string, unsigned units, Priority) override {
      taken.push_back(units);
      co_return Result<>{};
    }
    void refused(const std::string&, Milliseconds wait) override { refusals.push_back(wait); }
    std::vector<unsigned> taken;
    std::vector<Milliseconds> refusals;
  } budget;
  support::ScriptedHttp http;
  PacedHttp paced(http, budget, clock, "a", Priority::user);
  const auto send = [&](const char* method) {
    net::HttpRequest request;
    request.method = method;
    time.spawn([](PacedHttp& client, net::HttpRequest what) -> Task<> {
      (void)co_await client.send(std::move(what), {});
      co_return Result<>{};
    }(paced, std::move(request)));
    time.run_until(clock.monotonic());
  };
  const char* pace = R"({"error":{"errors":[{"reason":"userRateLimitExceeded"}]}})";
  const char* usage = R"({"error":{"errors":[{"reason":"quotaExceeded"}]}})";
  http.answers(200);
  http.answers(403, pace);
  http.answers(200);  // the repetition of what was refused for the pace
  http.answers(403, usage);
  http.answers(429, {}, {{"Retry-After", "7"}});
  for (const char* method : {"GET", "PATCH", "POST", "DELETE"}) send(method);
  EXPECT_THAT(budget.taken, testing::ElementsAre(1, 3, 3, 3, 3));
  EXPECT_THAT(budget.refusals, testing::ElementsAre(0ms, 7s));
}

}  // namespace
}  // namespace gcal::google
