#include "src/engine/calendar/recurrence.hpp"

#include <gtest/gtest.h>

namespace gcal::calendar {
namespace {

using namespace std::chrono_literals;

TEST(Recurrence, GivenLinesAsCalendarsWriteThem_WhenChecked_ThenTheyPass) {
  for (const char* line :
       {"RRULE:FREQ=WEEKLY;BYDAY=MO,WE", "rrule:freq=daily;count=3;",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "EXDATE;TZID=Europe/Berlin:20250326T090000",
        "RDATE;VALUE=DATE:20250101,20250102", "EXRULE:FREQ=DAILY;INTERVAL=2",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR;X-VENDOR=1"})
    EXPECT_TRUE(check_recurrence_line(line)) << line;
}

TEST(Recurrence, P6_GivenHostileLines_WhenChecked_ThenEachIsRefused) {
  for (const std::string& line :
       {std::string("RRULE:FREQ=DAILY\r\nATTENDEE:x"), std::string("RRULE:"),
        std::string("RRULE:FREQ=NEVER"), std::string("RRULE:COUNT=3"),
        std::string("RRULE:FREQ=DAILY;COUNT=0"), std::string("RRULE:FREQ=DAILY;INTERVAL=0"),
        std::string("RRULE:FREQ=DAILY;COUNT=3;UNTIL=20250101"),
        std::string("RRULE:FREQ=DAILY;FREQ=WEEKLY"), std::string("RRULE:FREQ=DAILY;BYCENTURY=1"),
        std::string("RRULE:FREQ"), std::string("DTSTART:20250101"), std::string("nonsense"),
        std::string(), std::string("RRULE:FREQ=DAILY;COUNT=99999999999999999999"),
        "RDATE:" + std::string(70'000, '1')})
    EXPECT_FALSE(check_recurrence_line(line)) << line.substr(0, 60);
}

TEST(Recurrence, S28_GivenTheSameRuleWrittenDifferently_WhenCompared_ThenItIsNoChange) {
  EXPECT_EQ(canonical({"RRULE:FREQ=WEEKLY;BYDAY=MO;INTERVAL=1"}),
            canonical({"rrule:byday=mo;freq=weekly;wkst=mo;"}));
  EXPECT_EQ(canonical({"EXDATE:1", "RRULE:FREQ=DAILY"}),
            canonical({"RRULE:FREQ=DAILY", "EXDATE:1"}));
  EXPECT_NE(canonical({"RRULE:FREQ=WEEKLY;INTERVAL=2"}), canonical({"RRULE:FREQ=WEEKLY"}));
  EXPECT_NE(canonical({"RRULE:FREQ=WEEKLY;INTERVAL=10"}), canonical({"RRULE:FREQ=WEEKLY"}));
}

const OriginalStart kTimed{false, std::chrono::sys_days{std::chrono::year{2025} / 3 / 27} + 8h};
const OriginalStart kDay{true, std::chrono::sys_days{std::chrono::year{2025} / 3 / 27}};

TEST(Recurrence,
     P9_GivenACut_WhenTheRuleIsEnded_ThenTheLastOccurrenceBeforeItStaysAndCountGivesWay) {
  EXPECT_EQ(ending_before({"RRULE:FREQ=DAILY;COUNT=10", "EXDATE:x"}, kTimed),
            (std::vector<std::string>{"RRULE:FREQ=DAILY;UNTIL=20250327T075959Z", "EXDATE:x"}));
  EXPECT_EQ(ending_before({"RRULE:FREQ=DAILY;UNTIL=20261231"}, kDay),
            std::vector<std::string>{"RRULE:FREQ=DAILY;UNTIL=20250326"});
  EXPECT_EQ(ending_before({"RDATE:20250101"}, kDay), std::vector<std::string>{"RDATE:20250101"});
}

TEST(Recurrence,
     P9_GivenARuleWithAnEnd_WhenAskedForOccurrencesBehindIt_ThenOnlyCertainKnowledgeIsAYes) {
  EXPECT_TRUE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250327T075959Z"}, kTimed));
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250327T080000Z"}, kTimed));
  EXPECT_TRUE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250326"}, kDay));
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250327"}, kDay));
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250327"}, kTimed))
      << "a day's end lies behind every moment of it";
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;COUNT=1"}, kTimed));
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250101", "RDATE:20300101"}, kDay));
  EXPECT_FALSE(ends_before({}, kDay));
  EXPECT_TRUE(ends_before(ending_before({"RRULE:FREQ=DAILY"}, kTimed), kTimed));
  EXPECT_TRUE(ends_before(ending_before({"RRULE:FREQ=DAILY"}, kDay), kDay));
}

}  // namespace
}  // namespace gcal::calendar
