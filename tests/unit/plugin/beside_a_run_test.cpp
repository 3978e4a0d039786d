// What a user does on the settings page while a run, a refresh or a preview of the same account
// waits for an answer: neither side undoes what the other stored.
#include "plugin/account/held_decisions.hpp"
#include "tests/unit/plugin/settings_page_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr auto kHour = std::chrono::hours{1};
constexpr const char* kCalendarList = "/users/me/calendarList";

class BesideARun : public SettingsPages {
 protected:
  BesideARun() {
    emulated("/load",
             Json::object(
                 {{"accounts", Json::array({Json::object(
                                   {{"email", kMe},
                                    {"name", "Me"},
                                    {"calendars", Json::array({Json::object(
                                                      {{"id", kTeam},
                                                       {"summary", "Team"},
                                                       {"access_role", "owner"},
                                                       {"time_zone", "Europe/Berlin"}})})}})})}}));
    add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
    add_at_google(kTeam, google_day("Fair", "2026-04-01", "2026-04-02"));
  }
  void disconnect() {
    EXPECT_EQ(step("options", "disconnect", Json::object({{"confirm", true}})).string("type"),
              "finish");
  }
  void fault(const std::string& method, const std::string& path, int times, int status) {
    emulated("/faults", Json::object({{"match", Json::object({{"method", method}, {"path", path}})},
                                      {"times", times},
                                      {"effect", Json::object({{"status", status}})}}));
  }
};

const Json kCall = timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00");

// --- the config ---

TEST_F(BesideARun, OptionsSavedWhileTheCalendarListIsReadAreKept) {  // S-13, S-14
  connect({kMe, kTeam}, kMe);
  run();
  google("PATCH", std::string(kCalendarList) + "/" + net::percent_encode(kTeam),
         Json::object({{"summaryOverride", "Team Nord"}}));
  clock_.advance(25 * kHour);
  const Json form = step("options", "calendars");
  http_.when("GET", kCalendarList, [&] {
    Json values = form["values"];
    values.set("name", "Sales");
    EXPECT_EQ(step("options", "calendars", values, form["memo"]).string("type"), "finish");
  });
  run();
  EXPECT_EQ(config().name, "Sales");
  EXPECT_EQ(config().visible.at(1).name, "Team Nord");
}

TEST_F(BesideARun, OptionsChangeOnlyWhatTheUserChangedInThem) {  // S-13, S-14
  connect({kMe, kTeam}, kMe);
  run();
  const Json form = step("options", "calendars");
  change([](settings::AccountConfig& config) {
    config.default_calendar = kTeam;
    config.export_existing = settings::ExportExisting::future;
  });
  Json values = form["values"];
  values.set("name", "Sales");
  EXPECT_EQ(step("options", "calendars", values, form["memo"]).string("type"), "finish");
  EXPECT_EQ(config().name, "Sales");
  EXPECT_EQ(config().default_calendar, kTeam);
  EXPECT_EQ(config().export_existing, settings::ExportExisting::future);
}

TEST_F(BesideARun, StepsThatChangeNoOptionCarryNoConfig) {  // S-13
  connect({kMe}, kMe);
  for (const char* name : {"pause", "resume"})
    EXPECT_FALSE(step("options", name).contains("config")) << name;
  EXPECT_FALSE(step("options", "disconnect", Json::object({{"confirm", true}})).contains("config"));
}

// --- a calendar that vanished ---

TEST_F(BesideARun, OptionsCanBeSavedAfterAVisibleCalendarVanished) {  // S-14, S-30, PD-03
  connect({kMe, kTeam}, kTeam);
  run();
  google("DELETE", "/calendars/" + net::percent_encode(kTeam));
  clock_.advance(2 * kHour);
  run();
  const Json form = step("options", "calendars");
  EXPECT_EQ(form["values"]["visible"], Json::array({kMe}));
  EXPECT_EQ(form["values"].string("default_calendar"), kTeam);
  EXPECT_THAT(form["schema"]["properties"]["default_calendar"]["enum"].items(),
              Contains(Json(kTeam)));
  EXPECT_EQ(step("options", "calendars", form["values"], form["memo"]).string("type"), "finish");
  EXPECT_EQ(config().default_calendar, kTeam);
  EXPECT_THAT(config().visible, SizeIs(2));

  EXPECT_EQ(save_options([](Json& values) { values.set("default_calendar", kMe); }).string("type"),
            "finish");
  EXPECT_EQ(config().default_calendar, kMe);
  EXPECT_THAT(config().visible, SizeIs(2));
  run();
  EXPECT_TRUE(calendar(kMe)["is_default"].as_bool());
  EXPECT_EQ(calendar(kTeam).string("state"), "gone");
}

