// What a move of a whole series makes of its rule, its dates and its exceptions. The edit is a pure
// function on documents, so these tests need no database.
#include "src/host/crm/series_shift.hpp"

#include <chrono>

#include "src/common/icalendar/zone.hpp"
#include "src/host/crm/occurrences.hpp"
#include "src/host/crm/recurrence_lines.hpp"
#include "src/host/crm/series_edit.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;
using ::testing::ValuesIn;

constexpr const char* kCannotFollow =
    "recurrence: the days of this rule cannot follow the move; change the rule as well";

// A time or, when it has ten letters, a day.
Json when(const std::string& text, const std::string& zone = "Europe/Berlin") {
  if (text.size() == 10) return Json::object({{"date", text}});
  return Json::object({{"date_time", text}, {"time_zone", zone}});
}

Json event_at(const std::string& start, const std::string& end) {
  return Json::object({{"summary", "Series"}, {"start", when(start)}, {"end", when(end)}});
}

Json lines(std::initializer_list<const char*> texts) {
  Json list = Json::array();
  for (const char* text : texts) list.push(text);
  return list;
}

std::string joined(const Json& list) {
  std::string out;
  for (const Json& line : list.items()) out += (out.empty() ? "" : " ") + line.as_string();
  return out;
}

Result<Json> move_all(const Json& series, const Json& changes) {
  TRY(const Edited edited, edit_event(series, Scope::all, std::nullopt, changes));
  return *edited.event;
}

// Monday, 16 March 2026, 9:00 to 10:00 in Berlin, with this line; the move goes to `start`, which
// names a day (its time stays) or a whole time.
struct Move {
  const char* line;
  const char* start;
  const char* after;  // the line after the move, or "" when the rule cannot follow
};

void PrintTo(const Move& move, std::ostream* out) {
  *out << move.line << " to " << move.start;
}

class RuleMoves : public ::testing::TestWithParam<Move> {};

TEST_P(RuleMoves, NamedDaysFollowTheSeriesOrTheMoveIsRefused) {
  const Move& move = GetParam();
  const Json series = with(event_at("2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"),
                           "recurrence", lines({move.line}));
  const std::string start =
      std::string(move.start).size() > 10 ? move.start : move.start + std::string("T09:00:00");
  const auto instant = gcal::icalendar::to_instant(
      std::chrono::local_seconds(at(start.substr(0, 19) + "Z").time_since_epoch()),
      "Europe/Berlin");
  const auto moved = move_all(
      series, Json::object({{"start", to_json(EventTime{false, must(instant), "Europe/Berlin"})}}));
  if (*move.after == '\0') {
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().code, Code::invalid);
    EXPECT_EQ(moved.error().message, kCannotFollow);
    return;
  }
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(joined((*moved)["recurrence"]), move.after);
}

