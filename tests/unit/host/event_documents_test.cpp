// What an event document must be, and what an edit of it must not: the code and the message that
// name the member. Edits of one date, of the rule and of the last date, as pure functions.
#include <chrono>

#include "src/host/crm/event_view.hpp"
#include "src/host/crm/occurrences.hpp"
#include "src/host/crm/series_edit.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;
using ::testing::ValuesIn;

struct Refused {
  const char* member;  // of an appointment of one hour
  const char* value;
  const char* message;
};

void PrintTo(const Refused& row, std::ostream* out) {
  *out << row.member << ' ' << row.value;
}

class EventRefused : public ::testing::TestWithParam<Refused> {};

TEST_P(EventRefused, MessageNamesTheMember) {
  const Json event = with(timed("Call", "2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"),
                          GetParam().member, json(GetParam().value));
  const auto view = view_of(event);
  ASSERT_FALSE(view) << GetParam().message;
  EXPECT_EQ(view.error().code, Code::invalid);
  EXPECT_EQ(view.error().message, GetParam().message);
}

constexpr Refused kRefused[] = {
    {"start", "5", "start: an object with date or date_time is expected"},
    {"start", "{}", "start: date or date_time is missing"},
    {"start", R"({"date":"2026-03-16","date_time":"2026-03-16T09:00:00Z"})",
     "start: date and date_time exclude each other"},
    {"start", R"({"date":"2026-02-30"})", "start: \"2026-02-30\" is no day"},
    {"start", R"({"date_time":"9 o'clock"})", "start: \"9 o'clock\" is no time as in RFC 3339"},
    {"end", R"({"date_time":"2026-03-16T10:00:00Z","time_zone":"Mars/Base"})",
     "end: \"Mars/Base\" is no known time zone"},
    {"end", R"({"date":"2026-03-17"})", "end: start and end must both be days or both be times"},
    {"end", R"({"date_time":"2026-03-16T07:59:59Z"})", "end: must be after start"},
    {"summary", "5", "summary: a text is expected"},
    {"status", R"("cancelled")", "status: unknown value"},
    {"attendees", "{}", "attendees: a list is expected"},
    {"attendees", R"([{"name":"Ben"}])", "attendees: each needs an address"},
    {"attendees", R"([{"email":"b@x.example","partstat":"maybe"}])", "partstat: unknown value"},
    {"recurrence", R"("RRULE:FREQ=DAILY")", "recurrence: a list is expected"},
    {"recurrence", "[5]", "recurrence: lines of text, at most 1 MiB each"},
    {"occurrences", "{}", "occurrences: a list is expected"},
    {"occurrences", "[{}]",
     "occurrences: original_start: an object with date or date_time is expected"},
    {"occurrences", R"([{"original_start":{"date":"2026-03-17"},"cancelled":true}])",
     "occurrences: original_start must be a day for a series of whole days and a time otherwise"},
    {"occurrences", R"([{"original_start":{"date_time":"2026-03-17T08:00:00Z"},"event":{}}])",
     "occurrences: start: an object with date or date_time is expected"},
    {"occurrences",
     R"([{"original_start":{"date_time":"2026-03-17T08:00:00Z"},"cancelled":true},)"
     R"({"original_start":{"date_time":"2026-03-17T09:00:00+01:00"},"cancelled":true}])",
     "occurrences: one original_start appears twice"},
    {"facts", "[]", "facts: an object is expected"},
};
INSTANTIATE_TEST_SUITE_P(Members, EventRefused, ValuesIn(kRefused));

