#include "src/common/icalendar/rfc3339.hpp"

#include <gtest/gtest.h>

namespace gcal::icalendar {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

TEST(Rfc3339Test, TimesAreReadAndWrittenAsTheSameInstant) {
  EXPECT_EQ(*parse_rfc3339("2025-03-24T07:30:00-05:00"),
            sys_days{year{2025} / 3 / 24} + 12h + 30min);
  EXPECT_EQ(*parse_rfc3339("2025-03-24T12:30:00.123Z"),
            sys_days{year{2025} / 3 / 24} + 12h + 30min);
  EXPECT_EQ(format_rfc3339(sys_days{year{2025} / 3 / 24} + 12h + 30min, "America/Chicago"),
            "2025-03-24T07:30:00-05:00");
  EXPECT_EQ(format_rfc3339(sys_days{year{2025} / 3 / 24}, "UTC"), "2025-03-24T00:00:00Z");
  EXPECT_EQ(format_rfc3339(sys_days{year{2025} / 7 / 1}, "Asia/Kathmandu"),
            "2025-07-01T05:45:00+05:45");
}

TEST(Rfc3339Test, TextsThatAreNoTimeAreErrors) {
  for (const char* text :
       {"", "2025-03-24", "2025-03-24T07:30:00", "2025-02-30T00:00:00Z", "2025-03-24T24:00:00Z",
        "2025-03-24T07:60:00Z", "2025-03-24T07:30:61Z", "2025-03-24T07:30:00+24:00",
        "2025-03-24 07:30:00Z", "2025-3-24T07:30:00Z", "2025-03-24T07:30:00Zx",
        "-025-03-24T07:30:00Z", "2025-03-24T07:30:00+1400"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Rfc3339Test, ALeapSecondIsTheSecondBeforeItAndOffsetsMayBeLarge) {
  EXPECT_EQ(*parse_rfc3339("2016-12-31T23:59:60Z"), *parse_rfc3339("2016-12-31T23:59:59Z"));
  EXPECT_EQ(*parse_rfc3339("2027-01-12T10:00:00+15:30"), *parse_rfc3339("2027-01-11T18:30:00Z"));
}

// The clocks of 1890 were ahead by minutes and seconds; beside the years 1 and 9999 UTC has a year
// that the notation lacks.
TEST(Rfc3339Test, EveryInstantOfTheCalendarIsReadAsItWasWritten) {  // P-12
  for (const char* text :
       {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00-12:00",
        "1880-05-05T05:05:05Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"})
    for (const char* zone :
         {"UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu"}) {
      const std::chrono::sys_seconds instant = *parse_rfc3339(text);
      const std::string written = format_rfc3339(instant, zone);
      ASSERT_TRUE(parse_rfc3339(written)) << text << ' ' << zone << ' ' << written;
      EXPECT_EQ(*parse_rfc3339(written), instant) << text << ' ' << zone << ' ' << written;
    }
}

TEST(Rfc3339Test, DatesAreReadAndWrittenAndImpossibleOnesAreErrors) {  // P-11
  EXPECT_EQ(format_date(*parse_date("2024-02-29")), "2024-02-29");
  for (const char* text :
       {"2025-02-29", "2025-13-01", "2025-00-10", "2025-1-1", "20250101", "2025-01-01T", ""})
    EXPECT_FALSE(parse_date(text)) << text;
}

}  // namespace
}  // namespace gcal::icalendar
