#include "src/engine/calendar/rule_dates.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gcal::calendar {
namespace {

using namespace std::chrono_literals;

Series with_lines(std::vector<std::string> lines) {
  Series series;
  const auto start = std::chrono::sys_days{std::chrono::year{2027} / 1 / 4} + 9h;
  series.master.start = ZonedTime{start, "Europe/Berlin"};
  series.master.end = ZonedTime{start + 1h, "Europe/Berlin"};
  series.recurrence = std::move(lines);
  return series;
}

TEST(RuleDates, ARuleThatOnlyEndsEarlierIsKnownAsSuch) {
  const auto earlier = [](std::vector<std::string> before, std::vector<std::string> after) {
    return only_ends_earlier(with_lines(std::move(before)), with_lines(std::move(after)));
  };
  const std::string until = "RRULE:FREQ=WEEKLY;UNTIL=20270118T225959Z";
  EXPECT_TRUE(earlier({"RRULE:FREQ=WEEKLY"}, {until}));
  EXPECT_TRUE(earlier({"RRULE:FREQ=WEEKLY;COUNT=10"}, {until}));
  EXPECT_TRUE(earlier({"RRULE:FREQ=WEEKLY;UNTIL=20270301T225959Z"}, {until}));
  EXPECT_TRUE(earlier({"RRULE:FREQ=WEEKLY;INTERVAL=1;WKST=MO"}, {until})) << "the same rule";
  EXPECT_FALSE(earlier({"RRULE:FREQ=WEEKLY;COUNT=2"}, {until})) << "it ends later";
  EXPECT_FALSE(earlier({"RRULE:FREQ=WEEKLY;UNTIL=20270110T225959Z"}, {until}));
  EXPECT_FALSE(earlier({"RRULE:FREQ=WEEKLY;INTERVAL=2"}, {until})) << "other dates";
  EXPECT_FALSE(earlier({"RRULE:FREQ=WEEKLY"}, {"RRULE:FREQ=WEEKLY;COUNT=3"})) << "no UNTIL";
  EXPECT_FALSE(earlier({"RRULE:FREQ=WEEKLY"}, {until, "RDATE:20270105T090000Z"}));
  EXPECT_FALSE(earlier({"RRULE:FREQ=WEEKLY", "EXDATE:20270111T090000Z"}, {until}));
  EXPECT_FALSE(earlier({"RRULE:FREQ=HOURLY;COUNT=9"}, {"RRULE:FREQ=HOURLY;UNTIL=20270104T150000Z"}))
      << "not understood";
  Series moved = with_lines({until});
  std::get<ZonedTime>(moved.master.start).instant += 1h;
  EXPECT_FALSE(only_ends_earlier(with_lines({"RRULE:FREQ=WEEKLY"}), moved));
}

TEST(RuleDates, ListedDatesAreTakenFromTheirLine) {
  const Series series =
      with_lines({"RRULE:FREQ=WEEKLY;COUNT=2", "RDATE;TZID=Europe/Berlin:20270201T100000",
                  "RDATE:20270202T090000Z,20270203T090000Z"});
  const auto day = std::chrono::sys_days{std::chrono::year{2027} / 2 / 1};
  const std::set<OriginalStart> gone{{false, day + 9h}, {false, day + 24h + 9h}};
  EXPECT_EQ(without_listed_dates(series, gone),
            (std::vector<std::string>{"RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20270203T090000Z"}));
  EXPECT_EQ(without_listed_dates(series, {}), series.recurrence);
}

}  // namespace
}  // namespace gcal::calendar
