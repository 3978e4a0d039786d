#include "src/settings/flow.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/run_task.hpp"

namespace gcal::settings {
namespace {

// Google, host and journal as a person at the keyboard sees them.
class FakePorts final : public FlowPorts {
 public:
  std::optional<OAuthClient> client = OAuthClient{"id", "secret"};
  bool administrator = false;
  Result<Grant> grant = Grant{"sub-1", "me@gmail.example", true};
  std::vector<RemoteCalendar> list{{"me@gmail.example", "me@gmail.example", "#9fc6e7", "owner", "Europe/Berlin", true},
                                   {"team", "Team", "#ff7537", "writer", "Europe/Berlin", false}};
  PreviewState state{800, 800, PreviewNumbers{.appointments = 800, .existing_future = 3, .existing_all = 12}};
  AccountConfig stored{"sub-1", "me@gmail.example", "Sales", {}, "", Existing::none};
  std::vector<std::string> calls;

  Task<FlowUser> user(std::string id) override { co_return FlowUser{id, administrator, ""}; }
  Task<std::optional<OAuthClient>> oauth_client() override { co_return client; }
  Task<> store_oauth_client(OAuthClient c) override {
    client = c;
    co_return Result<>{};
  }
  Task<std::string> begin_consent(std::string, std::string given_state, std::string, std::string hint) override {
    calls.push_back("begin:" + hint);
    co_return "https://accounts.google.com/?state=" + given_state;
  }
  Task<Grant> end_consent(std::string, std::string, std::string) override {
    calls.push_back("exchange");
    co_return grant;
  }
  Task<> keep_grant(std::string) override { return note("keep"); }
  Task<> revoke_grant(std::string) override { return note("revoke"); }
  Task<std::vector<RemoteCalendar>> calendars(std::string) override { co_return list; }
  Task<PreviewState> preview(std::string, std::string, std::vector<RemoteCalendar>) override { co_return state; }
  Task<AccountConfig> config(std::string) override { co_return stored; }
  Task<> change_config(std::string, AccountConfig config) override {
    stored = config;
    co_return Result<>{};
  }
  Task<> set_account_state(std::string, std::string state_name) override { return note("state:" + state_name); }
  Task<std::size_t> held_deletions(std::string) override { co_return std::size_t{0}; }
  Task<> decide_held_deletions(std::string, bool) override { return note("decide"); }
  Task<> forget(std::string) override { return note("forget"); }

 private:
  Task<> note(std::string what) {
    calls.push_back(std::move(what));
    co_return Result<>{};
  }
};

class FlowTest : public testing::Test {
 protected:
  FakePorts ports;
  base::SeededRandom random{1};
  Flow flow{ports, random};
  Json memo = Json::object();

