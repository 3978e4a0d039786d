// The clients and tokens of a world, and what is said of members that cannot be read.
#include <gtest/gtest.h>

#include "src/emulator/load/saved_state.hpp"
#include "src/emulator/load/world.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr const char* kList = "/calendar/v3/calendars/primary/events";
constexpr const char* kRefresh =
    "grant_type=refresh_token&client_id=crm&client_secret=crm-secret&refresh_token=";

Json parsed(const std::string& text) {
  return *Json::parse(text);
}

// An emulator with one client "crm", the account ben@example.com, and these tokens of it.
class WithTokens {
 public:
  explicit WithTokens(const std::string& tokens)
      : world_(parsed(
            R"({"clients":[{"client_id":"crm","client_secret":"crm-secret","name":"The CRM",)"
            R"("redirect_uris":["http://127.0.0.1/back"]}],)"
            R"("accounts":[{"email":"Ben@example.com","tokens":)" +
            tokens + "}]}")) {
    report = load_world(google.emulator.google(), google.emulator.tokens(), world_);
  }
  int list_with(const std::string& token) {
    google.token = token;
    return google.call("GET", kList).status;
  }
  Json refresh(const std::string& token) { return google.json("POST", "/token", kRefresh + token); }
  std::vector<std::string> load_again() {
    return load_world(google.emulator.google(), google.emulator.tokens(), world_).problems;
  }

  InProcess google;
  LoadReport report;

 private:
  Json world_;
};

TEST(WorldTokens, AccessTokenOfTheWorldIsABearerTokenWithoutEnd) {
  WithTokens world(R"([{"access_token":"ben-access","scopes":["calendar.readonly"]}])");
  EXPECT_EQ(world.report.problems, std::vector<std::string>{});
  EXPECT_EQ(world.list_with("ben-access"), 200);
  EXPECT_EQ(
      world.google
          .call("POST", kList, R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}})")
          .status,
      403)
      << "its scope is to read";
  world.google.clock.advance(std::chrono::hours{24 * 365 * 20});
  EXPECT_EQ(world.list_with("ben-access"), 200);
  const Json info = world.google.json("GET", "/tokeninfo?access_token=ben-access");
  EXPECT_EQ(info.string("azp"), "crm") << "the only client, because the entry names none";
  EXPECT_EQ(info.string("scope"), "https://www.googleapis.com/auth/calendar.readonly");
}

