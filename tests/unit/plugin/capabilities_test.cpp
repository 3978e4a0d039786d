// The web hook and the settings page against the CRM's core and the emulator in process.
#include <algorithm>

#include "plugin/adapters/pair_channels.hpp"
#include "plugin/capabilities/webhook.hpp"
#include "src/common/base/id.hpp"
#include "tests/unit/plugin/settings_page_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Webhooks : public InstallationTest {
 protected:
  Webhooks() {
    add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
    connect({kMe}, kMe);
    run();
  }

  int receive(const Json& headers) {
    std::string body;
    crm_status status = CRM_INTERNAL;
    const auto reply = std::make_shared<PendingReply>(crm::Reply(new Answer(body, status)));
    must(support::run_task(webhook_.handle(
        Json::object({{"method", "POST"}, {"path", "webhook"}, {"headers", headers}}).dump(),
        reply)));
    EXPECT_EQ(status, CRM_OK);
    return static_cast<int>(must(Json::parse(body))["status"].as_integer());
  }
  // The notifications that the emulator has queued, with lower-case header names as the host passes
  // them.
  std::vector<Json> pushes() {
    std::vector<Json> messages;
    for (const emulator::Push& push : google_.take_pushes()) {
      Json headers = Json::object();
      for (const auto& [name, value] : push.headers) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        headers.set(lower, value);
      }
      messages.push_back(std::move(headers));
    }
    return messages;
  }
  std::vector<google::Channel> channels() {
    PairChannels store(*database_, blocking_, pair(kMe).id);
    return must(support::run_task(store.channels()));
  }
  bool is_due() {
    return must(crm_->tasks().next_at()).value_or(INT64_MAX) <=
           clock_.now().time_since_epoch().count();
  }

  RunRequests requests_{*calls_};
  Webhook webhook_{*context_, requests_};
};

TEST_F(Webhooks, FirstNotificationOnlyConfirmsTheChannel) {
  const std::vector<Json> first = pushes();
  ASSERT_EQ(first.size(), 1u);
  ASSERT_EQ(first[0].string("x-goog-resource-state"), "sync");
  EXPECT_EQ(receive(first[0]), 200);
  ASSERT_EQ(channels().size(), 1u);
  EXPECT_TRUE(channels()[0].confirmed);
  EXPECT_FALSE(pair(kMe).dirty);
  EXPECT_FALSE(is_due());
}

TEST_F(Webhooks, NotificationMarksTheCalendarAndRequestsARun) {
  for (const Json& message : pushes()) receive(message);
  add_at_google(kMe, google_day("New", "2026-05-01", "2026-05-02"));
  const std::vector<Json> messages = pushes();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(receive(messages[0]), 200);
  EXPECT_TRUE(pair(kMe).dirty);
  EXPECT_TRUE(is_due());
  http_.forget();
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("New", "Visit"));
  EXPECT_EQ(http_.count("GET", "/events"), 1u);
}

TEST_F(Webhooks, NotificationThatIsSentAgainIsAcceptedAndStoresNothing) {
  for (const Json& message : pushes()) receive(message);
  add_at_google(kMe, google_day("New", "2026-05-01", "2026-05-02"));
  const Json message = pushes().at(0);
  EXPECT_EQ(receive(message), 200);
  run();
  ASSERT_FALSE(pair(kMe).dirty);
  EXPECT_EQ(receive(message), 200);
  EXPECT_FALSE(pair(kMe).dirty);
  EXPECT_FALSE(is_due());
  Json forged = message;
  forged.set("x-goog-channel-token", "guessed");
  EXPECT_EQ(receive(forged), 404);
}

TEST_F(Webhooks, NotificationThatIsNotGenuineIs404AndStoresNothing) {
  for (const Json& message : pushes()) receive(message);
  add_at_google(kMe, google_day("New", "2026-05-01", "2026-05-02"));
  const Json genuine = pushes().at(0);
  Json wrong = genuine;
  wrong.set("x-goog-channel-token", genuine.string("x-goog-channel-token") + "x");
  Json unknown = genuine;
  unknown.set("x-goog-channel-id", "another");
  Json resource = genuine;
  resource.set("x-goog-resource-id", "another");
  Json none = genuine;
  none.erase("x-goog-channel-token");
  for (const Json& message : {wrong, unknown, resource, none}) EXPECT_EQ(receive(message), 404);
  EXPECT_FALSE(pair(kMe).dirty);
  EXPECT_FALSE(is_due());
}

