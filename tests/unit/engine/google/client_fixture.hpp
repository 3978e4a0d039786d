// Fixture for the tests of this folder: a Client over scripted answers. A test fails if it sends a
// request that has no answer. Must not be shared between tests.
#pragma once

#include <gtest/gtest.h>

#include "src/engine/google/client.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/scripted_http.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::google {

class TestTokens final : public AccessTokens {
 public:
  Task<std::string> token() override { co_return current; }
  Task<std::string> renew(std::string rejected) override {
    renewals.push_back(std::move(rejected));
    if (dead) co_return Error{Code::needs_auth, "connect again", {}};
    current = "second";
    co_return current;
  }
  std::string current = "first";
  std::vector<std::string> renewals;
  bool dead = false;
};

struct ClientFixture : testing::Test {
  support::ScriptedHttp http;
  support::NoPause pause;
  support::SeededRandom random{1};
  support::ManualClock clock;
  TestTokens tokens;
  Client client{"http://127.0.0.1:1", tokens, http, {random, clock, pause}};

  void TearDown() override { EXPECT_EQ(http.unexpected, std::vector<std::string>{}); }
};

}  // namespace gcal::google
