#include "src/engine/calendar/time_zone.hpp"

#include <gtest/gtest.h>

namespace gcal::calendar {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

TEST(TimeZone, GivenRfc3339Texts_WhenReadAndWritten_ThenTheInstantStays) {
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

TEST(TimeZone, GivenTextsThatAreNoTime_WhenRead_ThenEachIsAnError) {
  for (const char* text :
       {"", "2025-03-24", "2025-03-24T07:30:00", "2025-02-30T00:00:00Z", "2025-03-24T24:00:00Z",
        "2025-03-24T07:60:00Z", "2025-03-24T07:30:00+25:00", "2025-03-24 07:30:00Z",
        "2025-3-24T07:30:00Z", "2025-03-24T07:30:00Zx", "-025-03-24T07:30:00Z",
        "2025-03-24T07:30:00+1400"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(TimeZone, P12_GivenTheNightWithoutAnHour_WhenALocalTimeIsRead_ThenItMovesForwardByTheGap) {
  EXPECT_EQ(*parse_local("2025-03-30T02:30:00", "Europe/Berlin"),
            sys_days{year{2025} / 3 / 30} + 1h + 30min);  // 03:30 summer time
}

TEST(TimeZone, P12_GivenTheNightWithADoubledHour_WhenALocalTimeIsRead_ThenItIsTheFirst) {
  EXPECT_EQ(*parse_local("2025-10-26T02:30:00", "Europe/Berlin"),
            sys_days{year{2025} / 10 / 26} + 30min);
  EXPECT_EQ(*parse_local("2025-10-26T03:00:00", "Europe/Berlin"),
            sys_days{year{2025} / 10 / 26} + 2h);
}

TEST(TimeZone,
     P12_GivenZonesOfBothHemispheresAndOddOffsets_WhenInstantsGoThereAndBack_ThenTheyAreEqual) {
  for (const char* zone :
       {"Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu",
        "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns"})
    for (auto instant = std::chrono::sys_seconds{sys_days{year{2025} / 1 / 1}};
         instant < sys_days{year{2026} / 1 / 1}; instant += 7h + 13min)
      ASSERT_EQ(*parse_rfc3339(format_rfc3339(instant, zone)), instant) << zone;
}

TEST(TimeZone,
     P12_GivenNamesOfZones_WhenLookedUp_ThenWindowsNamesAreMappedAndUnknownOnesAreNeverUtc) {
  EXPECT_EQ(*iana_zone("Europe/Berlin"), "Europe/Berlin");
  EXPECT_EQ(*iana_zone("W. Europe Standard Time"), "Europe/Berlin");
  EXPECT_TRUE(iana_zone("Europe/Kyiv"));
  for (const char* name : {"", "Mars/Olympus", "../../etc/passwd", "europe", "GMT+25"})
    EXPECT_FALSE(iana_zone(name)) << name;
}

TEST(TimeZone, P11_GivenDates_WhenReadAndWritten_ThenTheyAreEqualAndImpossibleOnesAreErrors) {
  EXPECT_EQ(format_date(*parse_date("2024-02-29")), "2024-02-29");
  for (const char* text :
       {"2025-02-29", "2025-13-01", "2025-00-10", "2025-1-1", "20250101", "2025-01-01T", ""})
    EXPECT_FALSE(parse_date(text)) << text;
}

}  // namespace
}  // namespace gcal::calendar
