#include "src/common/icalendar/zone.hpp"

#include <gtest/gtest.h>

#include "src/common/icalendar/rfc3339.hpp"

namespace gcal::icalendar {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

TEST(ZoneTest, LocalTimeInAGapMovesForwardByTheGap) {  // P-12
  EXPECT_EQ(*parse_local("2025-03-30T02:30:00", "Europe/Berlin"),
            sys_days{year{2025} / 3 / 30} + 1h + 30min);  // 03:30 summer time
}

TEST(ZoneTest, LocalTimeThatComesTwiceIsTheFirst) {  // P-12
  EXPECT_EQ(*parse_local("2025-10-26T02:30:00", "Europe/Berlin"),
            sys_days{year{2025} / 10 / 26} + 30min);
  EXPECT_EQ(*parse_local("2025-10-26T03:00:00", "Europe/Berlin"),
            sys_days{year{2025} / 10 / 26} + 2h);
}

TEST(ZoneTest, InstantsSurviveBeingWrittenInZonesOfBothHemispheres) {  // P-12
  for (const char* zone :
       {"Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu",
        "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/St_Johns"})
    for (auto instant = std::chrono::sys_seconds{sys_days{year{2025} / 1 / 1}};
         instant < sys_days{year{2026} / 1 / 1}; instant += 7h + 13min)
      ASSERT_EQ(*parse_rfc3339(format_rfc3339(instant, zone)), instant) << zone;
}

TEST(ZoneTest, WindowsNamesAreMappedAndUnknownNamesAreErrors) {  // P-12
  EXPECT_EQ(*iana_zone("Europe/Berlin"), "Europe/Berlin");
  EXPECT_EQ(*iana_zone("W. Europe Standard Time"), "Europe/Berlin");
  EXPECT_TRUE(iana_zone("Europe/Kyiv"));
  for (const char* name :
       {"", "Mars/Olympus", "../../etc/passwd", "europe", "GMT+25", "Etc/Unknown", "Asia/Nowhere",
        "Customized Time Zone", "tzone://Microsoft/Custom", "+", "(UTC+01:00", "GMT+00:20"})
    EXPECT_FALSE(iana_zone(name)) << name;
}

TEST(ZoneTest, NamesOfAKnownMeaningAreZonesInEverySpelling) {  // P-12
  const std::pair<const char*, const char*> kNames[] = {
      {"europe/berlin", "Europe/Berlin"},
      {"AMERICA/NEW YORK", "America/New_York"},
      {"\"Europe/Berlin\"", "Europe/Berlin"},
      {"w. europe standard time", "Europe/Berlin"},
      {"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"},
      {"(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"},
      {"/freeassociation.sourceforge.net/Europe/Paris", "Europe/Paris"},
      {"/freeassociation.sourceforge.net/Tzfile/Europe/Paris", "Europe/Paris"},
      {"/citadel.org/20211207_1/America/Indiana/Knox", "America/Indiana/Knox"},
      {"tzone://Microsoft/Utc", "UTC"},
      {"utc", "UTC"},
      {"Z", "UTC"},
      {"z", "UTC"},
      {"GMT+2", "Etc/GMT-2"},
      {"GMT+02:00", "Etc/GMT-2"},
      {"GMT+0200", "Etc/GMT-2"},
      {"UTC+02:00", "Etc/GMT-2"},
      {"+02:00", "Etc/GMT-2"},
      {"utc-11", "Etc/GMT+11"},
      {"GMT+5:30", "Asia/Kolkata"},
      {"(UTC+05:45)", "Asia/Kathmandu"},
      {"-09:30", "Pacific/Marquesas"},
      {"Eastern Standard Time (Mexico)", "America/Cancun"},
      {"Line Islands Standard Time", "Pacific/Kiritimati"}};
  for (const auto& [name, zone] : kNames) {
    const auto found = iana_zone(name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(Zone::find(*found)->offset(sys_days{year{2027} / 1 / 12}),
              Zone::find(zone)->offset(sys_days{year{2027} / 1 / 12}))
        << name << ' ' << *found;
    EXPECT_EQ(*found, zone) << name;
  }
}

TEST(ZoneTest, OnlyIanaNamesAreZones) {
  for (const char* name : {"Europe/Berlin", "Europe/Kyiv", "UTC", "Etc/GMT+5"})
    EXPECT_TRUE(is_zone(name)) << name;
  for (const std::string& name :
       {std::string(), std::string("W. Europe Standard Time"), std::string("Mars/Olympus"),
        std::string("../../etc/passwd"), "Europe/" + std::string(100, 'x')})
    EXPECT_FALSE(is_zone(name)) << name;
}

TEST(ZoneTest, ConversionsInAnUnknownZoneAreErrors) {
  EXPECT_EQ(to_local(std::chrono::sys_seconds{}, "Mars/Olympus").error().code, Code::invalid);
  EXPECT_EQ(to_instant(std::chrono::local_seconds{}, "").error().code, Code::invalid);
}

// The system's zone files end in 2037; the instants are those of the rule in their footer.
TEST(ZoneTest, ClocksChangeAfter2037AsInTheYearsBefore) {
  struct Sample {
    const char* zone;
    const char* text;
  };
  for (const auto& [zone, text] : {Sample{"Europe/Berlin", "2037-07-01T09:00:00+02:00"},
                                   Sample{"Europe/Berlin", "2038-01-01T09:00:00+01:00"},
                                   Sample{"Europe/Berlin", "2040-03-25T01:59:59+01:00"},
                                   Sample{"Europe/Berlin", "2040-03-25T03:00:00+02:00"},
                                   Sample{"Europe/Berlin", "2040-10-28T03:00:00+01:00"},
                                   Sample{"Europe/Berlin", "2099-07-01T09:00:00+02:00"},
                                   Sample{"America/New_York", "2044-02-29T09:00:00-05:00"},
                                   Sample{"America/New_York", "2044-03-13T03:00:00-04:00"},
                                   Sample{"Australia/Sydney", "2041-01-15T09:00:00+11:00"},
                                   Sample{"Australia/Sydney", "2041-07-15T09:00:00+10:00"},
                                   Sample{"Europe/Moscow", "2038-07-01T09:00:00+03:00"},
                                   Sample{"America/Sao_Paulo", "2038-12-01T09:00:00-03:00"}}) {
    EXPECT_EQ(format_rfc3339(*parse_rfc3339(text), zone), text) << zone;
    EXPECT_EQ(*parse_local(std::string_view(text).substr(0, 19), zone), *parse_rfc3339(text))
        << zone << ' ' << text;
  }
}

TEST(ZoneTest, ClockChangesAfter2037HaveTheirGapAndTheirDoubledHour) {
  EXPECT_EQ(format_rfc3339(*parse_local("2040-03-25T02:30:00", "Europe/Berlin"), "Europe/Berlin"),
            "2040-03-25T03:30:00+02:00");
  EXPECT_EQ(format_rfc3339(*parse_local("2040-10-28T02:30:00", "Europe/Berlin"), "Europe/Berlin"),
            "2040-10-28T02:30:00+02:00");
}

}  // namespace
}  // namespace gcal::icalendar
