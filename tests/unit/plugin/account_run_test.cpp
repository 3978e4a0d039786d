// What a run does besides cycles: config, default calendar, gone calendars, records that are
// created later, revoked grants, fences, idle polling.
#include "plugin/account/relink_records.hpp"
#include "src/engine/store/channels.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using testing::ElementsAre;
using testing::IsEmpty;

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

TEST_F(AccountRuns, FirstRunShowsCalendarsAndSetsTheDefault) {  // S-18, S-20, S-21
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

  // A change in the CRM is exported without listing Google first.
  http_.forget();
  create_in_crm(kCall);
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_EQ(http_.count("POST", "/events?"), 1u);
  EXPECT_EQ(http_.count("GET", "/events"), 0u);
}

// Google announces only what changes while a channel is open, so a calendar is read after that.
TEST_F(AccountRuns, ChangeJustBeforeThePushChannelOpensIsRead) {  // P-15
  connect({kMe, kTeam}, kMe);
  const auto visit = [this](const char* calendar, const char* summary) {
    return [this, calendar, summary] {
      add_at_google(calendar, google_timed(summary, "2026-03-25T09:00:00+01:00",
                                           "2026-03-25T10:00:00+01:00"));
    };
  };
  http_.when("POST", "/watch", visit(kMe, "At first"));
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("At first", "Visit"));

  // A channel that ended while the program did not run leaves the same gap.
  clock_.advance(std::chrono::hours{24 * 30});
  http_.when("POST", "/watch", visit(kTeam, "After the pause"));
  run();
  EXPECT_THAT(in_crm(kTeam), ElementsAre("After the pause", "Fair"));
}

