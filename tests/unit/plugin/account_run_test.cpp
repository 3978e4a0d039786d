// What a run does beyond a cycle: the config, the default calendar, vanished calendars, records
// that come later, a dead grant, fences, idleness.
#include "plugin/account/match_again.hpp"
#include "src/engine/store/channels.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr auto kHour = std::chrono::hours{1};

class AccountRuns : public InstallationTest {
 protected:
  AccountRuns() {
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
    add_at_google(kMe,
                  google_timed("Visit", "2026-03-24T09:00:00+01:00", "2026-03-24T10:00:00+01:00"));
    add_at_google(kTeam, google_day("Fair", "2026-04-01", "2026-04-02"));
  }
};

const Json kCall = timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00");

TEST_F(
    AccountRuns,
    S18_S20_S21_GivenAFinishedSetup_WhenItRuns_ThenCalendarsAppearAndTheDefaultTakesNewAppointments) {
  connect({kMe, kTeam}, kMe);
  const RunOutcome outcome = run();
  EXPECT_FALSE(outcome.error);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
  EXPECT_EQ(calendar(kMe).string("mode"), "two_way");
  EXPECT_EQ(calendar(kMe).string("name"), "Nord");
  EXPECT_EQ(calendar(kTeam).string("mode"), "view_only");
  EXPECT_EQ(calendar(kTeam).string("name"), "Team");
  EXPECT_TRUE(calendar(kMe)["is_default"].as_bool());
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_EQ(health().string("reason"), "health.ok");

  // A person's change goes out without a listing before it.
  http_.forget();
  create_in_crm(kCall);
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_EQ(http_.count("POST", "/events?"), 1u);
  EXPECT_EQ(http_.count("GET", "/events"), 0u);
}

TEST_F(AccountRuns, S17_GivenTheCrmCalendarAsDefault_WhenThePersonCreates_ThenNothingGoesToGoogle) {
  connect({kMe, kTeam}, "");
  run();
  create_in_crm(kCall);
  run();
  EXPECT_THAT(in_crm(""), ElementsAre("Call"));
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_EQ(calendar(kMe).string("mode"), "view_only");
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_EQ(health().string("reason"), "health.not_synchronised");
  EXPECT_THAT(at_google(kMe), ElementsAre("Visit"));
}

TEST_F(AccountRuns,
       GivenNothingChanged_WhenTheIntervalPasses_ThenOneListCallPerCalendarAndNoWrite) {
  connect({kMe, kTeam}, kMe);
  run();
  const RunOutcome first = run();
  ASSERT_TRUE(first.next);
  EXPECT_GE(*first.next - clock_.now(), std::chrono::minutes{5});
  const sync::Pair before = pair(kMe);
  http_.forget();
  run();
  EXPECT_THAT(http_.sent(), IsEmpty());
  clock_.advance(kHour + std::chrono::minutes{10});
  run();
  EXPECT_EQ(http_.count("GET", "/events"), 2u);
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_EQ(pair(kMe), before);
}

TEST_F(AccountRuns, GivenADirtyMark_WhenItRuns_ThenOnlyThatCalendarIsReadAndTheMarkIsGone) {
  connect({kMe, kTeam}, kMe);
  run();
  add_at_google(kTeam, google_day("Trip", "2026-06-01", "2026-06-02"));
  const std::string team = pair(kTeam).id;
  must(database_->transact(store::Mode::write, 0, [&](store::Connection& connection) -> Result<> {
    TRY(const std::optional<std::string> account, store::mark_dirty(connection, team));
    EXPECT_EQ(account, account_);
    return {};
  }));
  http_.forget();
  run();
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair", "Trip"));
  EXPECT_EQ(http_.count("GET", "/events"), 1u);
  EXPECT_FALSE(pair(kTeam).dirty);
}

TEST_F(
    AccountRuns,
    S30_GivenASecondaryCalendarIsDeletedAtGoogle_WhenItRuns_ThenItsCopiesStayAndItIsAskedForNoMore) {
  connect({kMe, kTeam}, kMe);
  run();
  google("DELETE", "/calendars/" + net::percent_encode(kTeam));
  clock_.advance(2 * kHour);
  run();
  EXPECT_EQ(calendar(kTeam).string("state"), "gone");
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
  EXPECT_EQ(health()["attention"].items().at(0).string("key"), "health.calendar_gone");
  EXPECT_EQ(health()["attention"].items().at(0)["args"].string("name"), "Team");
  http_.forget();
  clock_.advance(2 * kHour);
  run();
  EXPECT_EQ(http_.count("GET", net::percent_encode(kTeam)), 0u);
  EXPECT_EQ(http_.count("POST", net::percent_encode(kTeam)), 0u);
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
}