// --- disconnecting and pausing ---

TEST_F(BesideARun, DisconnectedAccountIsNotWrittenByTheRunUnderWay) {  // PD-14
  connect({kMe, kTeam}, kMe);
  run();
  create_in_crm(kCall);
  add_at_google(kTeam, google_day("Trip", "2026-06-01", "2026-06-02"));
  clock_.advance(2 * kHour);
  http_.forget();
  http_.when("GET", "/events", [&] { disconnect(); });
  EXPECT_FALSE(run().next);
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_EQ(http_.count("POST", "/watch"), 0u);
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
  run();
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
  EXPECT_EQ(calendar(kMe).string("state"), "gone");
}

TEST_F(BesideARun, ChannelOpenedDuringTheDisconnectIsStopped) {  // PD-14
  connect({kMe}, kMe);
  http_.when("POST", "/watch", [&] { disconnect(); });
  run();
  http_.forget();
  run();
  EXPECT_EQ(http_.count("POST", "/channels/stop"), 1u);
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
}

TEST_F(BesideARun, PausedAccountIsNotWrittenByTheRunUnderWay) {
  connect({kMe}, kMe);
  run();
  create_in_crm(kCall);
  runs_[account_].read_all = true;
  http_.forget();
  http_.when("GET", "/events", [&] { step("options", "pause"); });
  run();
  EXPECT_EQ(http_.writes(), 0u);
  run();
  EXPECT_EQ(health().string("reason"), "health.off");
  step("options", "resume");
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
}

// --- revocation ---

TEST_F(BesideARun, RevocationIsRepeatedUntilGoogleAnswers) {  // PD-14
  connect({kMe}, kMe);
  run();
  fault("POST", "/revoke", 0, 503);
  disconnect();
  EXPECT_FALSE(has_grant(account_, SecretVault::Which::kept));
  const RunOutcome failed = run();
  ASSERT_TRUE(failed.next);
  EXPECT_LE(*failed.next - clock_.now(), std::chrono::minutes{1});
  runs_.clear();  // the plugin was started again
  EXPECT_TRUE(run().next);
  clear_faults();
  http_.forget();
  EXPECT_FALSE(run().next);
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
  EXPECT_THAT(must(support::run_task(vault_->retired_grants(account_))), IsEmpty());
  http_.forget();
  run();
  EXPECT_EQ(http_.count("POST", "/revoke"), 0u);
}

TEST_F(BesideARun, PendingRevocationIsDroppedWhenTheAccountIsConnectedAgain) {  // PD-14
  const auto set_up = [&] {
    const std::string code =
        consent(ask(Json::object({{"kind", "setup"},
                                  {"user", user_.id},
                                  {"account", "draft-2"},
                                  {"step", ""},
                                  {"memo", Json::object()},
                                  {"input", Json()},
                                  {"callback_url", "http://127.0.0.1/callback"}})));
    return ask(Json::object({{"kind", "setup"},
                             {"user", user_.id},
                             {"account", "draft-2"},
                             {"step", "consent"},
                             {"memo", Json::object()},
                             {"input", Json::object({{"code", code}})},
                             {"callback_url", "http://127.0.0.1/callback"}}));
  };
  connect({kMe}, kMe);
  run();
  const std::string sub = set_up()["memo"].string("sub");
  StoredGrant mine = must(support::run_task(vault_->grant(account_, SecretVault::Which::kept)));
  mine.sub = sub;
  must(support::run_task(vault_->store_grant(account_, SecretVault::Which::kept, mine)));
  fault("POST", "/revoke", 1, 503);
  disconnect();
  http_.forget();
  EXPECT_FALSE(run().next) << "a set-up uses the Google account";
  EXPECT_EQ(http_.count("POST", "/revoke"), 0u);
  EXPECT_TRUE(has_grant("draft-2", SecretVault::Which::kept));
}

// --- previews and decisions ---

