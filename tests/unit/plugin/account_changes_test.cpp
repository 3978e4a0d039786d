// Another default calendar, disconnecting and returning, a renamed account, one calendar in two
// accounts: what happens to the appointments on both sides.
#include "src/engine/store/channels.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using host::Scope;
using host::test::timed;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

const Json kCall = timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00");

class AccountChanges : public InstallationTest {
 protected:
  AccountChanges() {
    Json calendars = Json::array();
    for (const char* id : {kTeam, kThird})
      calendars.push(Json::object({{"id", id},
                                   {"summary", id == kTeam ? "Team" : "Third"},
                                   {"access_role", "owner"},
                                   {"time_zone", "Europe/Berlin"}}));
    emulated("/load",
             Json::object(
                 {{"accounts",
                   Json::array({Json::object(
                       {{"email", kMe}, {"name", "Me"}, {"calendars", std::move(calendars)}})})}}));
  }

  static constexpr const char* kThird = "third@group.calendar.google.com";

  void set_default(const std::string& calendar, bool with_guests = false) {
    change([&](settings::AccountConfig& config) {
      config.default_calendar = calendar;
      config.copy_guest_events_into = with_guests ? calendar : "";
    });
  }
  RunOutcome read_and_run() {
    memory_.read_all = true;
    return run();
  }
  void fail(const std::string& method, int status) {
    const char* path = method == "POST" ? kEvents : kEvent;
    emulated("/faults", Json::object({{"match", Json::object({{"path", path}, {"method", method}})},
                                      {"times", 0},
                                      {"effect", Json::object({{"status", status}})}}));
  }

