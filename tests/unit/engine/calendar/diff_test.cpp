#include "src/engine/calendar/diff.hpp"

#include <gtest/gtest.h>

#include "src/engine/calendar/event_json.hpp"

namespace gcal::calendar {
namespace {

using namespace std::chrono_literals;

Series sample() {
  Series series;
  series.master.summary = "s";
  series.master.start = ZonedTime{std::chrono::sys_seconds{1'800'000'000s}, "Europe/Berlin"};
  series.master.end = ZonedTime{std::chrono::sys_seconds{1'800'003'600s}, "Europe/Berlin"};
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=5"};
  Attendee guest;
  guest.email = "g@example.com";
  series.master.attendees = {guest};
  series.master.reminders = std::vector{Reminder{"popup", 10}, Reminder{"email", 60}};
  Occurrence moved;
  moved.event = series.master;
  moved.event.location = "elsewhere";
  series.occurrences[{false, std::chrono::sys_seconds{1'800'604'800s}}] = moved;
  return series;
}

TEST(Diff, EachChangedFieldIsFoundAndCanBeCopied) {  // S-27
  const auto change = [](Series& series, Field field) {
    Event& event = series.master;
    switch (field) {
      case Field::summary: event.summary = "x"; break;
      case Field::description: event.description = "x"; break;
      case Field::location: event.location = "x"; break;
      case Field::schedule: std::get<ZonedTime>(event.end).zone = "UTC"; break;
      case Field::status: event.status = Status::tentative; break;
      case Field::transparency: event.transparency = Transparency::transparent; break;
      case Field::visibility: event.visibility = Visibility::private_; break;
      case Field::color: event.color = "3"; break;
      case Field::attendees: event.attendees[0].partstat = PartStat::accepted; break;
      case Field::reminders: event.reminders.reset(); break;
    }
  };
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const Field field = static_cast<Field>(i);
    const Series before = sample();
    Series after = sample();
    change(after, field);
    EXPECT_EQ(changed(before, after), FieldSet{}.set(i)) << i;
    Series copied = before;
    copy(copied, after, field);
    EXPECT_TRUE(changed(copied, after).none()) << i;
  }
}

TEST(Diff, OrderSpellingAndFactsAreNoChange) {  // S-28
  const Series before = sample();
  Series after = sample();
  std::swap((*after.master.reminders)[0], (*after.master.reminders)[1]);
  after.master.attendees[0].email = " G@EXAMPLE.com";
  after.master.attendees[0].comment = "a fact of the copy";
  after.recurrence = {"rrule:count=5;freq=weekly;interval=1"};
  after.facts.html_link = "https://example.com";
  EXPECT_TRUE(changed(before, after).none());
}

TEST(Diff, OccurrencesBelongToTheScheduleWithoutCancelledContent) {  // P-08
  const Series before = sample();
  Series after = sample();
  after.occurrences.begin()->second.event.location = "nowhere";
  EXPECT_TRUE(changed(before, after)[index(Field::schedule)]);
  Series a = sample(), b = sample();
  a.occurrences.begin()->second.cancelled = b.occurrences.begin()->second.cancelled = true;
  b.occurrences.begin()->second.event = {};
  EXPECT_TRUE(changed(a, b).none());
}

TEST(Diff, OccurrencesAreFoundComparedAndSet) {
  Series series = sample();
  const OriginalStart start = series.occurrences.begin()->first;
  const Occurrence moved = series.occurrences.begin()->second;
  ASSERT_TRUE(find_occurrence(series, start));
  EXPECT_TRUE(equal_occurrence(find_occurrence(series, start), &moved));
  EXPECT_FALSE(equal_occurrence(&moved, nullptr));
  set_occurrence(series, start, nullptr);
  EXPECT_FALSE(find_occurrence(series, start));
  EXPECT_TRUE(equal_occurrence(find_occurrence(series, start), nullptr));
  set_occurrence(series, start, &moved);
  EXPECT_EQ(series, sample());
}

TEST(EventJson, ASeriesSurvivesARoundTrip) {
  Series series = sample();
  series.facts.ical_uid = "u";
  series.facts.organized_by_self = false;
  series.facts.type = EventType::focus_time;
  series.occurrences[{false, std::chrono::sys_seconds{1'801'209'600s}}].cancelled = true;
  const auto read = series_from_json(to_json(series));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, series);
  Series all_day = series;
  all_day.master.start = Date{std::chrono::year{2025} / 2 / 28};
  all_day.master.end = Date{std::chrono::year{2025} / 3 / 1};
  all_day.occurrences.clear();
  EXPECT_EQ(*series_from_json(to_json(all_day)), all_day);
}

TEST(EventJson, DamagedDocumentsAreErrors) {
  const base::Json good = to_json(sample());
  const base::Json wrong[] = {base::Json(), base::Json(7), base::Json("text"),
                              base::Json::array({base::Json(1)}), base::Json::object({{"x", 1}})};
  for (const auto& [name, value] : good.members())
    for (const base::Json& other : wrong) {
      base::Json damaged = good;
      damaged.set(name, other);
      const auto read = series_from_json(damaged);
      EXPECT_TRUE(read || !read.error().message.empty()) << name;
    }
  EXPECT_FALSE(series_from_json(base::Json()));
  EXPECT_FALSE(series_from_json(base::Json::object()));
}

TEST(EventJson, TimesThatContradictEachOtherAreNamed) {
  const auto message = [](const char* members) {
    const auto read = series_from_json(*base::Json::parse(members));
    return read ? "" : read.error().message;
  };
  EXPECT_EQ(
      message(R"({"start":{"date":"2026-03-01"},"end":{"date_time":"2026-03-02T00:00:00Z"}})"),
      "start and end are both dates or both times");
  for (const char* times : {R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-01"}})",
                            R"({"start":{"date_time":"2026-03-01T01:00:00Z"},)"
                            R"("end":{"date_time":"2026-03-01T00:00:00Z"}})"})
    EXPECT_EQ(message(times), "an appointment ends after it starts") << times;
  EXPECT_EQ(message(R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"},)"
                    R"("recurrence":["RRULE:FREQ=DAILY"],"occurrences":[)"
                    R"({"original_start":{"date":"2026-03-02"},"cancelled":true},)"
                    R"({"original_start":{"date":"2026-03-02"},"cancelled":true}]})"),
            "occurrences: one original start occurs twice");
}

}  // namespace
}  // namespace gcal::calendar
