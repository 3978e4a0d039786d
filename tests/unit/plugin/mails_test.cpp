// Whom Google mails about what a user does in the CRM, and when (P-13, PD-06).
#include "plugin/account/health.hpp"
#include "tests/unit/plugin/settings_page_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// What Google mailed.
Json mails_of(emulator::Emulator& google) {
  emulator::Request request;
  request.method = "GET";
  request.path = "/_emulator/stats";
  return must(Json::parse(google.handle(request).body))["mails"];
}

// With `guests` guests.
Json meeting(const std::string& summary, int guests = 1) {
  Json event = host::test::timed(summary, "2028-03-24T09:00:00+01:00", "2028-03-24T10:00:00+01:00");
  Json list = Json::array();
  for (int i = 0; i < guests; ++i)
    list.push(Json::object({{"email", "g" + std::to_string(i) + "@example.com"}}));
  event.set("attendees", std::move(list));
  return event;
}

class MailsTest : public SettingsPages {
 protected:
  MailsTest() {
    connect({kMe}, kMe);
    run();
    run();
  }
  // The kinds of the mails that a guest got.
  std::vector<std::string> mailed(const std::string& guest) {
    std::vector<std::string> kinds;
    const Json mails = mails_of(google_);
    for (const Json& mail : mails.items())
      for (const Json& recipient : mail["recipients"].items())
        if (recipient.as_string() == guest) kinds.push_back(mail.string("kind"));
    return kinds;
  }
  // "invitation 1": kind and number of recipients.
  std::vector<std::string> mails() {
    std::vector<std::string> found;
    const Json mails = mails_of(google_);
    for (const Json& mail : mails.items())
      found.push_back(mail.string("kind") + " " +
                      std::to_string(mail["recipients"].items().size()));
    return found;
  }
  void edit(const std::string& id, const Json& changes) {
    const std::string revision =
        must(crm_->appointment_queries().get(user_.id, id)).document.revision;
    must(crm_->appointment_editor().edit(user_.id, id, revision, host::Scope::all, std::nullopt,
                                         changes));
  }
};

TEST_F(MailsTest, AnActThatMailsLeavesAfterTheUndoTimeAndOthersAtOnce) {
  site_.undo_time = 10s;
  create_in_crm(meeting("with guest"));
  create_in_crm(meeting("alone", 0));
  const base::Instant acted = clock_.now();
  const RunOutcome first = run();
  EXPECT_THAT(at_google(kMe), ElementsAre("alone"));
  ASSERT_TRUE(first.next);
  EXPECT_EQ(*first.next, acted + 10s);
  clock_.advance(10s);
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("alone", "with guest"));
  EXPECT_THAT(mails(), ElementsAre("invitation 1"));
}

TEST_F(MailsTest, SendNowSkipsTheUndoTime) {
  site_.undo_time = 10s;
  create_in_crm(meeting("with guest"));
  run();
  EXPECT_THAT(at_google(kMe), IsEmpty());
  EXPECT_EQ(step("options", "send_mails", Json::object()).string("type"), "finish");
  run();
  EXPECT_THAT(mails(), ElementsAre("invitation 1"));
}

TEST_F(MailsTest, WhatIsUndoneInTimeNeverReachesGoogle) {
  const std::string id = create_in_crm(meeting("kept"));
  run();
  run();
  site_.undo_time = 10s;
  const Json before = google("GET", "/calendars/" + net::percent_encode(kMe) + "/events");
  const std::string revision =
      must(crm_->appointment_queries().get(user_.id, id)).document.revision;
  const host::SaveResult erased = must(
      crm_->appointment_editor().erase(user_.id, id, revision, host::Scope::all, std::nullopt));
  run();
  must(crm_->appointment_editor().undo(user_.id, erased.undo));
  for (int i = 0; i < 3; ++i) {
    run();
    clock_.advance(10s);
  }
  const Json after = google("GET", "/calendars/" + net::percent_encode(kMe) + "/events");
  EXPECT_EQ(after["items"].dump(), before["items"].dump());
  EXPECT_THAT(in_crm(kMe), ElementsAre("kept"));
  EXPECT_THAT(mails(), ElementsAre("invitation 1"));
}