TEST(WorldTokens, RefreshTokenOfTheWorldIsExchangedUntilItIsRevoked) {
  WithTokens world(R"([{"refresh_token":"1//ben","access_token":"a","expires_in":60}])");
  const std::string issued = world.refresh("1//ben").string("access_token");
  EXPECT_EQ(world.list_with(issued), 200);
  EXPECT_EQ(world.google
                .json("POST", "/token",
                      "grant_type=refresh_token&client_id=crm&client_secret=wrong&"
                      "refresh_token=1//ben")
                .string("error"),
            "invalid_client");
  EXPECT_EQ(world.google.call("POST", "/revoke", "token=1//ben").status, 200);
  EXPECT_EQ(world.refresh("1//ben").string("error"), "invalid_grant");
  EXPECT_EQ(world.list_with(issued), 401);
  EXPECT_EQ(world.list_with("a"), 401) << "it belongs to the refresh token";
}

TEST(WorldTokens, TokensEndAfterTheirSeconds) {
  WithTokens world(
      R"([{"access_token":"late","expires_in":0},{"access_token":"minute","expires_in":60},)"
      R"({"refresh_token":"hour","refresh_token_expires_in":3600}])");
  EXPECT_EQ(world.report.problems, std::vector<std::string>{});
  EXPECT_EQ(world.list_with("late"), 401);
  EXPECT_EQ(world.list_with("minute"), 200);
  world.google.clock.advance(std::chrono::seconds{60});
  EXPECT_EQ(world.list_with("minute"), 401);
  EXPECT_TRUE(world.refresh("hour").contains("access_token"));
  world.google.clock.advance(std::chrono::hours{1});
  EXPECT_EQ(world.refresh("hour").string("error"), "invalid_grant");
}

TEST(WorldTokens, TokenTimesBeginAgainAtEachReset) {
  InProcess google;
  ASSERT_TRUE(google.emulator.start_with([](NewWorld& into) -> Outcome<LoadReport> {
    return load_world(into.google, into.tokens,
                      parsed(R"({"accounts":[{"email":"ben@example.com","tokens":[)"
                             R"({"access_token":"minute","expires_in":60}]}]})"));
  }));
  google.token = "minute";
  google.clock.advance(std::chrono::hours{2});
  EXPECT_EQ(google.call("GET", kList).status, 401);
  EXPECT_EQ(google.call("POST", "/_emulator/reset", R"({"to":"world"})").status, 200);
  EXPECT_EQ(google.call("GET", kList).status, 200);
}

TEST(WorldTokens, SavedStateKeepsTokensAndClients) {
  WithTokens world(R"([{"access_token":"ben-access","refresh_token":"ben-refresh"}])");
  const Json state = parsed(SavedState::save(world.google.emulator.google(),
                                             world.google.emulator.tokens(), Json::object()));
  InProcess resumed;
  ASSERT_TRUE(resumed.emulator.start_with([&](NewWorld& into) -> Outcome<LoadReport> {
    TRY_VOID(SavedState::load(state, into.google, into.tokens));
    return LoadReport{};
  }));
  resumed.token = "ben-access";
  EXPECT_EQ(resumed.call("GET", kList).status, 200);
  EXPECT_TRUE(resumed.json("POST", "/token", std::string(kRefresh) + "ben-refresh")
                  .contains("access_token"));
}

TEST(WorldTokens, SameWorldLoadedTwiceRenewsItsTokens) {
  WithTokens world(R"([{"access_token":"ben-access","expires_in":60}])");
  world.google.clock.advance(std::chrono::seconds{90});
  EXPECT_EQ(world.list_with("ben-access"), 401);
  EXPECT_EQ(world.load_again(), std::vector<std::string>{});
  EXPECT_EQ(world.list_with("ben-access"), 200);
}

struct Refused {
  const char* tokens;
  const char* problem;  // behind "accounts[0].tokens"
};

void PrintTo(const Refused& row, std::ostream* out) {
  *out << row.tokens;
}

class WorldTokensRefused : public ::testing::TestWithParam<Refused> {};

TEST_P(WorldTokensRefused, ProblemNamesThePlaceAndNotTheToken) {
  WithTokens world(GetParam().tokens);
  ASSERT_FALSE(world.report.problems.empty());
  EXPECT_EQ(world.report.problems.back(), "accounts[0].tokens" + std::string(GetParam().problem));
  for (const std::string& problem : world.report.problems)
    EXPECT_EQ(problem.find("SECRET"), std::string::npos) << problem;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WorldTokensRefused,
    ::testing::Values(
        Refused{R"({"access_token":"SECRET"})", ": must be a list of objects"},
        Refused{R"(["SECRET"])", ": must be a list of objects"},
        Refused{R"([{"access_token":"SECRET","expire_in":5}])", "[0]: unknown member expire_in"},
        Refused{R"([{"access_token":"a"},{"SECRET-1//a":1,"access_token":"b"}])",
                "[1]: unknown member"},
        Refused{R"([{}])", "[0]: needs an access_token or a refresh_token"},
        Refused{R"([{"access_token":5}])", "[0].access_token: must be a text"},
        Refused{R"([{"access_token":"SECRET","scopes":5}])",
                "[0].scopes: must be a text or a list of texts"},
        Refused{R"([{"access_token":"SECRET","scopes":["calendar",1]}])",
                "[0].scopes: must be a text or a list of texts"},
        Refused{R"([{"access_token":"SECRET","scopes":["a b"]}])",
                "[0].scopes: must be names without spaces, quotes or backslashes"},
        Refused{R"([{"access_token":"SECRET","expires_in":-1}])",
                "[0].expires_in: must be a whole number of seconds from 0 to 100 years"},
        Refused{R"([{"access_token":"SECRET","expires_in":9223372036854775807}])",
                "[0].expires_in: must be a whole number of seconds from 0 to 100 years"},
        Refused{R"([{"access_token":"SECRET","expires_in":1.5}])",
                "[0].expires_in: must be a whole number of seconds from 0 to 100 years"},
        Refused{R"([{"access_token":"SECRET","client_id":"other"}])",
                "[0].client_id: no such client is registered"},
        Refused{R"([{"access_token":""}])",
                "[0].access_token: must have 1 to 2048 letters, digits or -._~+/ with = at the "
                "end only"},
        Refused{R"([{"access_token":"SECRET token"}])",
                "[0].access_token: must have 1 to 2048 letters, digits or -._~+/ with = at the "
                "end only"},
        Refused{R"([{"access_token":"SECRET"},{"access_token":"SECRET"}])",
                "[1].access_token: an earlier token of this world has the same text"},
        Refused{R"([{"access_token":"SECRET"},{"refresh_token":"SECRET"}])",
                "[1].refresh_token: an earlier token of this world has the same text"}));

TEST(WorldTokens, RequestLogHoldsNeitherTokensNorSecrets) {
  WithTokens world(R"([{"access_token":"ben-access","refresh_token":"ben-refresh"}])");
  EXPECT_EQ(world.list_with("ben-access"), 200);
  EXPECT_EQ(world.google.call("GET", std::string(kList) + "?access_token=ben-access").status, 200);
  (void)world.refresh("ben-refresh");
  (void)world.google.call("GET", "/tokeninfo?access_token=ben-access");
  (void)world.google.call("POST", "/revoke?token=ben-refresh");
  const std::string log = world.google.call("GET", "/_emulator/requests").body;
  EXPECT_NE(log.find("/revoke"), std::string::npos);
  for (const char* secret : {"ben-access", "ben-refresh", "crm-secret"})
    EXPECT_EQ(log.find(secret), std::string::npos) << log;
}

TEST(WorldTokens, TokenOfAnotherAccountIsNotTakenOver) {
  WithTokens world(R"([{"access_token":"mine"}])");
  const LoadReport report = load_world(
      world.google.emulator.google(), world.google.emulator.tokens(),
      parsed(R"({"accounts":[{"email":"eve@example.com","tokens":[{"access_token":"mine"}]}]})"));
  EXPECT_EQ(report.problems,
            std::vector<std::string>{
                "accounts[0].tokens[0]: the text of a token belongs to another account or client"});
  EXPECT_EQ(world.google.json("GET", "/tokeninfo?access_token=mine").string("azp"), "crm");
  EXPECT_EQ(world.google.emulator.tokens().access("mine")->email, "ben@example.com");
}

TEST(WorldTokens, ApiKeysOfTheWorldAreTheValidOnesAlsoAfterARestart) {
  InProcess google;
  const auto status = [](InProcess& at, const std::string& key) {
    return at.call("GET", "/calendar/v3/colors?key=" + key).status;
  };
  EXPECT_EQ(status(google, "any"), 200);
  const LoadReport report = load_world(google.emulator.google(), google.emulator.tokens(),
                                       parsed(R"({"api_keys":["AIza1","AIza2"],"accounts":[]})"));
  EXPECT_EQ(report.problems, std::vector<std::string>{});
  EXPECT_EQ(status(google, "AIza2"), 200);
  EXPECT_EQ(status(google, "any"), 400);
  const std::string saved =
      SavedState::save(google.emulator.google(), google.emulator.tokens(), Json::object());
  InProcess restarted;
  ASSERT_TRUE(
      SavedState::load(parsed(saved), restarted.emulator.google(), restarted.emulator.tokens()));
  restarted.token = google.token;
  EXPECT_EQ(status(restarted, "AIza1"), 200);
  EXPECT_EQ(status(restarted, "any"), 400);
}

TEST(LoadWorld, UnknownMembersWrongTypesAndDuplicatesAreNamedWithTheirPlace) {
  InProcess google;
  const LoadReport report = load_world(
      google.emulator.google(), google.emulator.tokens(),
      parsed(R"({"acounts":[],"clients":[{"client_id":"a"},{"client_id":"a"},{"name":"b"},)"
             R"({"client_id":"c","redirect_uris":"http://127.0.0.1"}],)"
             R"("accounts":[{"email":"a@example.com","calendars":[)"
             R"({"primary":true,"timeZone":"UTC","selected":"yes","events":{}}]},)"
             R"({"email":"b@example.com","tokens":[{"access_token":"t"}]}]})"));
  EXPECT_EQ(report.problems, (std::vector<std::string>{
                                 "the world: unknown member acounts",
                                 "clients[3].redirect_uris: must be a list of texts",
                                 "accounts[0].calendars[0]: unknown member timeZone",
                                 "accounts[0].calendars[0].selected: must be true or false",
                                 "accounts[0].calendars[0].events: must be a list of objects",
                                 "clients[1].client_id: an earlier client of this world has it",
                                 "clients[2].client_id: is missing",
                             }));
}

}  // namespace
}  // namespace emulator
