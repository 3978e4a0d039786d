#include "src/common/net/retry.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "src/common/net/task_group.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::net {
namespace {

class Scripted final : public HttpClient {
 public:
  Task<HttpResponse> send(HttpRequest, HttpLimits) override {
    ++sent;
    Result<HttpResponse> answer = std::move(script.front());
    script.pop_front();
    co_return answer;
  }
  std::deque<Result<HttpResponse>> script;
  int sent = 0;
};

class NoPause final : public Pause {
 public:
  Task<> wait(base::Milliseconds time) override {
    waits.push_back(time);
    co_return Result<>{};
  }
  std::vector<base::Milliseconds> waits;
};

struct Retry : testing::Test {
  Result<HttpResponse> run(bool idempotent) {
    return support::run_task(
        send_with_retry(client, {}, {}, {}, idempotent, {random, clock, pause}));
  }
  Scripted client;
  NoPause pause;
  support::SeededRandom random{1};
  support::ManualClock clock;
};

HttpResponse status(int code, Headers headers = {}) {
  return {code, std::move(headers), {}};
}

TEST_F(Retry, IdempotentRequestIsRepeatedUntilItSucceeds) {
  client.script = {Error{Code::timeout, "", {}}, status(500), status(429), status(200)};
  const auto answer = run(true);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(pause.waits.size(), 3u);
}

TEST_F(Retry, NonIdempotentRequestWithUnknownOutcomeIsNotRepeated) {
  client.script = {Error{Code::timeout, "", {}}};
  EXPECT_EQ(run(false).error().code, Code::timeout);
  client.script = {status(500)};
  EXPECT_EQ(run(false)->status, 500);
  EXPECT_TRUE(pause.waits.empty());
}

TEST_F(Retry, ShortRetryAfterIsWaitedForAndALongOneIsReturned) {
  client.script = {status(503, {{"Retry-After", "40"}}), status(200)};
  EXPECT_EQ(run(false)->status, 200);
  EXPECT_EQ(pause.waits, std::vector{base::Milliseconds{40'000}});
  client.script = {status(429, {{"Retry-After", "3600"}})};
  EXPECT_EQ(run(true)->status, 429);
}

TEST_F(Retry, LastResponseIsReturnedWhenTheAttemptsAreUsedUp) {
  client.script = {status(500), status(502), status(503), status(504)};
  EXPECT_EQ(run(true)->status, 504);
  EXPECT_EQ(client.sent, 4);
}

TEST(RetryAfter, SecondsAndDatesAreReadAndAbsurdOnesCapped) {
  const base::Instant now{std::chrono::seconds{784'111'777}};  // Sun, 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(retry_after("120", now), std::chrono::seconds{120});
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:50:37 GMT", now), std::chrono::seconds{60});
  EXPECT_EQ(retry_after("Sun, 06 Nov 1994 08:48:37 GMT", now), base::Milliseconds{0});
  for (const char* absurd :
       {"1000000000000", "99999999999999999999999999", "Sun, 06 Nov 2044 08:49:37 GMT"})
    EXPECT_EQ(retry_after(absurd, now), std::chrono::hours{24}) << absurd;
  for (const char* nonsense : {"", "-5", "soon", "Sun, 99 Foo 1994 08:49:37 GMT"})
    EXPECT_EQ(retry_after(nonsense, now), base::Milliseconds{0}) << nonsense;
}

TEST(BackOff, DelayStaysBelowItsDoublingCeilingAndTheCap) {
  support::SeededRandom random(7);
  const RetryPolicy policy;
  for (int attempt = 1; attempt < 100; ++attempt)
    EXPECT_LT(back_off(policy, attempt, random),
              std::min(policy.cap,
                       base::Milliseconds{policy.first.count() << std::min(attempt - 1, 20)}));
}

class LinesLog final : public base::Log {
 public:
  void write(base::Level, std::string_view event, const base::Json& fields) override {
    lines.push_back(std::string(event) + " " + fields.string("task"));
  }
  std::vector<std::string> lines;
};

Task<> fail() {
  co_return Error{Code::invalid, "no", {}};
}
Task<> blow_up() {
  throw std::runtime_error("defect");
  co_return Result<>{};
}
Task<> wait_for_ever(Pause& pause) {
  co_return co_await pause.wait(std::chrono::hours{1'000});
}
Task<> end_group(TaskGroup& group, base::Milliseconds deadline) {
  group.cancel();
  co_return co_await group.join(deadline);
}

TEST(TaskGroup, CancelEndsAllTasksAndLogsOnlyDefects) {
  boost::asio::io_context loop;
  LinesLog log;
  TimerPause pause;
  TaskGroup group(loop.get_executor(), log);
  group.spawn("fails", fail());
  group.spawn("throws", blow_up());
  group.spawn("waits", wait_for_ever(pause));
  EXPECT_EQ(group.running().size(), 3u);
  while (group.running().size() > 1) loop.run_one();
  EXPECT_EQ(group.running(), std::vector<std::string>{"waits"});
  std::optional<Result<>> joined;
  boost::asio::co_spawn(
      loop, end_group(group, std::chrono::hours{1}),
      [&joined](std::exception_ptr, Result<> result) { joined = std::move(result); });
  loop.run();
  ASSERT_TRUE(joined);
  EXPECT_TRUE(*joined);
  EXPECT_EQ(log.lines, (std::vector<std::string>{"task.failed fails", "task.threw throws"}));
  group.spawn("late", wait_for_ever(pause));
  EXPECT_TRUE(group.running().empty());
}

}  // namespace
}  // namespace gcal::net