TEST_F(BesideARun, ChoiceChangedDuringThePreviewMakesOnePairPerCalendar) {  // S-12
  must(flows().create(kId, user_.id, "setup", "draft-1"));
  const std::string code = consent(step("setup", ""));
  const Json form = step("setup", "consent", Json::object({{"code", code}}));
  const auto choose = [&](const Json& visible) {
    return step("setup", "account",
                Json::object({{"name", "Nord"}, {"visible", visible}, {"default_calendar", kMe}}),
                form["memo"]);
  };
  Json second;
  http_.when("GET", "/events", [&] { second = choose(Json::array({kMe, kTeam})); });
  choose(Json::array({kMe}));
  store::SqlJournal journal(*database_, blocking_, random_, 0);
  EXPECT_THAT(must(support::run_task(journal.pairs("draft-1"))), SizeIs(2));
  const Json preview = step("setup", "observe", {}, second["memo"]);
  ASSERT_EQ(preview.string("step"), "preview") << preview.dump();
  EXPECT_EQ(preview["args"]["appointments"].as_integer(), 2);
}

TEST_F(BesideARun, DiscardDuringThePreviewLeavesNoPair) {  // S-12
  const std::string code = consent(step("setup", ""));
  const Json form = step("setup", "consent", Json::object({{"code", code}}));
  http_.when("GET", "/events", [&] { step("discard", ""); });
  step("setup", "account",
       Json::object({{"name", "Nord"}, {"visible", Json::array({kMe})}, {"default_calendar", kMe}}),
       form["memo"]);
  store::SqlJournal journal(*database_, blocking_, random_, 0);
  EXPECT_THAT(must(support::run_task(journal.pairs("draft-1"))), IsEmpty());
}

// A run writes whole links. What it had read before the decision must not undo it, and the decision
// must not undo what the run learned.
TEST_F(BesideARun, DecisionAboutHeldDeletionsSurvivesALinkThatTheRunWritesBack) {  // PD-01
  connect({kMe, kTeam}, kMe);
  run();
  store::SqlJournal journal(*database_, blocking_, random_, 0);
  const auto link_of = [&](const char* calendar) {
    return must(support::run_task(journal.links(pair(calendar).id, "", 10))).at(0);
  };
  const auto commit = [&](sync::Link link) {
    sync::WriteBatch batch;
    batch.links.push_back(std::move(link));
    must(support::run_task(journal.commit(std::move(batch))));
  };
  sync::Link held = link_of(kMe);
  held.held_reason = sync::kHeldInferred;
  commit(held);
  EXPECT_EQ(step("options", "held", Json::object({{"decision", "keep"}})).string("type"), "finish");
  held.side.remote.version = "newer";
  commit(held);
  sync::Link later = link_of(kTeam);
  later.held_reason = sync::kHeldInferred;
  commit(later);
  must(support::run_task(apply_held_decisions(*context_, account_, next_fence())));
  EXPECT_THAT(must(support::run_task(journal.links(pair(kMe).id, "", 10))), IsEmpty());
  EXPECT_EQ(link_of(kTeam).held_reason, sync::kHeldInferred);

  EXPECT_EQ(step("options", "held", Json::object({{"decision", "apply"}})).string("type"),
            "finish");
  later.side.remote.version = "newer";
  commit(later);
  must(support::run_task(apply_held_decisions(*context_, account_, next_fence())));
  EXPECT_EQ(link_of(kTeam).held_reason, "");
  EXPECT_EQ(link_of(kTeam).side.remote.version, "newer");
}

// --- access ---

TEST_F(BesideARun, OneTransientRejectionOfAFreshTokenIsTriedAgain) {  // P-16
  connect({kMe}, kMe);
  run();
  clock_.advance(7 * kHour);
  fault("GET", "/calendar/v3/calendars/{calendarId}/events", 2, 401);
  const RunOutcome rejected = run();
  ASSERT_TRUE(rejected.error && rejected.next);
  EXPECT_EQ(health().string("state"), "waiting");
  clock_.advance(kHour);
  EXPECT_FALSE(run().error);
  EXPECT_EQ(health().string("reason"), "health.ok");
}

TEST_F(BesideARun, RotatedTokenDoesNotReplaceTheGrantOfAReconnection) {  // P-16
  connect({kMe}, kMe);
  must(support::run_task(vault_->replace_refresh_token(
      account_,
      must(support::run_task(vault_->grant(account_, SecretVault::Which::kept))).refresh_token,
      "rotated")));
  EXPECT_EQ(
      support::run_task(vault_->replace_refresh_token(account_, "older", "lost")).error().code,
      Code::conflict);
  EXPECT_EQ(
      must(support::run_task(vault_->grant(account_, SecretVault::Which::kept))).refresh_token,
      "rotated");
}

}  // namespace
}  // namespace gcal::plugin::test
