#include "src/engine/calendar/original_starts.hpp"

#include <gtest/gtest.h>

#include "src/common/icalendar/rfc3339.hpp"

namespace gcal::calendar {
namespace {

OriginalStart time(const char* text) {
  return {false, *icalendar::parse_rfc3339(text)};
}
OriginalStart day(const char* text) {
  return {true, std::chrono::sys_days{*icalendar::parse_date(text)}};
}

TEST(OriginalStarts, ADayInATimedSeriesIsTheOccurrenceOfThatDay) {  // P-08, P-12
  Series series;
  series.master.start =
      ZonedTime{*icalendar::parse_rfc3339("2027-03-22T09:30:00Z"), "Europe/Berlin"};
  series.occurrences[day("2027-03-29")].cancelled = true;
  series.occurrences[time("2027-04-05T08:30:00Z")].event.summary = "stays";
  series.occurrences[day("2027-04-05")].event.summary = "goes";
  align_original_starts(series);
  ASSERT_EQ(series.occurrences.size(), 2u);
  EXPECT_TRUE(series.occurrences.contains(time("2027-03-29T08:30:00Z")));
  EXPECT_EQ(series.occurrences.at(time("2027-04-05T08:30:00Z")).event.summary, "stays");
}

TEST(OriginalStarts, OfATimeInADayLongSeriesItsDayCounts) {  // P-08, P-11
  Series series;
  series.master.start = *icalendar::parse_date("2027-03-22");
  series.occurrences[time("2027-03-29T22:30:00Z")].cancelled = true;
  align_original_starts(series);
  ASSERT_EQ(series.occurrences.size(), 1u);
  EXPECT_TRUE(series.occurrences.contains(day("2027-03-29")));
  // Where the zone of the time is known, it is the day there.
  EXPECT_EQ(in_kind_of(series.master.start, time("2027-03-29T22:30:00Z"),
                       *icalendar::parse_date("2027-03-30")),
            day("2027-03-30"));
}

}  // namespace
}  // namespace gcal::calendar