TEST_F(MailsTest, MailsBeyondTheBudgetAreListedAndSentOnRequest) {
  create_in_crm(meeting("crowd", 201));
  run();
  EXPECT_THAT(at_google(kMe), IsEmpty());
  EXPECT_EQ(health().string("state"), "attention");
  EXPECT_EQ(health().string("reason"), "health.mails");
  store::SqlJournal journal(*database_, blocking_, random_, 0);
  const auto items = must(support::run_task(journal.held_items_of_account(account_)));
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items.front().reason, sync::kHeldMails);
  EXPECT_EQ(items.front().detail, "201 guests would be mailed");
  must(support::run_task(journal.try_held_again(account_)));
  run();
  EXPECT_THAT(mails(), IsEmpty());  // another try is no consent
  EXPECT_NE(step("options", "").dump().find("options.send_mails"), std::string::npos);
  step("options", "send_mails", Json::object());
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("crowd"));
  EXPECT_THAT(mails(), ElementsAre("invitation 201"));
  EXPECT_EQ(health().string("reason"), "health.ok");
  EXPECT_EQ(step("options", "").dump().find("options.send_mails"), std::string::npos);
}

TEST_F(MailsTest, ExistingAppointmentsAreExportedWithoutMailAndLaterActsAreMailed) {
  const std::string own = must(services_->calendars.own(user_.id));
  const std::string id = create_in_crm(meeting("existed"), own);
  change([](settings::AccountConfig& config) {
    config.export_existing = settings::ExportExisting::all;
  });
  run();
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("existed"));
  EXPECT_THAT(mails(), IsEmpty());
  edit(id, Json::object({{"summary", "renamed"}}));
  run();
  EXPECT_THAT(mails(), ElementsAre("update 1"));
}

// A series with a guest becomes another title, and one date another guest: two requests.
TEST_F(MailsTest, AWriteThatGoogleRefusesHalfWayMailsEachGuestOnceWhenItIsMade) {  // P-13
  Json series = meeting("weekly");
  series.set("recurrence", Json::array({"RRULE:FREQ=WEEKLY;COUNT=4"}));
  const std::string id = create_in_crm(series);
  run();
  run();
  edit(id, Json::object({{"summary", "weekly, new"}}));
  const host::EventPage page = must(crm_->appointment_queries().get(user_.id, id));
  const auto rows = must(crm_->appointment_queries().occurrences(
      user_.id, host::test::at("2028-03-20T00:00:00Z"), host::test::at("2028-04-30T00:00:00Z")));
  must(crm_->appointment_editor().edit(
      user_.id, id, page.document.revision, host::Scope::this_one,
      must(host::occurrence_of_key(rows.at(1).original_start)),
      Json::object({{"attendees", Json::array({Json::object({{"email", "g0@example.com"}}),
                                               Json::object({{"email", "once@example.com"}})})}})));
  emulated(
      "/faults",
      Json::object(
          {{"match", Json::object({{"method", "PATCH"},
                                   {"path",
                                    "/calendar/v3/calendars/{calendarId}/"
                                    "events/{eventId}"}})},
           {"skip", 1},
           {"times", 0},
           {"effect", Json::object({{"status", 403}, {"reason", "forbiddenForNonOrganizer"}})}}));
  run();
  EXPECT_EQ(health().string("reason"), "health.quarantined");
  EXPECT_THAT(mailed("once@example.com"), IsEmpty());
  EXPECT_THAT(mailed("g0@example.com"), ElementsAre("invitation", "update"));
  clear_faults();
  clock_.advance(25h);
  for (int i = 0; i < 3; ++i) run();
  EXPECT_EQ(health().string("reason"), "health.ok");
  EXPECT_THAT(mailed("once@example.com"), ElementsAre("invitation"));
  EXPECT_THAT(mailed("g0@example.com"), ElementsAre("invitation", "update"));
}