  Json send(std::string kind, std::string step, Json input) {
    Result<Json> answer = support::run_task(flow.step(Json::object({{"kind", kind}, {"user", "u1"}, {"account", "a1"}, {"step", step}, {"memo", memo},
                                                                    {"input", input}, {"callback_url", "http://127.0.0.1/callback"}})));
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
    if (!answer) return Json();
    if (answer->contains("memo")) memo = (*answer)["memo"];
    return *answer;
  }
  bool called(std::string_view what) const { return std::ranges::find(ports.calls, what) != ports.calls.end(); }
};

TEST_F(FlowTest, S07_S18_GivenAPersonWhoFollowsTheArticle_WhenEachStepIsSent_ThenTheFlowEndsWithTheChosenConfig) {
  const Json consent = send("setup", "", Json());
  ASSERT_EQ(consent.string("type"), "external");
  EXPECT_GE(consent.string("resume_key").size(), 43u);
  const Json form = send("setup", "consent", Json::object({{"code", "4/abc"}}));
  ASSERT_EQ(form.string("type"), "form");
  EXPECT_EQ(form["values"].string("name"), "me@gmail.example");
  const Json preview = send("setup", "account", Json::object({{"name", "Vertrieb Nord"}, {"visible", Json::Array{"me@gmail.example"}}, {"default_calendar", "me@gmail.example"}}));
  ASSERT_EQ(preview.string("step"), "preview");
  EXPECT_EQ(preview["args"]["appointments"].as_integer(), 800);
  const Json done = send("setup", "preview", Json::object({{"existing", "future"}}));
  ASSERT_EQ(done.string("type"), "finish");
  EXPECT_EQ(done.string("unique_id"), "sub-1");
  const AccountConfig config = account_config_from_json(done["config"]);
  EXPECT_EQ(config.name, "Vertrieb Nord");
  EXPECT_EQ(config.default_calendar, "me@gmail.example");
  EXPECT_EQ(config.existing, Existing::future);
}

TEST_F(FlowTest, S10_GivenTwoConsents_WhenBegun_ThenEachHasAStateOfItsOwn) {
  const std::string first = send("setup", "", Json()).string("resume_key");
  EXPECT_NE(first, send("setup", "", Json()).string("resume_key"));
}

TEST_F(FlowTest, S11_GivenARefusedConsent_WhenResumed_ThenTheFlowEndsAndNoCodeIsExchanged) {
  send("setup", "", Json());
  const Json end = send("setup", "consent", Json::object({{"error", "access_denied"}}));
  EXPECT_EQ(end.string("type"), "abort");
  EXPECT_EQ(end.string("reason"), "abort.consent_refused");
  EXPECT_FALSE(called("exchange"));
}

TEST_F(FlowTest, S11_GivenAnUntickedScope_WhenResumed_ThenTheGrantIsGivenBackAndThePageSaysWhatToDo) {
  ports.grant = Grant{"sub-1", "me@gmail.example", false};
  const Json end = send("setup", "consent", Json::object({{"code", "4/abc"}}));
  EXPECT_EQ(end.string("reason"), "abort.scope_missing");
  EXPECT_TRUE(called("revoke"));
  EXPECT_FALSE(called("keep"));
}

TEST_F(FlowTest, S16_GivenAWrongForm_WhenSent_ThenItComesBackAsTypedWithTheReason) {
  send("setup", "consent", Json::object({{"code", "4/abc"}}));
  const Json again = send("setup", "account", Json::object({{"name", "Mine"}, {"visible", Json::Array{"team"}}, {"default_calendar", "me@gmail.example"}}));
  EXPECT_EQ(again.string("step"), "account");
  EXPECT_EQ(again["values"].string("name"), "Mine");
  EXPECT_EQ(again["errors"].string("default_calendar"), "error.default_not_visible");
}

TEST_F(FlowTest, S12_GivenAnObservationUnderWay_WhenAsked_ThenProgressIsShownWithNumbers) {
  send("setup", "consent", Json::object({{"code", "4/abc"}}));
  ports.state = PreviewState{412, 800, std::nullopt};
  const Json progress = send("setup", "account", Json::object({{"name", "Mine"}, {"visible", Json::Array{"team"}}, {"default_calendar", "crm"}}));
  EXPECT_EQ(progress.string("type"), "progress");
  EXPECT_EQ(progress["done"].as_integer(), 412);
}

TEST_F(FlowTest, S17_GivenTheCrmCalendarAsDefault_WhenFinished_ThenNoExistingAppointmentGoesToGoogle) {
  send("setup", "consent", Json::object({{"code", "4/abc"}}));
  send("setup", "account", Json::object({{"name", "Mine"}, {"visible", Json::Array{"team"}}, {"default_calendar", "crm"}}));
  const Json done = send("setup", "preview", Json::object({{"existing", "all"}}));
  EXPECT_EQ(account_config_from_json(done["config"]).existing, Existing::none);
}

TEST_F(FlowTest, GivenNoOAuthClient_WhenASalespersonBegins_ThenTheAdministratorIsNamedAndAnAdministratorMayEnterIt) {
  ports.client.reset();
  EXPECT_EQ(send("setup", "", Json()).string("reason"), "abort.no_oauth_client");
  ports.administrator = true;
  EXPECT_EQ(send("setup", "", Json()).string("step"), "credentials");
  EXPECT_EQ(send("setup", "credentials", Json::object({{"client_id", " "}, {"client_secret", "x"}}))["errors"].string("client_id"), "error.required");
  EXPECT_EQ(send("setup", "credentials", Json::object({{"client_id", "c"}, {"client_secret", "x"}})).string("type"), "external");
}

TEST_F(FlowTest, P16_GivenAnotherGoogleAccountOnReconnect_WhenResumed_ThenItIsRefused) {
  EXPECT_EQ(send("reauth", "", Json()).string("type"), "external");
  EXPECT_TRUE(called("begin:me@gmail.example"));
  ports.grant = Grant{"sub-2", "me@gmail.example", true};
  EXPECT_EQ(send("reauth", "consent", Json::object({{"code", "4/abc"}})).string("reason"), "abort.wrong_account");
  EXPECT_FALSE(called("keep"));
}

TEST_F(FlowTest, S12_GivenADroppedDraft_WhenDiscarded_ThenTheGrantIsRevokedAndEverythingErased) {
  send("discard", "", Json());
  EXPECT_TRUE(called("revoke"));
  EXPECT_TRUE(called("forget"));
}

TEST_F(FlowTest, P23_GivenADisconnect_WhenNotConfirmed_ThenNothingHappensYet) {
  EXPECT_EQ(send("options", "disconnect", Json::object()).string("type"), "form");
  EXPECT_FALSE(called("state:disconnected"));
  EXPECT_EQ(send("options", "disconnect", Json::object({{"confirm", true}})).string("type"), "finish");
  EXPECT_TRUE(called("state:disconnected"));
  EXPECT_TRUE(called("revoke"));
}

}  // namespace
}  // namespace gcal::settings