  // The document of the only appointment with this title in the calendar.
  Json document(const std::string& remote_id, const std::string& summary) {
    const std::string id = remote_id.empty() ? must(services_->calendars.own(user_.id))
                                             : calendar(remote_id).string("id");
    const Json page = must(Json::parse(must(services_->events.changes(id, "", 2'500))));
    for (const Json& change : page["changes"].items())
      if (change.contains("document") && change["document"]["event"].string("summary") == summary)
        return change["document"];
    throw std::runtime_error("no appointment " + summary + " in " + remote_id);
  }
  void rename(const std::string& remote_id, const std::string& from, const std::string& to) {
    const Json found = document(remote_id, from);
    must(crm_->appointment_editor().edit(user_.id, found.string("id"), found.string("revision"),
                                         Scope::all, std::nullopt,
                                         Json::object({{"summary", to}})));
  }
  host::SaveResult erase(const std::string& remote_id, const std::string& summary) {
    const Json found = document(remote_id, summary);
    return must(crm_->appointment_editor().erase(
        user_.id, found.string("id"), found.string("revision"), Scope::all, std::nullopt));
  }
  std::string id_at_google(const std::string& calendar, const std::string& summary) {
    const Json page = google("GET", "/calendars/" + net::percent_encode(calendar) + "/events");
    for (const Json& item : page["items"].items())
      if (item.string("summary") == summary) return item.string("id");
    throw std::runtime_error("no event " + summary + " in " + calendar);
  }
  void patch_at_google(const std::string& calendar, const std::string& summary, const Json& body) {
    google("PATCH",
           "/calendars/" + net::percent_encode(calendar) + "/events/" +
               id_at_google(calendar, summary),
           body);
  }
  void delete_at_google(const std::string& calendar, const std::string& summary) {
    google("DELETE", "/calendars/" + net::percent_encode(calendar) + "/events/" +
                         id_at_google(calendar, summary));
  }
  void disconnect() {
    must(crm_->accounts().set_state(account_, "disconnected"));
    run();
    accesses_->forget(account_);
  }
  std::vector<sync::HistoryEntry> history(const std::string& detail) {
    std::vector<sync::HistoryEntry> found;
    must(database_->transact(store::Mode::read, 0, [&](store::Connection& connection) -> Result<> {
      return connection.exec("SELECT what, copy FROM history WHERE detail = $1", {detail},
                             [&](store::Row row) -> Result<> {
                               sync::HistoryEntry entry;
                               entry.what = row[0].text();
                               found.push_back(std::move(entry));
                               return {};
                             });
    }));
    return found;
  }
  // An appointment follows both sides, in both directions, and its deletion too.
  void expect_synchronised(const std::string& calendar, const std::string& summary) {
    rename(calendar, summary, "from the CRM");
    run();
    EXPECT_THAT(at_google(calendar), Contains("from the CRM"));
    patch_at_google(calendar, "from the CRM", Json::object({{"location", "from Google"}}));
    read_and_run();
    EXPECT_EQ(document(calendar, "from the CRM")["event"].string("location"), "from Google");
    erase(calendar, "from the CRM");
    run();
    EXPECT_THAT(at_google(calendar), Not(Contains("from the CRM")));
    read_and_run();
    EXPECT_THAT(in_crm(calendar), Not(Contains("from the CRM")));
  }

  static constexpr const char* kEvents = "/calendar/v3/calendars/{calendarId}/events";
  static constexpr const char* kEvent = "/calendar/v3/calendars/{calendarId}/events/{eventId}";
};

TEST_F(AccountChanges, AppointmentsFollowTheDefaultCalendarThereAndBack) {  // PD-10
  connect({kMe, kTeam}, kMe);
  run();
  create_in_crm(kCall);
  run();
  set_default(kTeam);
  run();
  ASSERT_THAT(in_crm(kTeam), ElementsAre("Call"));
  set_default(kMe);
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Call"));
  EXPECT_THAT(in_crm(kTeam), IsEmpty());
  EXPECT_THAT(at_google(kMe), ElementsAre("Call"));
  expect_synchronised(kMe, "Call");
  EXPECT_THAT(at_google(kTeam), ElementsAre("Call"));
}

TEST_F(AccountChanges, AppointmentsFollowTheDefaultCalendarThroughTwoOthers) {  // PD-10
  connect({kMe, kTeam, kThird}, kMe);
  run();
  create_in_crm(kCall);
  run();
  for (const char* next : {kTeam, kThird}) {
    set_default(next);
    run();
  }
  rename(kThird, "Call", "Changed elsewhere");
  set_default(kMe);
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Changed elsewhere"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Changed elsewhere"));
  expect_synchronised(kMe, "Changed elsewhere");
}

TEST_F(AccountChanges, TheCrmCalendarAsDefaultAndBackKeepsAppointmentsInStep) {  // PD-11
  connect({kMe}, kMe);
  run();
  create_in_crm(kCall);
  run();
  set_default("");
  run();
  EXPECT_EQ(calendar(kMe).string("mode"), "view_only");
  EXPECT_FALSE(calendar(kMe)["is_default"].as_bool());
  set_default(kMe);
  run();
  expect_synchronised(kMe, "Call");
}

TEST_F(AccountChanges, ALeftoverDeletedAtGoogleDoesNotDeleteTheReturningAppointment) {  // PD-10
  connect({kMe, kTeam}, kMe);
  run();
  create_in_crm(kCall);
  run();
  set_default(kTeam);
  run();
  delete_at_google(kMe, "Call");
  set_default(kMe);
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Call"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Call"));
  expect_synchronised(kMe, "Call");
}

TEST_F(AccountChanges, AnAppointmentThatNeverReachedGoogleFollowsTheDefault) {  // S-21, D-01
  connect({kMe, kTeam}, kMe);
  run();
  fail("POST", 503);
  create_in_crm(kCall);
  run();
  set_default(kTeam);
  run();
  EXPECT_THAT(in_crm(kTeam), IsEmpty()) << "what is tried again is not left behind";
  clear_faults();
  clock_.advance(std::chrono::minutes{2});
  create_in_crm(timed("Later", "2026-05-06T10:00:00+02:00", "2026-05-06T11:00:00+02:00"));
  EXPECT_FALSE(run().error);
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Call", "Later"));
  EXPECT_THAT(at_google(kTeam), ElementsAre("Call", "Later"));
  expect_synchronised(kTeam, "Call");
}

TEST_F(AccountChanges, ARefusedAppointmentMovesToTheNewDefaultAndIsCreatedThere) {  // S-21
  connect({kMe, kTeam}, kMe);
  run();
  fail("POST", 400);
  create_in_crm(kCall);
  run();
  clear_faults();
  set_default(kTeam);
  run();
  EXPECT_THAT(at_google(kMe), IsEmpty());
  EXPECT_THAT(at_google(kTeam), ElementsAre("Call"));
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Call"));
}