TEST_F(SettingsPages, SetupCountsAndWritesNothing) {  // S-11, S-12
  add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
  create_in_crm(host::test::timed("Own", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00"));
  must(flows().create(kId, user_.id, "setup", "draft-1"));
  const std::string code = consent(step("setup", ""));
  http_.forget();
  const Json form = step("setup", "consent", Json::object({{"code", code}}));
  ASSERT_EQ(form.string("step"), "account") << form.dump();
  EXPECT_TRUE(has_grant("draft-1", SecretVault::Which::kept));
  EXPECT_FALSE(has_grant("draft-1", SecretVault::Which::offered));
  const Json input =
      Json::object({{"name", "Nord"}, {"visible", Json::array({kMe})}, {"default_calendar", kMe}});
  const Json progress = step("setup", "account", input, form["memo"]);
  ASSERT_EQ(progress.string("type"), "progress") << progress.dump();
  const Json preview = step("setup", "observe", {}, progress["memo"]);
  ASSERT_EQ(preview.string("step"), "preview") << preview.dump();
  EXPECT_EQ(preview["args"]["appointments"].as_integer(), 1);
  EXPECT_EQ(preview["args"]["existing_all"].as_integer(), 1);
  EXPECT_EQ(http_.writes(), 0u);
  // The access token of the consent was used: one exchange, no refresh; one list of calendars, one
  // of events.
  EXPECT_EQ(http_.count("POST", "/token"), 1u);
  EXPECT_EQ(http_.sent().size(), 3u);

  // After discarding, nothing is left in the vault and the grant is revoked at Google.
  step("discard", "");
  EXPECT_FALSE(has_grant("draft-1", SecretVault::Which::kept));
  run_of("draft-1");
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
  store::SqlJournal journal(*database_, blocking_, random_, 0);
  EXPECT_THAT(must(support::run_task(journal.pairs("draft-1"))), IsEmpty());
}

TEST_F(SettingsPages, UsedCodeAbortsTheFlow) {  // S-11
  const std::string code = consent(step("setup", ""));
  step("setup", "consent", Json::object({{"code", code}}));
  EXPECT_EQ(step("setup", "consent", Json::object({{"code", code}})).string("reason"),
            "abort.consent_failed");
}

TEST_F(SettingsPages, DiscardedFlowDoesNotAffectAConnectedAccount) {
  add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
  connect({kMe}, kMe);
  run();
  step("reauth", "");
  http_.forget();
  step("discard", "");
  EXPECT_TRUE(has_grant(account_, SecretVault::Which::kept));
  EXPECT_EQ(http_.count("POST", "/revoke"), 0u);
  EXPECT_EQ(pair(kMe).state, sync::PairState::live);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
}

TEST_F(SettingsPages, ReconnectWithAnotherAccountKeepsTheOldGrant) {  // P-16
  connect({kMe}, kMe);  // as "sub-of-me", while the id of this Google account is another
  run();
  const StoredGrant before =
      must(support::run_task(vault_->grant(account_, SecretVault::Which::kept)));
  const std::string code = consent(step("reauth", ""));
  const Json end = step("reauth", "consent", Json::object({{"code", code}}));
  EXPECT_EQ(end.string("reason"), "abort.wrong_account");
  EXPECT_FALSE(has_grant(account_, SecretVault::Which::offered));
  EXPECT_EQ(
      must(support::run_task(vault_->grant(account_, SecretVault::Which::kept))).refresh_token,
      before.refresh_token);
}

TEST_F(SettingsPages, DisconnectStopsChannelsRevokesAndKeepsBothSides) {  // PD-14
  add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
  connect({kMe}, kMe);
  run();
  http_.forget();
  EXPECT_EQ(step("options", "disconnect", Json::object({{"confirm", true}})).string("type"),
            "finish");
  EXPECT_FALSE(has_grant(account_, SecretVault::Which::kept));
  run();
  EXPECT_EQ(http_.count("POST", "/channels/stop"), 1u);
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Visit"));
  EXPECT_EQ(calendar(kMe).string("state"), "gone");
}

TEST_F(SettingsPages, HeldDeletionsAreAppliedOnTheUsersDecision) {  // PD-01
  for (int i = 0; i < 25; ++i)
    add_at_google(kMe, google_day("Day " + std::to_string(i), "2026-09-01", "2026-09-02"));
  connect({kMe}, kMe);
  run();
  const auto vanish = [&] {
    emulated("/faults",
             Json::object(
                 {{"match", Json::object({{"method", "GET"},
                                          {"path", "/calendar/v3/calendars/{calendarId}/events"}})},
                  {"times", 1},
                  {"effect", Json::object({{"status", 410}})}}));
    emulated(
        "/faults",
        Json::object(
            {{"match", Json::object({{"method", "GET"},
                                     {"path", "/calendar/v3/calendars/{calendarId}/events"}})},
             {"times", 1},
             {"effect",
              Json::object(
                  {{"status", 200},
                   {"body", R"({"kind":"calendar#events","items":[],"nextSyncToken":"x"})"}})}}));
    emulated(
        "/faults",
        Json::object(
            {{"match",
              Json::object({{"method", "GET"},
                            {"path", "/calendar/v3/calendars/{calendarId}/events/{eventId}"}})},
             {"times", 25},
             {"effect", Json::object({{"status", 404}})}}));
    runs_[account_].read_all = true;
    run();
  };
  vanish();
  EXPECT_EQ(in_crm(kMe).size(), 25u);
  ASSERT_EQ(health()["attention"].items().size(), 1u) << health().dump();
  EXPECT_EQ(health()["attention"].items()[0].string("key"), "health.held");
  EXPECT_EQ(step("options", "held", Json::object({{"decision", "apply"}})).string("type"),
            "finish");
  run();
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  EXPECT_THAT(health()["attention"].items(),
              testing::SizeIs(1));  // reports the deletion
}

}  // namespace
}  // namespace gcal::plugin::test
