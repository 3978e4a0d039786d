#include "src/engine/oauth/token_source.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

#include "tests/support/manual_clock.hpp"
#include "tests/support/scripted_http.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::oauth {
namespace {

using namespace std::chrono_literals;

class MemoryVault final : public TokenVault {
 public:
  Task<std::string> refresh_token() override {
    if (token.empty()) co_return Error{Code::not_found, "none", {}};
    co_return token;
  }
  Task<> replace_refresh_token(std::string old, std::string fresh) override {
    if (!next_grant.empty()) token = std::exchange(next_grant, {});
    if (full) co_return Error{Code::unavailable, "the disk is full", {}};
    if (token != old) co_return Error{Code::conflict, "another token is stored", {}};
    token = std::move(fresh);
    if (std::exchange(lose_answer, false)) co_return Error{Code::timeout, "no answer", {}};
    co_return Result<>{};
  }
  std::string token = "r1";
  std::string next_grant;  // stored by another flow just before the next replacement
  bool full = false;
  bool lose_answer = false;
};

// Answers in a later iteration of the loop, so that other callers can arrive meanwhile.
class SlowHttp final : public net::HttpClient {
 public:
  Task<net::HttpResponse> send(net::HttpRequest request, net::HttpLimits limits) override {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor,
                               boost::asio::use_awaitable);
    co_return co_await script.send(std::move(request), limits);
  }
  support::ScriptedHttp script;
};

struct TokenSourceTest : testing::Test {
  boost::asio::io_context loop;
  SlowHttp http;
  support::NoPause pause;
  support::SeededRandom random{1};
  support::ManualClock clock;
  TokenClient client{Endpoints::at("http://127.0.0.1:1"), http, {random, clock, pause}};
  MemoryVault vault;
  TokenSource source{loop.get_executor(), client, {"id", "secret"}, vault, clock};

  std::vector<Result<std::string>> run(std::vector<Task<std::string>> tasks) {
    std::vector<Result<std::string>> results(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
      boost::asio::co_spawn(loop, std::move(tasks[i]),
                            [&results, i](std::exception_ptr, Result<std::string> value) {
                              results[i] = std::move(value);
                            });
    loop.restart();
    loop.run();
    return results;
  }
  Result<std::string> one(Task<std::string> task) {
    std::vector<Task<std::string>> tasks;
    tasks.push_back(std::move(task));
    return run(std::move(tasks)).front();
  }
  void answers(const std::string& access, const std::string& more = "") {
    http.script.answers(200,
                        R"({"access_token":")" + access + R"(","expires_in":3600)" + more + "}");
  }
  std::size_t requests() const { return http.script.requests.size(); }
};

TEST_F(TokenSourceTest, ConcurrentCallersShareOneRefresh) {
  answers("a1");
  std::vector<Task<std::string>> tasks;
  for (int i = 0; i < 10; ++i) tasks.push_back(source.token());
  for (const auto& result : run(std::move(tasks))) EXPECT_EQ(*result, "a1");
  EXPECT_EQ(requests(), 1u);
  EXPECT_EQ(*one(source.token()), "a1");
  EXPECT_EQ(requests(), 1u);
}

TEST_F(TokenSourceTest, FailedRefreshIsReportedToAllAndRetriedNextTime) {
  http.script.answers(400, R"({"error":"invalid_grant"})");
  std::vector<Task<std::string>> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(source.token());
  for (const auto& result : run(std::move(tasks))) EXPECT_EQ(result.error().code, Code::needs_auth);
  EXPECT_EQ(requests(), 1u);
  answers("a2");
  EXPECT_EQ(*one(source.token()), "a2");
}

TEST_F(TokenSourceTest, OldTokenIsUsedUntilItExpiresWhileRefreshFails) {
  answers("a1");
  ASSERT_TRUE(one(source.token()));
  clock.advance(3600s - 30s);
  for (int i = 0; i < 4; ++i) http.script.answers(503);
  EXPECT_EQ(*one(source.token()), "a1");
  clock.advance(31s);
  for (int i = 0; i < 4; ++i) http.script.answers(503);
  EXPECT_EQ(one(source.token()).error().code, Code::unavailable);
}

TEST_F(TokenSourceTest, LifetimeDoesNotDependOnTheWallClock) {
  answers("a1");
  ASSERT_TRUE(one(source.token()));
  clock.step_wall_clock(-24h);
  EXPECT_EQ(*one(source.token()), "a1");
  clock.step_wall_clock(48h);
  EXPECT_EQ(*one(source.token()), "a1");
  EXPECT_EQ(requests(), 1u);
}

TEST_F(TokenSourceTest, RotatedTokenThatCannotBeStoredIsKeptAndStoredNextTime) {  // P-16
  vault.full = true;
  answers("a1", R"(,"refresh_token":"r2")");
  EXPECT_EQ(one(source.token()).error().code, Code::unavailable);
  EXPECT_EQ(one(source.token()).error().code, Code::unavailable);
  vault.full = false;
  EXPECT_EQ(*one(source.token()), "a1");
  EXPECT_EQ(vault.token, "r2");
  EXPECT_EQ(requests(), 1u);
}

TEST_F(TokenSourceTest, RotatedTokenDoesNotReplaceTheGrantOfAFreshConsent) {  // P-16
  answers("a1", R"(,"refresh_token":"r2")");
  answers("b1");
  vault.next_grant = "r-new";
  EXPECT_EQ(*one(source.token()), "b1");
  EXPECT_EQ(vault.token, "r-new");
  ASSERT_EQ(requests(), 2u);
  EXPECT_NE(http.script.requests[1].body.find("refresh_token=r-new"), std::string::npos);
}

TEST_F(TokenSourceTest, RotatedTokenStoredWithoutAnAnswerIsRecognised) {
  vault.lose_answer = true;
  answers("a1", R"(,"refresh_token":"r2")");
  EXPECT_FALSE(one(source.token()));
  EXPECT_EQ(*one(source.token()), "a1");
  EXPECT_EQ(vault.token, "r2");
  EXPECT_EQ(requests(), 1u);
}

TEST_F(TokenSourceTest, ConcurrentRenewalsShareOneRefresh) {
  answers("a1");
  ASSERT_TRUE(one(source.token()));
  answers("a2");
  std::vector<Task<std::string>> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(source.renew("a1"));
  for (const auto& result : run(std::move(tasks))) EXPECT_EQ(*result, "a2");
  EXPECT_EQ(*one(source.renew("a1")), "a2");
  EXPECT_EQ(requests(), 2u);
}

TEST_F(TokenSourceTest, UnconnectedAccountIsNeedsAuthWithoutARequest) {  // P-16
  vault.token.clear();
  EXPECT_EQ(one(source.token()).error().code, Code::needs_auth);
  EXPECT_EQ(requests(), 0u);
}

}  // namespace
}  // namespace gcal::oauth