TEST_F(AccountChanges, APendingDeletionStaysDeletedWhenTheDefaultChanges) {  // S-29
  for (const std::string& next : {std::string(), std::string(kTeam)}) {
    connect({kMe, kTeam}, kMe);
    run();
    create_in_crm(kCall);
    run();
    fail("DELETE", 503);
    erase(kMe, "Call");
    run();
    set_default(next);
    run();
    EXPECT_THAT(in_crm(kMe), IsEmpty()) << next;
    clear_faults();
    clock_.advance(std::chrono::minutes{2});
    run();
    EXPECT_THAT(at_google(kMe), IsEmpty()) << next;
    read_and_run();
    EXPECT_THAT(in_crm(kMe), IsEmpty()) << next;
    EXPECT_THAT(in_crm(kTeam), IsEmpty()) << next;
    disconnect();
  }
}

TEST_F(AccountChanges, ChangesMadeWhileDisconnectedAreNotCarriedOver) {  // PD-14, P-23
  Json meeting = google_timed("Meeting", "2026-07-01T19:00:00+02:00", "2026-07-01T21:00:00+02:00");
  meeting.set("attendees", Json::array({Json::object({{"email", "guest@example.com"}})}));
  add_at_google(kMe, meeting);
  add_at_google(kMe, google_day("Trip", "2026-06-01", "2026-06-02"));
  add_at_google(kMe, google_day("Moved", "2026-06-03", "2026-06-04"));
  add_at_google(kMe, google_day("Undone", "2026-06-05", "2026-06-06"));
  connect({kMe}, kMe);
  run();
  create_in_crm(kCall);
  run();
  rename(kMe, "Call", "Renamed before");
  must(crm_->accounts().set_state(account_, "disconnected"));
  run();
  accesses_->forget(account_);

  erase(kMe, "Meeting");
  rename(kMe, "Trip", "My trip");
  const Json moved = document(kMe, "Moved");
  must(crm_->appointment_editor().move(user_.id, moved.string("id"), moved.string("revision"),
                                       must(services_->calendars.own(user_.id))));
  must(crm_->appointment_editor().undo(user_.id, erase(kMe, "Undone").undo));
  patch_at_google(kMe, "Undone", Json::object({{"location", "Rome"}}));

  connect({kMe}, kMe);
  http_.forget();
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Meeting", "Moved", "Renamed before", "Trip", "Undone"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Meeting", "Moved", "Renamed before", "Trip", "Undone"));
  EXPECT_EQ(document(kMe, "Undone")["event"].string("location"), "Rome");
  EXPECT_THAT(in_crm(""), ElementsAre("Moved"));
  EXPECT_EQ(http_.count("DELETE", "/events"), 0u);
  EXPECT_EQ(http_.count("POST", "/events?"), 0u);
  EXPECT_EQ(http_.count("PATCH", "sendUpdates=all"), 0u);
  EXPECT_EQ(http_.writes(), 1u) << "only what was changed before the account was disconnected";
  EXPECT_EQ(history("history.local_change").size(), 1u);
  EXPECT_EQ(history("history.copy_restored").size(), 2u);
  http_.forget();
  read_and_run();
  EXPECT_EQ(http_.writes(), 0u);
  expect_synchronised(kMe, "Meeting");
  expect_synchronised(kMe, "Undone");
}

// Earlier versions marked the calendars as gone, and nothing in the journal.
TEST_F(AccountChanges, WhatAnEarlierVersionDisconnectedCarriesNothingOver) {  // PD-14
  add_at_google(kMe, google_day("Trip", "2026-06-01", "2026-06-02"));
  add_at_google(kMe, google_day("Fair", "2026-06-03", "2026-06-04"));
  connect({kMe}, kMe);
  run();
  must(services_->calendars.set_state(calendar(kMe).string("id"), "gone"));
  must(crm_->accounts().set_state(account_, "disconnected"));
  sync::WriteBatch earlier;
  earlier.pairs.push_back(pair(kMe));
  earlier.pairs.back().is_primary = false;
  store::SqlJournal journal(*database_, blocking_, random_, 0);
  must(support::run_task(journal.commit(std::move(earlier))));
  rename(kMe, "Trip", "My trip");
  erase(kMe, "Fair");
  run();
  EXPECT_TRUE(pair(kMe).is_primary);
  accesses_->forget(account_);
  connect({kMe}, kMe);
  http_.forget();
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Fair", "Trip"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Fair", "Trip"));
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_EQ(history("history.local_change").size(), 1u);
}