TEST_F(
    AccountRuns,
    Decision4_GivenACalendarIsUnsubscribed_WhenTheDayHasPassed_ThenItsCopiesStay_AndItIsAdoptedWithoutDoublesWhenItReturns) {
  connect({kMe, kTeam}, kMe);
  run();
  google("DELETE", "/users/me/calendarList/" + net::percent_encode(kTeam));
  clock_.advance(25 * kHour);
  run();
  EXPECT_EQ(calendar(kTeam).string("state"), "gone");
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));

  google("POST", "/users/me/calendarList", Json::object({{"id", kTeam}}));
  add_at_google(kTeam, google_day("Trip", "2026-06-01", "2026-06-02"));
  memory_.read_all = true;  // a person looks
  run();
  EXPECT_EQ(calendar(kTeam).string("state"), "live");
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair", "Trip"));
  EXPECT_EQ(http_.writes(), 0u);
}

TEST_F(
    AccountRuns,
    Decision3_GivenTheDefaultCalendarIsGone_WhenItRuns_ThenThePersonIsAskedForAnotherAndNewAppointmentsStayLocal) {
  connect({kMe, kTeam}, kTeam);
  run();
  google("DELETE", "/calendars/" + net::percent_encode(kTeam));
  clock_.advance(2 * kHour);
  run();
  EXPECT_EQ(health().string("reason"), "health.default_gone");
  EXPECT_EQ(health().string("state"), "attention");
  create_in_crm(kCall);
  EXPECT_THAT(in_crm(""), ElementsAre("Call"));

  change([](settings::AccountConfig& config) { config.default_calendar = kMe; });
  run();
  EXPECT_TRUE(calendar(kMe)["is_default"].as_bool());
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
  EXPECT_EQ(calendar(kTeam).string("state"), "gone");
}

TEST_F(
    AccountRuns,
    Decision5_GivenACalendarIsUnticked_WhenItRuns_ThenItIsHiddenAndNotRead_AndReadAtOnceWhenTickedAgain) {
  connect({kMe, kTeam}, kMe);
  run();
  const auto team = must(support::run_task(calls_->account(account_))).config.visible.at(1);
  change([](settings::AccountConfig& config) { config.visible.pop_back(); });
  run();
  EXPECT_EQ(calendar(kTeam).string("state"), "hidden");
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
  add_at_google(kTeam, google_day("Trip", "2026-06-01", "2026-06-02"));
  http_.forget();
  clock_.advance(7 * kHour);
  run();
  EXPECT_EQ(http_.count("GET", net::percent_encode(kTeam)), 0u);

  change([&](settings::AccountConfig& config) { config.visible.push_back(team); });
  run();
  EXPECT_EQ(calendar(kTeam).string("state"), "live");
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair", "Trip"));
}

TEST_F(
    AccountRuns,
    Decision7_GivenALeadIsCreatedLater_WhenRecordsAreFollowed_ThenItsEarlierAppointmentsAreOnItsCard) {
  Json visit = google_timed("Dinner", "2026-07-01T19:00:00+02:00", "2026-07-01T21:00:00+02:00");
  visit.set("attendees", Json::array({Json::object({{"email", "Late.Lead@Example.com"}})}));
  add_at_google(kMe, visit);
  connect({kMe}, kMe);
  run();
  const auto follow = [&] { return must(support::run_task(match_again(*parts_, 0))); };
  EXPECT_EQ(follow(), 0u);
  const host::Record lead = add_lead("Late", "late.lead@example.com");
  EXPECT_EQ(follow(), 1u);
  EXPECT_EQ(must(crm_->appointment_queries().card(user_.id, host::RecordKind::lead, lead.id))
                .upcoming.size(),
            1u);
  EXPECT_EQ(follow(), 0u);
  // Somebody else's address from now on.
  must(crm_->records().update(host::RecordKind::lead, lead.id,
                              Json::object({{"emails", Json::array({"other@example.com"})}})));
  EXPECT_EQ(follow(), 1u);
  EXPECT_THAT(
      must(crm_->appointment_queries().card(user_.id, host::RecordKind::lead, lead.id)).upcoming,
      IsEmpty());
  EXPECT_EQ(http_.writes(), 0u);
}