TEST_F(AccountRuns, CrmCalendarAsDefaultWritesNothingToGoogle) {  // S-17
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

TEST_F(AccountRuns, IdlePollIsOneListRequestPerCalendarAndNoWrite) {
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

TEST_F(AccountRuns, OnlyTheCalendarMarkedAsChangedIsRead) {
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

TEST_F(AccountRuns, DeletedCalendarKeepsItsCopiesAndIsNotPolled) {  // S-30
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

TEST_F(AccountRuns, UnsubscribedCalendarIsAdoptedWithoutDuplicates) {  // PD-04
  connect({kMe, kTeam}, kMe);
  run();
  google("DELETE", "/users/me/calendarList/" + net::percent_encode(kTeam));
  clock_.advance(25 * kHour);
  run();
  EXPECT_EQ(calendar(kTeam).string("state"), "gone");
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));

  google("POST", "/users/me/calendarList", Json::object({{"id", kTeam}}));
  add_at_google(kTeam, google_day("Trip", "2026-06-01", "2026-06-02"));
  memory_.read_all = true;  // requested by the user
  run();
  EXPECT_EQ(calendar(kTeam).string("state"), "live");
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair", "Trip"));
  EXPECT_EQ(http_.writes(), 0u);
}

TEST_F(AccountRuns, GoneDefaultCalendarAsksForAnotherDefault) {  // PD-03
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

TEST_F(AccountRuns, HiddenCalendarIsNotReadUntilChosenAgain) {  // PD-05
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

TEST_F(AccountRuns, NewLeadReceivesItsEarlierAppointments) {  // PD-07
  Json visit = google_timed("Dinner", "2026-07-01T19:00:00+02:00", "2026-07-01T21:00:00+02:00");
  visit.set("attendees", Json::array({Json::object({{"email", "Late.Lead@Example.com"}})}));
  add_at_google(kMe, visit);
  connect({kMe}, kMe);
  run();
  const auto follow = [&] {
    return must(support::run_task(relink_records(*context_, 0, [] { return true; })));
  };
  EXPECT_EQ(follow(), 0u);
  const host::Record lead = add_lead("Late", "late.lead@example.com");
  EXPECT_EQ(follow(), 1u);
  EXPECT_EQ(must(crm_->appointment_queries().card(user_.id, host::RecordKind::lead, lead.id))
                .upcoming.size(),
            1u);
  EXPECT_EQ(follow(), 0u);
  // The address no longer belongs to the lead.
  must(crm_->records().update(host::RecordKind::lead, lead.id,
                              Json::object({{"emails", Json::array({"other@example.com"})}})));
  EXPECT_EQ(follow(), 1u);
  EXPECT_THAT(
      must(crm_->appointment_queries().card(user_.id, host::RecordKind::lead, lead.id)).upcoming,
      IsEmpty());
  EXPECT_EQ(http_.writes(), 0u);
}

TEST_F(AccountRuns, RecordsWithAnotherSpellingOfTheAddressAreLinkedToo) {  // P-24, PD-07
  Json visit = google_timed("Dinner", "2026-07-01T19:00:00+02:00", "2026-07-01T21:00:00+02:00");
  visit.set("attendees", Json::array({Json::object({{"email", "First.Last+crm@gmail.com"}})}));
  add_at_google(kMe, visit);
  const host::Record early = add_lead("Early", "firstlast@googlemail.com");
  connect({kMe}, kMe);
  run();
  const host::Record late = add_lead("Late", "f.irstlast@gmail.com");
  must(support::run_task(relink_records(*context_, 0, [] { return true; })));
  for (const host::Record* lead : {&early, &late}) {
    const auto rows =
        must(crm_->appointment_queries().card(user_.id, host::RecordKind::lead, lead->id)).upcoming;
    ASSERT_EQ(rows.size(), 1u) << lead->name;
    EXPECT_TRUE(rows.front().similar) << lead->name;
  }
}

// A lead that is created after an account's run looked up its guests, and before the run stored the
// appointment, is found by the records' run that follows it.
TEST_F(AccountRuns, LeadCreatedDuringARunIsLinkedAfterIt) {  // PD-07, P-24
  Json visit = google_timed("Dinner", "2026-07-01T19:00:00+02:00", "2026-07-01T21:00:00+02:00");
  visit.set("attendees", Json::array({Json::object({{"email", "late.lead@example.com"}})}));
  add_at_google(kMe, visit);
  connect({kMe}, kMe);
  const auto follow = [&](bool all_known) {
    return must(support::run_task(relink_records(*context_, 0, [=] { return all_known; })));
  };
  follow(true);
  const host::Record lead = add_lead("Late", "late.lead@example.com");
  EXPECT_EQ(follow(false), 0u) << "nothing is stored yet";
  run();
  must(crm_->database().write([&](host::Connection& c) {
    return c.run("DELETE FROM event_records WHERE record=?1", lead.id);  // it was looked up before
  }));
  EXPECT_EQ(follow(true), 1u);
  EXPECT_EQ(must(crm_->appointment_queries().card(user_.id, host::RecordKind::lead, lead.id))
                .upcoming.size(),
            1u);
}

TEST_F(AccountRuns, ExistingFutureAppointmentsMoveWithoutNotification) {  // PD-09
  clock_.set("2026-05-01T00:00:00Z");
  create_in_crm(timed("Past", "2026-04-05T10:00:00+02:00", "2026-04-05T11:00:00+02:00"));
  Json meeting = kCall;
  meeting.set("attendees", host::test::guests({"guest@example.com"}));
  create_in_crm(meeting);
  connect({kMe}, kMe, settings::ExportExisting::future);
  run();
  EXPECT_THAT(in_crm(""), ElementsAre("Past"));
  EXPECT_THAT(in_crm(kMe), ElementsAre("Call", "Visit"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_EQ(http_.count("POST", "sendUpdates=all"), 0u);
  EXPECT_EQ(must(support::run_task(calls_->account(account_))).config.export_existing,
            settings::ExportExisting::none);
}

TEST_F(AccountRuns, ChangedDefaultCopiesOwnAppointmentsWithoutGuests) {  // PD-10, D-01
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

  // The copy in the old calendar is retired: its changes are not shown in the CRM.
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

TEST_F(AccountRuns, ChangedDefaultCopiesThoseWithGuestsOnRequest) {  // PD-10
  Json meeting = google_timed("Meeting", "2026-07-01T19:00:00+02:00", "2026-07-01T21:00:00+02:00");
  meeting.set("attendees", Json::array({Json::object({{"email", "guest@example.com"}})}));
  add_at_google(kMe, meeting);
  connect({kMe, kTeam}, kMe);
  run();
  change([](settings::AccountConfig& config) {
    config.default_calendar = config.copy_guest_events_into = kTeam;
  });
  run();
  EXPECT_THAT(at_google(kTeam), ElementsAre("Fair", "Meeting", "Visit"));
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  EXPECT_EQ(http_.count("POST", "sendUpdates=all"), 0u);
}

TEST_F(AccountRuns, RevokedGrantStopsRequestsUntilReconnected) {  // P-16
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

  // Reconnected: the pending change is exported once.
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

TEST_F(AccountRuns, OutageShowsWaitingAndRetriesSoon) {
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

TEST_F(AccountRuns, RunWithAnOldFenceWritesNothing) {
  connect({kMe}, kMe);
  const std::int64_t old_fence = next_fence();
  next_fence();
  const Result<RunOutcome> outcome = try_run(old_fence);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::conflict);
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_THAT(must(crm_->plugin_calendars().list(kId, account_)), IsEmpty());
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
}

TEST_F(AccountRuns, ReconnectedAccountHasNoDuplicates) {  // P-04
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

TEST_F(AccountRuns, PausedAccountSendsNoRequest) {
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

TEST_F(AccountRuns, ClearedDefaultCalendarEmptiesTheCrmAndIsReported) {  // S-32
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

TEST_F(AccountRuns, KnownAccountAdoptsTheGrantOfItsNewSetup) {
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