TEST_F(AccountChanges, ASeriesSplitWhileDisconnectedIsWholeAgain) {  // PD-14
  Json weekly = google_timed("Weekly", "2026-06-01T10:00:00+02:00", "2026-06-01T11:00:00+02:00");
  weekly.set("recurrence", Json::array({"RRULE:FREQ=WEEKLY;COUNT=6"}));
  add_at_google(kMe, weekly);
  connect({kMe}, kMe);
  run();
  disconnect();
  const Json found = document(kMe, "Weekly");
  host::EventTime third = must(host::event_time_of(
      Json::object({{"date_time", "2026-06-15T08:00:00Z"}, {"time_zone", "Europe/Berlin"}})));
  must(crm_->appointment_editor().edit(user_.id, found.string("id"), found.string("revision"),
                                       Scope::following, third,
                                       Json::object({{"location", "Paris"}})));
  ASSERT_EQ(in_crm(kMe).size(), 2u);
  connect({kMe}, kMe);
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Weekly"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Weekly"));
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_EQ(history("history.local_change").size(), 2u);
}

TEST_F(AccountChanges, ACopyOfWhatGoogleDeletedIsKeptForThirtyDays) {  // PD-01
  add_at_google(kMe, google_day("Trip", "2026-06-01", "2026-06-02"));
  connect({kMe}, kMe);
  run();
  delete_at_google(kMe, "Trip");
  read_and_run();
  EXPECT_THAT(in_crm(kMe), IsEmpty());
  EXPECT_EQ(history("history.deleted").size(), 1u);
  clock_.advance(std::chrono::hours{29 * 24});
  read_and_run();
  EXPECT_EQ(history("history.deleted").size(), 1u);
  clock_.advance(std::chrono::hours{2 * 24});
  read_and_run();
  EXPECT_EQ(history("history.deleted").size(), 0u);
}

TEST_F(AccountChanges, ChangesInAGoneCalendarAreNotCarriedOver) {  // PD-02, S-30
  add_at_google(kTeam, google_day("Fair", "2026-04-01", "2026-04-02"));
  add_at_google(kTeam, google_day("Trip", "2026-06-01", "2026-06-02"));
  connect({kMe, kTeam}, kTeam);
  run();
  google("DELETE", "/users/me/calendarList/" + net::percent_encode(kTeam));
  clock_.advance(std::chrono::hours{25});
  run();
  ASSERT_EQ(calendar(kTeam).string("state"), "gone");
  erase(kTeam, "Fair");
  rename(kTeam, "Trip", "My trip");
  // Long enough that the CRM has forgotten what was deleted.
  clock_.advance(std::chrono::days{120});
  google("POST", "/users/me/calendarList", Json::object({{"id", kTeam}}));
  http_.forget();
  run();
  EXPECT_EQ(calendar(kTeam).string("state"), "live");
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair", "Trip"));
  EXPECT_THAT(at_google(kTeam), ElementsAre("Fair", "Trip"));
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_EQ(health().string("reason"), "health.ok");
  expect_synchronised(kTeam, "Fair");
}

TEST_F(AccountChanges, ACalendarThatReturnedIsLiveWhenTheOptionsAreSaved) {  // PD-03
  add_at_google(kTeam, google_day("Fair", "2026-04-01", "2026-04-02"));
  connect({kMe, kTeam}, kMe);
  run();
  google("DELETE", "/users/me/calendarList/" + net::percent_encode(kTeam));
  clock_.advance(std::chrono::hours{25});
  run();
  ASSERT_EQ(calendar(kTeam).string("state"), "gone");
  google("POST", "/users/me/calendarList", Json::object({{"id", kTeam}}));
  change([](settings::AccountConfig& config) { config.name = "Other name"; });
  run();
  EXPECT_EQ(calendar(kTeam).string("state"), "live");
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Fair"));
}

}  // namespace
}  // namespace gcal::plugin::test