TEST_F(AccountRuns,
       Decision9_GivenExistingAppointments_WhenFutureOnesAreChosen_ThenTheyMoveAndNobodyIsMailed) {
  clock_.set("2026-05-01T00:00:00Z");
  create_in_crm(timed("Past", "2026-04-05T10:00:00+02:00", "2026-04-05T11:00:00+02:00"));
  Json meeting = kCall;
  meeting.set("attendees", host::test::guests({"guest@example.com"}));
  create_in_crm(meeting);
  connect({kMe}, kMe, settings::Existing::future);
  run();
  EXPECT_THAT(in_crm(""), ElementsAre("Past"));
  EXPECT_THAT(in_crm(kMe), ElementsAre("Call", "Visit"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_EQ(http_.count("POST", "sendUpdates=all"), 0u);
  EXPECT_EQ(must(support::run_task(calls_->account(account_))).config.existing,
            settings::Existing::none);
}

TEST_F(
    AccountRuns,
    Decision10_D01_GivenAnotherDefault_WhenItRuns_ThenOwnAppointmentsWithoutGuestsAreCopiedAndNothingIsRemoved) {
  Json meeting = google_timed("Meeting", "2026-07-01T19:00:00+02:00", "2026-07-01T21:00:00+02:00");
  meeting.set("attendees", Json::array({Json::object({{"email", "guest@example.com"}})}));
  add_at_google(kMe, meeting);
  connect({kMe, kTeam}, kMe);
  run();
  change([](settings::AccountConfig& config) { config.default_calendar = kTeam; });
  run();
  EXPECT_THAT(at_google(kTeam), ElementsAre("Fair", "Visit"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Meeting", "Visit"));
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair", "Visit"));
  EXPECT_THAT(in_crm(kMe), ElementsAre("Meeting"));
  EXPECT_TRUE(calendar(kTeam)["is_default"].as_bool());
  EXPECT_EQ(http_.count("POST", "sendUpdates=all"), 0u);

  // The old copy at Google is retired: whatever happens to it, it is never shown again.
  const Json page = google("GET", "/calendars/" + net::percent_encode(kMe) + "/events");
  for (const Json& item : page["items"].items())
    if (item.string("summary") == "Visit")
      google("PATCH", "/calendars/" + net::percent_encode(kMe) + "/events/" + item.string("id"),
             Json::object({{"summary", "Old visit"}}));
  memory_.read_all = true;
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Meeting"));
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair", "Visit"));
}

TEST_F(
    AccountRuns,
    Decision10_GivenAnExplicitYes_WhenTheDefaultChanges_ThenAppointmentsWithGuestsAreCopiedWithoutAMail) {
  Json meeting = google_timed("Meeting", "2026-07-01T19:00:00+02:00", "2026-07-01T21:00:00+02:00");
  meeting.set("attendees", Json::array({Json::object({{"email", "guest@example.com"}})}));
  add_at_google(kMe, meeting);
  connect({kMe, kTeam}, kMe);
  run();
  change(
      [](settings::AccountConfig& config) { config.default_calendar = config.guests_too = kTeam; });
  run();
  EXPECT_THAT(at_google(kTeam), ElementsAre("Fair", "Meeting", "Visit"));
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  EXPECT_EQ(http_.count("POST", "sendUpdates=all"), 0u);
}

TEST_F(AccountRuns,
       P16_GivenTheGrantIsRevoked_WhenItRuns_ThenOnePersonMustActAndNothingIsAskedAnyMore) {
  connect({kMe}, kMe);
  run();
  emulated("/tokens/revoke", Json::object({{"email", kMe}}));
  create_in_crm(kCall);
  const RunOutcome outcome = run();
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, Code::needs_auth);
  EXPECT_FALSE(outcome.next);
  EXPECT_EQ(health().string("state"), "needs_auth");
  http_.forget();
  run();
  EXPECT_THAT(http_.sent(), IsEmpty());

  // Connected anew: what waited goes out, once.
  const Json grant = emulated(
      "/tokens",
      Json::object(
          {{"email", kMe},
           {"client_id", "client"},
           {"scopes", Json::array({"calendar.events", "calendar.calendarlist.readonly"})}}));
  StoredGrant stored{grant.string("refresh_token"), "sub-of-me", kMe};
  must(support::run_task(
      vault_->store_grant(account_, SecretVault::Which::kept, std::move(stored))));
  accesses_->forget(account_);
  EXPECT_FALSE(run().error);
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_EQ(health().string("reason"), "health.ok");
}

TEST_F(AccountRuns, GivenGoogleIsDown_WhenItRuns_ThenThePageSaysWaitingAndTheNextLookComesSoon) {
  connect({kMe}, kMe);
  run();
  emulated("/faults",
           Json::object(
               {{"match", Json::object({{"path", "/calendar/v3/calendars/{calendarId}/events"}})},
                {"times", 0},
                {"effect", Json::object({{"status", 503}})}}));
  clock_.advance(7 * kHour);
  const RunOutcome outcome = run();
  ASSERT_TRUE(outcome.error && outcome.next);
  EXPECT_EQ(health().string("state"), "waiting");
  EXPECT_LE(*outcome.next - clock_.now(), std::chrono::minutes{1});
}

TEST_F(AccountRuns, GivenANewerRunBegan_WhenTheOldOneGoesOn_ThenItWritesNothing) {
  connect({kMe}, kMe);
  const std::int64_t old_fence = next_fence();
  next_fence();
  const Result<RunOutcome> outcome = try_run(old_fence);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::conflict);
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
}

TEST_F(AccountRuns,
       P4_GivenAnAccountIsDisconnectedAndConnectedAgain_WhenItRuns_ThenNothingIsDoubled) {
  connect({kMe, kTeam}, kMe);
  run();
  must(crm_->accounts().set_state(account_, "disconnected"));
  run();
  EXPECT_EQ(calendar(kMe).string("state"), "gone");
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  const std::string old_id = account_;
  add_at_google(kMe, google_day("Meanwhile", "2026-08-01", "2026-08-02"));
  connect({kMe, kTeam}, kMe);
  EXPECT_EQ(account_, old_id);
  accesses_->forget(account_);
  run();
  EXPECT_EQ(calendar(kMe).string("state"), "live");
  EXPECT_THAT(in_crm(kMe), ElementsAre("Meanwhile", "Visit"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Meanwhile", "Visit"));
  EXPECT_EQ(http_.writes(), 0u);
}

TEST_F(AccountRuns, GivenAPausedAccount_WhenItRuns_ThenNothingIsAskedAndThePageSaysOff) {
  connect({kMe}, kMe);
  run();
  must(crm_->accounts().set_state(account_, "paused"));
  create_in_crm(kCall);
  http_.forget();
  const RunOutcome outcome = run();
  EXPECT_FALSE(outcome.next);
  EXPECT_THAT(http_.sent(), IsEmpty());
  EXPECT_EQ(health().string("state"), "off");
  must(crm_->accounts().set_state(account_, "active"));
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
}

TEST_F(AccountRuns,
       S32_GivenTheDefaultCalendarIsCleared_WhenItRuns_ThenTheCrmIsEmptiedAndThePageSaysSo) {
  for (int i = 0; i < 15; ++i)
    add_at_google(kMe, google_day("Day " + std::to_string(i), "2026-09-01", "2026-09-02"));
  connect({kMe, kTeam}, kMe);
  run();
  EXPECT_EQ(in_crm(kMe).size(), 16u);
  google("POST", "/calendars/" + net::percent_encode(kMe) + "/clear");
  memory_.read_all = true;
  run();
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
  EXPECT_EQ(health()["attention"].items().at(0).string("key"), "health.cleared");
  EXPECT_EQ(health()["attention"].items().at(0)["args"]["count"].as_integer(), 16);
}

TEST_F(
    AccountRuns,
    GivenTheSetUpRanUnderAnIdOfItsOwn_WhenTheOldAccountRuns_ThenItTakesTheGrantAndForgetsTheDraft) {
  connect({kMe}, kMe);
  const StoredGrant grant =
      must(support::run_task(vault_->grant(account_, SecretVault::Which::kept)));
  must(support::run_task(vault_->store_grant("draft-1", SecretVault::Which::kept, grant)));
  must(support::run_task(vault_->erase_grant(account_, SecretVault::Which::kept)));
  store::SqlJournal journal(*database_, blocking_, random_, 0);
  sync::WriteBatch batch;
  sync::Pair draft;
  draft.id = "pair-of-draft";
  draft.account = "draft-1";
  draft.remote_calendar = kMe;
  batch.pairs.push_back(draft);
  must(support::run_task(journal.commit(std::move(batch))));
  change([](settings::AccountConfig& config) { config.draft = "draft-1"; });
  EXPECT_FALSE(run().error);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_THAT(must(support::run_task(journal.pairs("draft-1"))), IsEmpty());
  EXPECT_EQ(support::run_task(vault_->grant("draft-1", SecretVault::Which::kept)).error().code,
            Code::not_found);
  EXPECT_EQ(must(support::run_task(calls_->account(account_))).config.draft, "");
}

}  // namespace
}  // namespace gcal::plugin::test
