// Whom Google mails about what a user does in the CRM (P-13, PD-06).
#include "src/common/net/url.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using ::testing::ElementsAre;

class MailsTest : public InstallationTest {
 protected:
  MailsTest() {
    connect({kMe}, kMe);
    run();
    run();
  }
  // "invitation 1": kind and number of recipients.
  std::vector<std::string> mails() {
    emulator::Request request;
    request.method = "GET";
    request.path = "/_emulator/stats";
    const Json stats = must(Json::parse(google_.handle(request).body));
    std::vector<std::string> found;
    for (const Json& mail : stats["mails"].items())
      found.push_back(mail.string("kind") + " " +
                      std::to_string(mail["recipients"].items().size()));
    return found;
  }
};

TEST_F(MailsTest, TheGuestOfASingleOccurrenceIsMailed) {
  Json weekly =
      host::test::timed("Weekly", "2028-03-24T09:00:00+01:00", "2028-03-24T10:00:00+01:00");
  weekly.set("recurrence", Json::array({"RRULE:FREQ=WEEKLY;COUNT=4"}));
  const std::string id = create_in_crm(weekly);
  run();
  const std::string revision =
      must(crm_->appointment_queries().get(user_.id, id)).document.revision;
  must(crm_->appointment_editor().edit(
      user_.id, id, revision, host::Scope::this_one,
      must(host::occurrence_of_key("2028-03-31T07:00:00Z")),
      Json::object({{"attendees", host::test::guests({"guest@example.com"})}})));
  run();
  EXPECT_THAT(mails(), ElementsAre("invitation 1"));
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

}  // namespace
}  // namespace gcal::plugin::test