TEST(EventDocument, SizesHaveLimits) {
  const Json event = timed("Call", "2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00");
  const auto message = [&](std::string_view member, Json value) {
    const auto view = view_of(with(event, member, std::move(value)));
    return view ? "" : view.error().message;
  };
  for (const char* text : {"summary", "location", "description"}) {
    const std::string over = std::string(text) + ": at most 1048576 bytes";
    EXPECT_EQ(message(text, std::string(1024 * 1024, 'x')), "");
    EXPECT_EQ(message(text, std::string(1024 * 1024 + 1, 'x')), over);
  }
  Json list = Json::array();
  for (int i = 0; i <= 10'000; ++i) list.push(Json::object({{"email", "a@x.example"}}));
  EXPECT_EQ(message("attendees", list), "attendees: at most 10000");
  Json lines = Json::array();
  for (int i = 0; i <= 10'000; ++i) lines.push("EXDATE:20260317T080000Z");
  EXPECT_EQ(message("recurrence", lines), "recurrence: at most 10000 lines");
}

TEST(EventDocument, WholeDayEndsAfterItsStart) {
  const auto view = view_of(all_day("Fair", "2026-03-16", "2026-03-16"));
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().message, "end: must be after start");
  EXPECT_TRUE(view_of(timed("Note", "2026-03-16T09:00:00Z", "2026-03-16T09:00:00Z", "UTC")))
      << "a time may be a moment";
}

// Four Mondays from 2 March 2026, 9:00 in Berlin.
Json mondays() {
  return with(timed("Mondays", "2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00"),
              "recurrence", rule("RRULE:FREQ=WEEKLY;COUNT=4"));
}

Result<Edited> edit(const Json& event, Scope scope, const char* original, const char* changes) {
  std::optional<EventTime> named;
  if (*original) named = must(occurrence_of_key(original));
  return edit_event(event, scope, named, json(changes));
}

std::string message_of(const Result<Edited>& result) {
  if (result) return "";
  EXPECT_EQ(result.error().code, Code::invalid);
  return result.error().message;
}

TEST(EventEdit, RefusedChangesNameTheMember) {
  const Scope all = Scope::all, one = Scope::this_one;
  EXPECT_EQ(message_of(edit(mondays(), all, "", "[]")), "changes: an object is expected");
  EXPECT_EQ(message_of(edit(mondays(), all, "", R"({"facts":{}})")), "facts: cannot be changed");
  EXPECT_EQ(message_of(edit(mondays(), all, "", R"({"start":{"date":"x"}})")),
            "start: \"x\" is no day");
  EXPECT_EQ(message_of(edit(mondays(), all, "", R"({"end":{}})")),
            "end: date or date_time is missing");
  EXPECT_EQ(message_of(edit(mondays(), all, "", R"({"end":{"date":"2026-03-03"}})")),
            "end: start and end must both be days or both be times");
  EXPECT_EQ(message_of(edit(mondays(), all, "",
                            R"({"end":{"date_time":"2026-03-02T07:00:00Z","time_zone":"UTC"}})")),
            "end: must be after start");
  EXPECT_EQ(message_of(edit(mondays(), one, "", R"({"summary":"x"})")),
            "original_start: names the occurrence that is meant");
  for (const Scope scope : {one, Scope::following, all})
    EXPECT_EQ(message_of(edit(mondays(), scope, "2026-03-03T08:00:00Z", R"({"summary":"x"})")),
              "original_start: the series has no such occurrence");
  EXPECT_EQ(message_of(edit(mondays(), one, "2026-03-09T08:00:00Z", R"({"recurrence":null})")),
            "recurrence: belongs to the whole series, not to one occurrence");
  EXPECT_EQ(scope_of("each").error().message, "scope: this, following or all");
}

// "2026-03-09T08:00:00Z Title" for each exception, in the order of the document.
std::vector<std::string> exceptions_of(const Json& event) {
  std::vector<std::string> out;
  for (const Json& item : event["occurrences"].items())
    out.push_back(item["original_start"].string("date_time") + " " +
                  (item["cancelled"].as_bool() ? "cancelled" : item["event"].string("summary")));
  return out;
}

TEST(EventEdit, ExceptionsStaySortedAndASecondEditReplacesTheFirst) {
  Json event = mondays();
  for (const auto& [original, title] :
       {std::pair("2026-03-16T08:00:00Z", "Third"), std::pair("2026-03-09T08:00:00Z", "Second"),
        std::pair("2026-03-23T08:00:00Z", "Fourth"),
        std::pair("2026-03-16T08:00:00Z", "Third again")})
    event = *must(edit(event, Scope::this_one, original,
                       Json::object({{"summary", title}, {"location", nullptr}}).dump().c_str()))
                 .event;
  EXPECT_THAT(exceptions_of(event),
              ElementsAre("2026-03-09T08:00:00Z Second", "2026-03-16T08:00:00Z Third again",
                          "2026-03-23T08:00:00Z Fourth"));
  const Edited erased = must(
      erase_occurrences(event, Scope::this_one, must(occurrence_of_key("2026-03-16T08:00:00Z"))));
  EXPECT_THAT(exceptions_of(*erased.event),
              ElementsAre("2026-03-09T08:00:00Z Second", "2026-03-16T08:00:00Z cancelled",
                          "2026-03-23T08:00:00Z Fourth"));
  EXPECT_EQ(message_of(
                edit(*erased.event, Scope::this_one, "2026-03-16T08:00:00Z", R"({"summary":"x"})")),
            "original_start: the series has no such occurrence");
}

TEST(EventEdit, AnotherRuleKeepsTheExceptionsThatItHas) {
  Json event = mondays();
  for (const char* original : {"2026-03-09T08:00:00Z", "2026-03-16T08:00:00Z"})
    event = *must(edit(event, Scope::this_one, original, R"({"summary":"Own"})")).event;
  const Edited biweekly = must(
      edit(event, Scope::all, "", R"({"recurrence":["RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=3"]})"));
  EXPECT_THAT(exceptions_of(*biweekly.event), ElementsAre("2026-03-16T08:00:00Z Own"));
  const Edited monthly =
      must(edit(event, Scope::all, "", R"({"recurrence":["RRULE:FREQ=MONTHLY"]})"));
  EXPECT_FALSE(monthly.event->contains("occurrences"));
  for (const char* changes : {R"({"recurrence":null})", R"({"recurrence":[]})"}) {
    const Edited single = must(edit(event, Scope::all, "", changes));
    EXPECT_FALSE(single.event->contains("recurrence")) << changes;
    EXPECT_FALSE(single.event->contains("occurrences")) << changes;
  }
}

TEST(EventEdit, SeriesWhoseLastDateIsErasedIsGone) {
  Json event = with(mondays(), "recurrence", rule("RRULE:FREQ=WEEKLY;COUNT=2"));
  const auto erase = [&](Scope scope, const char* original) {
    return must(erase_occurrences(event, scope, must(occurrence_of_key(original)))).event;
  };
  EXPECT_EQ(erase(Scope::following, "2026-03-02T08:00:00Z"), std::nullopt);
  EXPECT_EQ(erase(Scope::all, "2026-03-02T08:00:00Z"), std::nullopt);
  event = *erase(Scope::this_one, "2026-03-02T08:00:00Z");
  EXPECT_EQ(erase(Scope::following, "2026-03-09T08:00:00Z"), std::nullopt)
      << "only the cancelled first date would be left";
  EXPECT_EQ(erase(Scope::this_one, "2026-03-09T08:00:00Z"), std::nullopt);
}

// A split leaves to each part the dates of the lists that belong to it.
TEST(EventEdit, SplitDividesTheSingleDatesBetweenTheParts) {
  const Json event =
      with(mondays(), "recurrence",
           json(R"(["RRULE:FREQ=WEEKLY;UNTIL=20260330T070000Z",)"
                R"("EXDATE:20260309T080000Z,20260323T080000Z","RDATE:20260304T080000Z"])"));
  const Edited split =
      must(edit(event, Scope::following, "2026-03-16T08:00:00Z", R"({"summary":"New"})"));
  EXPECT_EQ((*split.event)["recurrence"].dump(),
            R"(["RRULE:FREQ=WEEKLY;UNTIL=20260316T075959Z","EXDATE:20260309T080000Z",)"
            R"("RDATE:20260304T080000Z"])");
  EXPECT_EQ((*split.new_event)["recurrence"].dump(),
            R"(["RRULE:FREQ=WEEKLY;UNTIL=20260330T070000Z","EXDATE:20260323T080000Z"])");
  EXPECT_TRUE(split.is_part);
}

// The rule ended before the date at which the series is cut: its end stays as it is.
TEST(EventEdit, RuleThatEndedBeforeTheCutKeepsItsUntil) {
  const Json event = with(mondays(), "recurrence",
                          json(R"(["RRULE:FREQ=WEEKLY;UNTIL=20260309T080000Z",)"
                               R"("RDATE:20260401T070000Z,20260402T070000Z"])"));
  const Edited split =
      must(edit(event, Scope::following, "2026-04-02T07:00:00Z", R"({"summary":"Last"})"));
  EXPECT_EQ((*split.event)["recurrence"].dump(),
            R"(["RRULE:FREQ=WEEKLY;UNTIL=20260309T080000Z","RDATE:20260401T070000Z"])");
  const auto view = must(view_of(*split.new_event));
  std::vector<std::string> starts;
  for (const auto& instance : expand(view, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")))
    starts.push_back(occurrence_key(instance.start) + " " + instance.fields->summary);
  EXPECT_THAT(starts, ElementsAre("2026-04-02T07:00:00Z Last"));
}

}  // namespace
}  // namespace host::test