TEST_F(MailsTest, AnAnswerToAnInvitationReachesItsOrganiser) {  // PD-06
  emulated("/accounts", Json::object({{"email", "boss@gmail.example"}, {"name", "Boss"}}));
  emulator::Request insert;
  insert.method = "POST";
  insert.path = "/calendar/v3/calendars/primary/events";
  insert.headers = {
      {"Authorization",
       "Bearer " + emulated("/tokens", Json::object({{"email", "boss@gmail.example"}}))
                       .string("access_token")},
      {"Content-Type", "application/json"}};
  Json review = google_timed("Review", "2028-03-24T09:00:00+01:00", "2028-03-24T10:00:00+01:00");
  review.set("recurrence", Json::array({"RRULE:FREQ=WEEKLY;COUNT=4"}));
  for (const char* end : {"start", "end"}) review.member(end).set("timeZone", "Europe/Berlin");
  review.set("attendees", Json::array({Json::object({{"email", kMe}})}));
  insert.body = review.dump();
  ASSERT_EQ(google_.handle(insert).status, 200);
  clock_.advance(std::chrono::hours{2});
  run();
  ASSERT_THAT(in_crm(kMe), ElementsAre("Review"));
  const auto rows = must(crm_->appointment_queries().occurrences(
      user_.id, host::test::at("2028-03-20T00:00:00Z"), host::test::at("2028-04-30T00:00:00Z")));
  ASSERT_EQ(rows.size(), 4u);
  const std::string id = rows.front().event;
  const auto respond = [&](host::Scope scope, std::optional<host::EventTime> date,
                           const char* text) {
    const host::EventPage page = must(crm_->appointment_queries().get(user_.id, id));
    EXPECT_TRUE(page.permission.answerable);
    EXPECT_FALSE(page.permission.editable);
    must(
        crm_->appointment_editor().answer(user_.id, id, page.document.revision, scope, date, text));
    run();
    run();
  };
  // The own answers of the four dates, as Google shows them.
  const auto answers = [&] {
    std::vector<std::string> found;
    const Json dates = google("GET", "/calendars/" + net::percent_encode(kMe) +
                                         "/events?singleEvents=true&orderBy=startTime");
    for (const Json& one : dates["items"].items())
      for (const Json& guest : one["attendees"].items())
        if (guest["self"].as_bool()) found.push_back(guest.string("responseStatus"));
    return found;
  };
  const auto date = [&](std::size_t number) {
    return must(host::occurrence_of_key(rows.at(number).original_start));
  };
  respond(host::Scope::this_one, date(1), "declined");
  EXPECT_THAT(answers(), ElementsAre("needsAction", "declined", "needsAction", "needsAction"));
  respond(host::Scope::following, date(2), "accepted");
  EXPECT_THAT(answers(), ElementsAre("needsAction", "declined", "accepted", "accepted"));
  respond(host::Scope::all, std::nullopt, "tentative");
  EXPECT_THAT(answers(), ElementsAre("tentative", "tentative", "tentative", "tentative"));
  EXPECT_THAT(mails(), ElementsAre("response 1", "response 1", "response 1"));
}

// Google can reach this CRM, so that the run opens a channel before it reads the calendars.
class FirstRun : public InstallationTest {
 protected:
  FirstRun() : InstallationTest("https://crm.example") { connect({kMe}, kMe); }
};

TEST_F(FirstRun, WhatTheUserMakesBeforeTheFirstReadingIsAnActThatIsMailed) {  // P-13
  bool made = false;
  http_.when("POST", "/watch", [&] {
    create_in_crm(meeting("while Google is asked"));
    made = true;
  });
  run();
  run();
  ASSERT_TRUE(made);
  EXPECT_THAT(at_google(kMe), ElementsAre("while Google is asked"));
  EXPECT_EQ(mails_of(google_).items().size(), 1u);
}

// The host adds the default calendar with the account, before it shows the end of the set-up.
TEST_F(FirstRun, WhatTheUserMakesBeforeTheFirstRunIsAnActThatIsMailed) {  // P-13, S-21
  const std::string calendar = must(services_->calendars.put(Json::object({{"account", account_},
                                                                           {"remote_id", kMe},
                                                                           {"name", "Sales"},
                                                                           {"color", "#123456"},
                                                                           {"role", "owner"},
                                                                           {"mode", "two_way"}})
                                                                 .dump()));
  must(services_->calendars.set_default(user_.id, calendar));
  change([](settings::AccountConfig& config) { config.draft = "draft-1"; });
  create_in_crm(meeting("right after the set-up"));
  run();
  clock_.advance(std::chrono::seconds{11});  // the time of undo
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("right after the set-up"));
  EXPECT_EQ(mails_of(google_).items().size(), 1u);
}

TEST_F(FirstRun, WhatIsMovedIntoTheNewCalendarIsStillNotMailed) {  // P-13, PD-09
  create_in_crm(meeting("existed"), must(services_->calendars.own(user_.id)));
  change([](settings::AccountConfig& config) {
    config.export_existing = settings::ExportExisting::all;
  });
  run();
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("existed"));
  EXPECT_THAT(mails_of(google_).items(), IsEmpty());
}

}  // namespace
}  // namespace gcal::plugin::test