constexpr Move kMoves[] = {
    {"RRULE:FREQ=WEEKLY;BYDAY=MO,WE", "2026-03-17", "RRULE:FREQ=WEEKLY;BYDAY=TU,TH"},
    {"RRULE:FREQ=WEEKLY;BYDAY=SA,SU,MO", "2026-03-15", "RRULE:FREQ=WEEKLY;BYDAY=FR,SA,SU"},
    {"RRULE:FREQ=WEEKLY;BYDAY=MO", "2026-03-16T11:30:00", "RRULE:FREQ=WEEKLY;BYDAY=MO"},
    {"RRULE:FREQ=WEEKLY;BYDAY=MO;BYMONTH=3,6", "2026-03-19",
     "RRULE:FREQ=WEEKLY;BYDAY=TH;BYMONTH=3,6"},
    {"RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "2026-03-17",
     "RRULE:FREQ=DAILY;BYDAY=TU,WE,TH,FR,SA,SU,MO"},
    // The ordinal is that of the new date: the 24th is the fourth Tuesday and the last but one.
    {"RRULE:FREQ=MONTHLY;BYDAY=3MO", "2026-03-24", "RRULE:FREQ=MONTHLY;BYDAY=4TU"},
    {"RRULE:FREQ=MONTHLY;BYDAY=-3MO", "2026-03-24", "RRULE:FREQ=MONTHLY;BYDAY=-2TU"},
    {"RRULE:FREQ=MONTHLY;BYDAY=-3MO", "2026-03-31", "RRULE:FREQ=MONTHLY;BYDAY=-1TU"},
    {"RRULE:FREQ=MONTHLY;BYMONTHDAY=16", "2026-03-18", "RRULE:FREQ=MONTHLY;BYMONTHDAY=18"},
    {"RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=16", "2026-04-02",
     "RRULE:FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=2"},
    {"RRULE:FREQ=YEARLY;BYMONTH=3", "2026-04-02", "RRULE:FREQ=YEARLY;BYMONTH=4"},
    {"RRULE:FREQ=DAILY;BYMONTH=3", "2026-03-20", "RRULE:FREQ=DAILY;BYMONTH=3"},
    {"RRULE:FREQ=YEARLY;BYYEARDAY=75", "2026-03-16T08:00:00", "RRULE:FREQ=YEARLY;BYYEARDAY=75"},
    // UNTIL is the last start that belongs to the series; it moves on the wall clock, over the
    // change to summer time on the 29th.
    {"RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260330T070000Z", "2026-03-17T10:00:00",
     "RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20260331T080000Z"},
    {"RRULE:FREQ=WEEKLY;UNTIL=20260330", "2026-03-17", "RRULE:FREQ=WEEKLY;UNTIL=20260331T215959Z"},
    {"RRULE:FREQ=MONTHLY;BYDAY=2MO,3MO", "2026-03-17", ""},
    {"RRULE:FREQ=YEARLY;BYDAY=11MO", "2026-03-17", ""},
    {"RRULE:FREQ=MONTHLY;BYDAY=MO", "2026-03-17", ""},
    {"RRULE:FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "2026-03-17", ""},
    {"RRULE:FREQ=MONTHLY;BYMONTHDAY=16,20", "2026-03-17", ""},
    {"RRULE:FREQ=MONTHLY;BYMONTHDAY=-16", "2026-03-17", ""},
    {"RRULE:FREQ=DAILY;BYMONTH=3,6", "2026-04-02", ""},
    {"RRULE:FREQ=YEARLY;BYYEARDAY=75", "2026-03-17", ""},
    {"RRULE:FREQ=YEARLY;BYWEEKNO=12", "2026-03-17", ""},
    {"RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1", "2026-03-17", ""},
};
INSTANTIATE_TEST_SUITE_P(Kinds, RuleMoves, ValuesIn(kMoves));

TEST(SeriesShift, UntilChangesItsKindWithTheSeries) {
  const Json timed_series = with(event_at("2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"),
                                 "recurrence", lines({"RRULE:FREQ=WEEKLY;UNTIL=20260330T070000Z"}));
  const Json days = must(move_all(
      timed_series, Json::object({{"start", when("2026-03-16")}, {"end", when("2026-03-17")}})));
  EXPECT_EQ(joined(days["recurrence"]), "RRULE:FREQ=WEEKLY;UNTIL=20260330");

  const Json day_series = with(event_at("2026-03-16", "2026-03-17"), "recurrence",
                               lines({"RRULE:FREQ=DAILY;UNTIL=20260318"}));
  const Json times =
      must(move_all(day_series, Json::object({{"start", when("2026-03-16T09:00:00+01:00")},
                                              {"end", when("2026-03-16T10:00:00+01:00")}})));
  EXPECT_EQ(joined(times["recurrence"]), "RRULE:FREQ=DAILY;UNTIL=20260318T225959Z")
      << "the whole last day belongs to it";
}

TEST(SeriesShift, SingleDatesMoveOnTheWallClock) {
  const Json series =
      with(event_at("2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"), "recurrence",
           lines({"RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20260323T090000",
                  "EXDATE:20260330T070000Z", "RDATE;VALUE=DATE:20260318", "EXDATE:,"}));
  const Json moved =
      must(move_all(series, Json::object({{"start", when("2026-03-17T10:00:00+01:00")}})));
  EXPECT_EQ(joined(moved["recurrence"]),
            "RRULE:FREQ=WEEKLY EXDATE:20260324T090000Z EXDATE:20260331T080000Z "
            "RDATE:20260319T090000Z");

  const Json days = with(event_at("2026-03-16", "2026-03-17"), "recurrence",
                         lines({"RRULE:FREQ=WEEKLY", "RDATE;VALUE=DATE:20260320,20260321"}));
  EXPECT_EQ(
      joined(must(move_all(days, Json::object({{"start", when("2026-03-17")}})))["recurrence"]),
      "RRULE:FREQ=WEEKLY RDATE;VALUE=DATE:20260321,20260322");
}

// The rule has four Mondays; the second has a title of its own, the third also its own time, and
// the fourth is cancelled.
Json series_with_exceptions() {
  return with(with(event_at("2026-03-09T09:00:00+01:00", "2026-03-09T10:00:00+01:00"), "recurrence",
                   lines({"RRULE:FREQ=WEEKLY;COUNT=4"})),
              "occurrences", json(R"([
        {"original_start":{"date_time":"2026-03-16T08:00:00Z"},"event":{"summary":"Titled",
         "start":{"date_time":"2026-03-16T09:00:00+01:00","time_zone":"Europe/Berlin"},
         "end":{"date_time":"2026-03-16T10:00:00+01:00","time_zone":"Europe/Berlin"}}},
        {"original_start":{"date_time":"2026-03-23T08:00:00Z"},"event":{"summary":"Later",
         "start":{"date_time":"2026-03-24T14:00:00+01:00","time_zone":"Europe/Berlin"},
         "end":{"date_time":"2026-03-24T15:30:00+01:00","time_zone":"Europe/Berlin"}}},
        {"original_start":{"date_time":"2026-03-30T07:00:00Z"},"cancelled":true}])"));
}

// "2026-03-16T08:00:00Z cancelled" or "ORIGINAL: START - END SUMMARY", with times as written.
std::vector<std::string> exceptions_of(const Json& event) {
  std::vector<std::string> out;
  for (const Json& item : event["occurrences"].items()) {
    const auto text = [](const Json& time) {
      return time.contains("date") ? time.string("date") : time.string("date_time");
    };
    const std::string original = text(item["original_start"]);
    out.push_back(item["cancelled"].as_bool()
                      ? original + " cancelled"
                      : original + ": " + text(item["event"]["start"]) + " - " +
                            text(item["event"]["end"]) + " " + item["event"].string("summary"));
  }
  return out;
}

TEST(SeriesShift, ExceptionsMoveAlongAndKeepTheirOwnTimes) {
  const Json moved = must(move_all(series_with_exceptions(),
                                   Json::object({{"start", when("2026-03-10T11:00:00+01:00")},
                                                 {"end", when("2026-03-10T13:00:00+01:00")}})));
  EXPECT_THAT(
      exceptions_of(moved),
      ElementsAre(
          "2026-03-17T10:00:00Z: 2026-03-17T11:00:00+01:00 - 2026-03-17T13:00:00+01:00 Titled",
          "2026-03-24T10:00:00Z: 2026-03-25T16:00:00+01:00 - 2026-03-25T17:30:00+01:00 Later",
          "2026-03-31T09:00:00Z cancelled"));
}

TEST(SeriesShift, ExceptionsBecomeWholeDaysAndTimesWithTheirSeries) {
  const Json days =
      must(move_all(series_with_exceptions(),
                    Json::object({{"start", when("2026-03-10")}, {"end", when("2026-03-12")}})));
  EXPECT_THAT(exceptions_of(days),
              ElementsAre("2026-03-17: 2026-03-17 - 2026-03-19 Titled",
                          "2026-03-24: 2026-03-24 - 2026-03-26 Later", "2026-03-31 cancelled"));
  const Json times =
      must(move_all(days, Json::object({{"start", when("2026-03-10T15:00:00+01:00")},
                                        {"end", when("2026-03-10T15:30:00+01:00")}})));
  EXPECT_THAT(
      exceptions_of(times),
      ElementsAre(
          "2026-03-17T14:00:00Z: 2026-03-17T15:00:00+01:00 - 2026-03-17T15:30:00+01:00 Titled",
          "2026-03-24T14:00:00Z: 2026-03-24T15:00:00+01:00 - 2026-03-24T15:30:00+01:00 Later",
          "2026-03-31T13:00:00Z cancelled"));
}

// Nine o'clock in New York is 13:00 UTC from 8 March on. A date with a title of its own is at the
// time of the series and stays there; a time of its own is not changed by another zone.
TEST(SeriesShift, AnotherZoneTakesTheDatesOfTheSeriesAlong) {
  const Json moved = must(
      move_all(series_with_exceptions(),
               Json::object({{"start", when("2026-03-09T09:00:00-04:00", "America/New_York")}})));
  EXPECT_THAT(
      exceptions_of(moved),
      ElementsAre(
          "2026-03-16T13:00:00Z: 2026-03-16T09:00:00-04:00 - 2026-03-16T10:00:00-04:00 Titled",
          "2026-03-23T13:00:00Z: 2026-03-24T14:00:00+01:00 - 2026-03-24T15:30:00+01:00 Later",
          "2026-03-30T13:00:00Z cancelled"));
  EXPECT_TRUE(must(view_of(moved)).exceptions.begin()->first.instant == at("2026-03-16T13:00:00Z"));
}

std::vector<std::string> dates(const std::string& line, const EventTime& start) {
  std::vector<std::string> out;
  for (const EventTime& time : must(dates_of(must(gcal::icalendar::parse_line(line)), start)))
    out.push_back(occurrence_key(time));
  return out;
}

TEST(RecurrenceLines, DatesAreTheStartsOfOccurrences) {
  const EventTime berlin{false, at("2026-03-16T08:00:00Z"), "Europe/Berlin"};
  const EventTime day{true, at("2026-03-16T00:00:00Z"), ""};
  EXPECT_THAT(dates("EXDATE:20260323T090000,20260330T090000", berlin),
              ElementsAre("2026-03-23T08:00:00Z", "2026-03-30T07:00:00Z"));
  EXPECT_THAT(dates("EXDATE;TZID=\"America/New_York\":20260323T040000", berlin),
              ElementsAre("2026-03-23T08:00:00Z"));
  EXPECT_THAT(dates("EXDATE;VALUE=DATE:20260330", berlin), ElementsAre("2026-03-30T07:00:00Z"))
      << "the occurrence of that day";
  EXPECT_THAT(dates("RDATE;VALUE=PERIOD:20260323T080000Z/PT3H", berlin),
              ElementsAre("2026-03-23T08:00:00Z"));
  EXPECT_THAT(dates("RDATE:20260323T230000Z", day), ElementsAre("2026-03-23"));
  EXPECT_THAT(dates("RDATE;TZID=Mars/Base:20260323T090000", berlin),
              ElementsAre("2026-03-23T08:00:00Z"))
      << "an unknown zone is the series'";
  EXPECT_THAT(dates("RDATE:tomorrow,20260323T080000Z,", berlin),
              ElementsAre("2026-03-23T08:00:00Z"));
}

TEST(RecurrenceLines, UntilIsTheLastStartOnTheWallClock) {
  const EventTime berlin{false, at("2026-03-16T08:00:00Z"), "Europe/Berlin"};
  const EventTime day{true, at("2026-03-16T00:00:00Z"), ""};
  const auto until = [](const char* value, const EventTime& start) {
    return occurrence_key(
        {false, std::chrono::sys_seconds(must(until_of(value, start)).time_since_epoch()), ""});
  };
  EXPECT_EQ(until("20260330T070000Z", berlin), "2026-03-30T09:00:00Z");
  EXPECT_EQ(until("20260330T090000", berlin), "2026-03-30T09:00:00Z") << "without a zone";
  EXPECT_EQ(until("20260330", berlin), "2026-03-30T23:59:59Z");
  EXPECT_EQ(until("20260330T220000Z", day), "2026-03-30T00:00:00Z");
}

TEST(SeriesSpan, ReachesFromTheFirstToTheLastDateOfRuleAndLists) {
  const auto span = [](std::initializer_list<const char*> recurrence) {
    return span_of(
        must(view_of(with(event_at("2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"),
                          "recurrence", lines(recurrence)))));
  };
  const Span listed = span({"RDATE:20260310T080000Z,20260501T080000Z", "EXDATE:20270101T080000Z"});
  EXPECT_EQ(listed.first, at("2026-03-10T08:00:00Z"));
  EXPECT_EQ(listed.last, at("2026-05-01T09:00:00Z"));
  EXPECT_EQ(span({"RRULE:FREQ=WEEKLY;COUNT=3"}).last, at("2026-03-30T08:00:00Z"));
  EXPECT_EQ(span({"RRULE:FREQ=WEEKLY"}).last, std::nullopt);
}

TEST(SeriesSpan, ViewFarInTheFutureBeginsThereAndStillHasTheRightDates) {
  const auto view =
      must(view_of(with(event_at("2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"),
                        "recurrence", lines({"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"}))));
  std::vector<std::string> starts;
  for (const auto& instance : expand(view, at("2046-03-01T00:00:00Z"), at("2046-04-01T00:00:00Z")))
    starts.push_back(occurrence_key(instance.start));
  // 7,280 days, so 520 times two weeks, after 16 March 2026 comes 19 February 2046.
  EXPECT_THAT(starts, ElementsAre("2046-03-05T08:00:00Z", "2046-03-19T08:00:00Z"));
  const auto ended =
      must(view_of(with(event_at("2026-03-16T09:00:00+01:00", "2026-03-16T10:00:00+01:00"),
                        "recurrence", lines({"RRULE:FREQ=WEEKLY;UNTIL=20300101T000000Z"}))));
  EXPECT_TRUE(expand(ended, at("2046-03-01T00:00:00Z"), at("2046-04-01T00:00:00Z")).empty());
}

}  // namespace
}  // namespace host::test
