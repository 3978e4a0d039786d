#include "src/engine/calendar/recurrence.hpp"

#include <gtest/gtest.h>

namespace gcal::calendar {
namespace {

using namespace std::chrono_literals;

TEST(RecurrenceTest, TheSameRuleWrittenDifferentlyIsNoChange) {  // S-28
  EXPECT_EQ(canonical({"RRULE:FREQ=WEEKLY;BYDAY=MO;INTERVAL=1"}),
            canonical({"rrule:byday=mo;freq=weekly;wkst=mo;"}));
  EXPECT_EQ(canonical({"EXDATE:1", "RRULE:FREQ=DAILY"}),
            canonical({"RRULE:FREQ=DAILY", "EXDATE:1"}));
  EXPECT_NE(canonical({"RRULE:FREQ=WEEKLY;INTERVAL=2"}), canonical({"RRULE:FREQ=WEEKLY"}));
  EXPECT_NE(canonical({"RRULE:FREQ=WEEKLY;INTERVAL=10"}), canonical({"RRULE:FREQ=WEEKLY"}));
}

const OriginalStart kTimed{false, std::chrono::sys_days{std::chrono::year{2025} / 3 / 27} + 8h};
const OriginalStart kDay{true, std::chrono::sys_days{std::chrono::year{2025} / 3 / 27}};

TEST(RecurrenceTest, AnEndedRuleKeepsTheOccurrenceBeforeTheCutAndLosesItsCount) {  // P-09
  EXPECT_EQ(ending_before({"RRULE:FREQ=DAILY;COUNT=10", "EXDATE:x"}, kTimed),
            (std::vector<std::string>{"RRULE:FREQ=DAILY;UNTIL=20250327T075959Z", "EXDATE:x"}));
  EXPECT_EQ(ending_before({"RRULE:FREQ=DAILY;UNTIL=20261231"}, kDay),
            std::vector<std::string>{"RRULE:FREQ=DAILY;UNTIL=20250326"});
  EXPECT_EQ(ending_before({"RDATE:20250101"}, kDay), std::vector<std::string>{"RDATE:20250101"});
}

TEST(RecurrenceTest, ARuleEndsBeforeAStartOnlyIfItsUntilSaysSo) {  // P-09
  EXPECT_TRUE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250327T075959Z"}, kTimed));
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250327T080000Z"}, kTimed));
  EXPECT_TRUE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250326"}, kDay));
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250327"}, kDay));
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250327"}, kTimed))
      << "the end of a day comes after every time of that day";
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;COUNT=1"}, kTimed));
  EXPECT_FALSE(ends_before({"RRULE:FREQ=DAILY;UNTIL=20250101", "RDATE:20300101"}, kDay));
  EXPECT_FALSE(ends_before({}, kDay));
  EXPECT_TRUE(ends_before(ending_before({"RRULE:FREQ=DAILY"}, kTimed), kTimed));
  EXPECT_TRUE(ends_before(ending_before({"RRULE:FREQ=DAILY"}, kDay), kDay));
}

}  // namespace
}  // namespace gcal::calendar
