// Definitions of zones as another reader understands them: libical with nothing but our lines gives
// the wall clocks of tzdata.
#include "src/common/icalendar/vtimezone.hpp"

#include <gmock/gmock.h>

#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/zone.hpp"
#include "tests/unit/engine/invitations/invitation_samples.hpp"

namespace gcal::invitations {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

struct ZoneFree {
  void operator()(icaltimezone* zone) const { icaltimezone_free(zone, 1); }
};

std::unique_ptr<icaltimezone, ZoneFree> read_zone(const std::string& lines) {
  icalcomponent* component = icalparser_parse_string(lines.c_str());
  std::unique_ptr<icaltimezone, ZoneFree> zone(icaltimezone_new());
  EXPECT_NE(icaltimezone_set_component(zone.get(), component), 0) << lines;
  return zone;
}

seconds offset_in(icaltimezone* zone, sys_seconds instant) {
  icaltimetype time = icaltime_from_timet_with_zone(
      static_cast<time_t>(instant.time_since_epoch().count()), 0, nullptr);
  int daylight = 0;
  return seconds{icaltimezone_get_utc_offset_of_utc_time(zone, &time, &daylight)};
}

class WrittenZone : public testing::TestWithParam<const char*> {};

TEST_P(WrittenZone, ShowsTheClocksOfTenYears) {  // I-31
  const icalendar::Zone zone = *icalendar::Zone::find(GetParam());
  for (const int first_year : {2012, 2026, 2034}) {
    const sys_seconds first = sys_days{year{first_year} / 12 / 10};
    // The system's files end with 2037; changes that follow no rule are not known after it.
    const sys_seconds horizon =
        std::min<sys_seconds>(first + days{3'653}, sys_days{year{2038} / 1 / 1});
    const std::string lines = icalendar::vtimezone(GetParam(), first, horizon);
    const auto read = read_zone(lines);
    sys_seconds last = first;
    for (sys_seconds at = first; at < horizon; at += days{1}) {
      if (zone.offset(at) == zone.offset(last)) {
        last = at;
        continue;
      }
      // A change of the clocks: it comes in the same second.
      sys_seconds before = last, after = at;
      while (after - before > seconds{1}) {
        const sys_seconds middle = before + (after - before) / 2;
        (zone.offset(middle) == zone.offset(before) ? before : after) = middle;
      }
      EXPECT_EQ(offset_in(read.get(), before), zone.offset(before))
          << lines << before.time_since_epoch().count();
      EXPECT_EQ(offset_in(read.get(), after), zone.offset(after))
          << lines << after.time_since_epoch().count();
      last = at;
    }
    for (sys_seconds at = first; at < horizon; at += days{30})
      EXPECT_EQ(offset_in(read.get(), at), zone.offset(at))
          << lines << at.time_since_epoch().count();
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, WrittenZone,
    testing::Values("Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Istanbul",
                    "Europe/Moscow", "Europe/Chisinau", "America/New_York", "America/St_Johns",
                    "America/Sao_Paulo", "America/Santiago", "America/Havana", "America/Asuncion",
                    "Africa/Cairo", "Africa/Casablanca", "Asia/Jerusalem", "Asia/Beirut",
                    "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney", "Australia/Lord_Howe",
                    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Etc/GMT+5"));

TEST(WrittenZones, HoldOnlyWhatIsInForce) {  // I-31
  const sys_seconds first = sys_days{year{2026} / 12 / 10};
  for (const std::string& name : icalendar::zone_names()) {
    const std::string lines = icalendar::vtimezone(name, first, first + days{3'653});
    EXPECT_LT(lines.size(), 1'200u) << lines;
    EXPECT_THAT(lines, testing::StartsWith("BEGIN:VTIMEZONE\r\nTZID:" + name + "\r\n"));
    EXPECT_EQ(lines.find("1893"), std::string::npos);
  }
}

TEST(WrittenZones, AnUnknownZoneHasNone) {
  EXPECT_EQ(icalendar::vtimezone("Europe/Nowhere", {}, {}), "");
  EXPECT_TRUE(icalendar::is_utc("Etc/UTC"));
  EXPECT_FALSE(icalendar::is_utc("Europe/London"));
}

}  // namespace
}  // namespace gcal::invitations
