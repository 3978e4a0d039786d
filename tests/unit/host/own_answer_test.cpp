// Answers to invitations: of one date, from a date on, of all dates (PD-06).
#include "src/host/crm/own_answer.hpp"

#include "src/host/crm/appointment_access.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;

// Mondays from 16 March 2026 on; the answer is "needs_action".
Json invitation(bool recurring = true) {
  Json event = timed("Review", "2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00");
  if (recurring) event = with(event, "recurrence", rule("RRULE:FREQ=WEEKLY;COUNT=4"));
  event = with(event, "attendees",
               Json::array({Json::object({{"email", "boss@example.com"}, {"organizer", true}}),
                            Json::object({{"email", "me@example.com"}, {"self", true}})}));
  return with(
      event, "facts",
      Json::object({{"organized_by_self", false}, {"organizer_email", "boss@example.com"}}));
}

// The answers of the four dates.
std::vector<std::string> answers(const Json& event) {
  const EventView view = must(view_of(event));
  std::vector<std::string> shown;
  const Span span = span_of(view);
  for (const Instance& one :
       expand(view, span.first - std::chrono::days(2), *span.last + std::chrono::days(2)))
    shown.push_back(
        own_answer(one.exception ? view.exceptions.at(one.original_start).fields : view.master));
  return shown;
}

Json answer(const Json& event, Scope scope, const std::string& date, std::string_view text) {
  const auto named = date.empty() ? std::optional<EventTime>() : must(occurrence_of_key(date));
  const Edited edited = must(answer_event(event, scope, named, text));
  EXPECT_FALSE(edited.new_event);
  return *edited.event;
}

TEST(OwnAnswer, OfASingleAppointment) {
  const Json event = answer(invitation(false), Scope::all, "", "accepted");
  EXPECT_THAT(answers(event), ElementsAre("accepted"));
  EXPECT_EQ(event["attendees"].items().front().contains("partstat"), false);
  EXPECT_THAT(answers(answer(event, Scope::all, "", "needs_action")), ElementsAre("needs_action"));
}

TEST(OwnAnswer, OfOneDateOfThoseThatFollowAndOfAll) {
  const Json one = answer(invitation(), Scope::this_one, "2026-03-23T08:00:00Z", "declined");
  EXPECT_THAT(answers(one),
              ElementsAre("needs_action", "declined", "needs_action", "needs_action"));
  const Json following = answer(one, Scope::following, "2026-03-30T07:00:00Z", "accepted");
  EXPECT_THAT(answers(following), ElementsAre("needs_action", "declined", "accepted", "accepted"));
  EXPECT_EQ(following["recurrence"], invitation()["recurrence"]);
  const Json all = answer(following, Scope::all, "", "tentative");
  EXPECT_THAT(answers(all), ElementsAre("tentative", "tentative", "tentative", "tentative"));
  const Json first = answer(invitation(), Scope::following, "2026-03-16T08:00:00Z", "accepted");
  EXPECT_EQ(first["occurrences"].items().size(), 0u);
  EXPECT_THAT(answers(first), ElementsAre("accepted", "accepted", "accepted", "accepted"));
}

TEST(OwnAnswer, IsRefusedWithoutInvitationDateOrKnownAnswer) {
  const auto refused = [](const Json& event, Scope scope, std::string_view text) {
    return answer_event(event, scope, std::nullopt, text).error().code;
  };
  EXPECT_EQ(refused(timed("Own", "2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"),
                    Scope::all, "accepted"),
            Code::invalid);
  EXPECT_EQ(refused(invitation(), Scope::this_one, "accepted"), Code::invalid);
  EXPECT_EQ(refused(invitation(), Scope::all, "maybe"), Code::invalid);
  Json endless = with(invitation(), "recurrence", rule("RRULE:FREQ=DAILY"));
  EXPECT_EQ(answer_event(endless, Scope::following, must(occurrence_of_key("2028-03-16T08:00:00Z")),
                         "accepted")
                .error()
                .code,
            Code::invalid);
}

TEST(OwnAnswer, MayBeGivenWhereTheCopyIsTheUsersAndCanBeWritten) {
  const EventView view = must(view_of(invitation()));
  Calendar calendar;
  calendar.user = "anna";
  calendar.own = false;
  calendar.state = "live";
  calendar.mode = "two_way";
  calendar.role = "owner";
  const Permission permission = permission_of("anna", calendar, view);
  EXPECT_TRUE(permission.answerable);
  EXPECT_FALSE(permission.editable);
  EXPECT_EQ(permission.reason, "event.read_only.not_organizer");
  EXPECT_FALSE(permission_of("bert", calendar, view).answerable);
  calendar.mode = "view_only";
  EXPECT_FALSE(permission_of("anna", calendar, view).answerable);
  calendar.mode = "two_way";
  EventView own = view;
  own.organized_by_self = true;
  EXPECT_FALSE(permission_of("anna", calendar, own).answerable);
  EventView locked = view;
  locked.locked = true;
  EXPECT_TRUE(permission_of("anna", calendar, locked).answerable);
}

}  // namespace
}  // namespace host::test
