#include "src/common/icalendar/rule_starts.hpp"

#include <gtest/gtest.h>

#include "src/common/icalendar/rfc3339.hpp"

namespace gcal::icalendar {
namespace {

using namespace std::chrono_literals;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::year;

constexpr local_days kMonday{year{2025} / 3 / 24};

// The days of the first starts of a rule whose DTSTART is Monday, 2025-03-24 at 09:00.
std::vector<std::string> first_days(std::string_view rule, std::size_t count = 3,
                                    std::optional<local_seconds> until = std::nullopt) {
  const auto parsed = RecurrenceRule::parse(*parse_line("RRULE:" + std::string(rule)));
  if (!parsed) return {parsed.error().message};
  RuleStarts starts(*parsed, kMonday + 9h, false, until);
  std::vector<std::string> out;
  while (out.size() < count) {
    const auto start = starts.next();
    if (!start) break;
    EXPECT_EQ(*start - std::chrono::floor<std::chrono::days>(*start), 9h) << rule;
    out.push_back(format_date(Date{std::chrono::floor<std::chrono::days>(*start)}));
  }
  return out;
}

TEST(RuleStartsTest, AnOrdinalIsIgnoredInADayAndInAWeek) {  // decision 0024
  const std::vector<std::string> mondays{"2025-03-24", "2025-03-31", "2025-04-07"};
  EXPECT_EQ(first_days("FREQ=WEEKLY;BYDAY=1MO"), mondays);
  EXPECT_EQ(first_days("FREQ=DAILY;BYDAY=-1MO"), mondays);
  EXPECT_EQ(first_days("FREQ=MONTHLY;BYDAY=1MO"),
            (std::vector<std::string>{"2025-04-07", "2025-05-05", "2025-06-02"}));
}

TEST(RuleStartsTest, PartsThatTheStandardForbidsInAPlaceAreIgnored) {  // decision 0024
  EXPECT_EQ(first_days("FREQ=MONTHLY;BYYEARDAY=-1;BYMONTHDAY=-1"),
            (std::vector<std::string>{"2025-03-31", "2025-04-30", "2025-05-31"}));
  EXPECT_EQ(first_days("FREQ=WEEKLY;BYMONTHDAY=1,15;BYDAY=MO"),
            (std::vector<std::string>{"2025-03-24", "2025-03-31", "2025-04-07"}));
  EXPECT_EQ(first_days("FREQ=DAILY;BYWEEKNO=3"),
            (std::vector<std::string>{"2025-03-24", "2025-03-25", "2025-03-26"}));
}

// RFC 7529 section 4.1.
TEST(RuleStartsTest, ADayThatAMonthLacksIsLeftOutOrMovedAsSkipSays) {
  const auto days = [](std::string_view rule, local_days first, std::size_t count) {
    const auto parsed = RecurrenceRule::parse(*parse_line("RRULE:" + std::string(rule)));
    if (!parsed) return std::vector<std::string>{parsed.error().message};
    RuleStarts starts(*parsed, first, true);
    std::vector<std::string> out;
    for (auto start = starts.next(); start && out.size() < count; start = starts.next())
      out.push_back(format_date(Date{std::chrono::floor<std::chrono::days>(*start)}).substr(2));
    return out;
  };
  using Days = std::vector<std::string>;
  const local_days leap{year{2024} / 2 / 29};
  const local_days last{year{2024} / 1 / 31};
  const std::string scale = "RSCALE=GREGORIAN;";
  EXPECT_EQ(days(scale + "FREQ=YEARLY;SKIP=FORWARD", leap, 3),
            (Days{"24-02-29", "25-03-01", "26-03-01"}));
  EXPECT_EQ(days(scale + "FREQ=YEARLY;SKIP=BACKWARD", leap, 3),
            (Days{"24-02-29", "25-02-28", "26-02-28"}));
  EXPECT_EQ(days(scale + "FREQ=YEARLY;SKIP=OMIT", leap, 2), (Days{"24-02-29", "28-02-29"}));
  EXPECT_EQ(days("FREQ=YEARLY;SKIP=FORWARD", leap, 2), (Days{"24-02-29", "28-02-29"}));
  EXPECT_EQ(days(scale + "FREQ=MONTHLY;SKIP=FORWARD", last, 4),
            (Days{"24-01-31", "24-03-01", "24-03-31", "24-05-01"}));
  EXPECT_EQ(days(scale + "FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4", last, 9),
            (Days{"24-01-31", "24-02-29", "24-03-31", "24-04-30"}));
  EXPECT_EQ(days(scale + "FREQ=MONTHLY;BYMONTHDAY=1,31;SKIP=FORWARD", last, 4),
            (Days{"24-01-31", "24-02-01", "24-03-01", "24-03-31"}));
  EXPECT_EQ(days(scale + "FREQ=MONTHLY;INTERVAL=2;SKIP=BACKWARD;BYMONTHDAY=-31", last, 3),
            (Days{"24-03-01", "24-05-01", "24-07-01"}));
  EXPECT_EQ(days(scale + "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31;SKIP=FORWARD", last, 2),
            (Days{"24-05-01", "25-05-01"}));
  EXPECT_EQ(days(scale + "FREQ=YEARLY;BYYEARDAY=366;SKIP=BACKWARD", last, 2),
            (Days{"24-12-31", "25-12-31"}));
}

TEST(RuleStartsTest, CountAndUntilEndARule) {
  EXPECT_EQ(first_days("FREQ=DAILY;COUNT=2", 9).size(), 2u);
  EXPECT_EQ(first_days("FREQ=DAILY", 9, kMonday + std::chrono::days{1} + 9h).size(), 2u);
  EXPECT_EQ(first_days("FREQ=DAILY", 9, kMonday + std::chrono::days{1} + 9h - 1s).size(), 1u);
  EXPECT_EQ(first_days("FREQ=WEEKLY;BYDAY=1MO", 9, kMonday + std::chrono::days{7} + 9h).size(), 2u)
      << "walked without libical";
}

TEST(RuleStartsTest, SkippingLeavesTheLaterStartsAsTheyAre) {
  for (const char* text :
       {"FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;BYDAY=TU,SU", "FREQ=WEEKLY",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", "FREQ=WEEKLY;INTERVAL=5;BYDAY=SU"})
    for (const int ahead : {-3, 0, 1, 6, 13, 14, 1'000}) {
      const auto rule = RecurrenceRule::parse(*parse_line("RRULE:" + std::string(text)));
      RuleStarts whole(*rule, kMonday + 9h, false), skipping(*rule, kMonday + 9h, false);
      const local_seconds time = kMonday + std::chrono::days{ahead} + 10h;
      ASSERT_TRUE(skipping.skip_to(time));
      const auto behind = [&](RuleStarts& starts) {
        auto start = starts.next();
        while (start && *start < time) start = starts.next();
        return start;
      };
      EXPECT_EQ(behind(skipping), behind(whole)) << text << " " << ahead;
      for (int i = 0; i < 9; ++i) EXPECT_EQ(skipping.next(), whole.next()) << text << " " << ahead;
    }
}

TEST(RuleStartsTest, RulesThatNeverNameADayEndAtOnce) {
  for (const char* rule :
       {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "FREQ=MONTHLY;BYDAY=5FR;BYMONTHDAY=1",
        "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2"})
    EXPECT_EQ(first_days(rule), std::vector<std::string>{}) << rule;
}

TEST(RuleStartsTest, RulesThatCannotBeExpandedAreErrors) {
  for (const char* rule :
       {"", "FREQ=NEVER", "COUNT=3", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=3;UNTIL=20250401", "RSCALE=CHINESE;FREQ=YEARLY", "FREQ=HOURLY;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=6MO", "FREQ=YEARLY;BYDAY=-54MO"})
    EXPECT_FALSE(RecurrenceRule::parse(*parse_line("RRULE:" + std::string(rule)))) << rule;
}

}  // namespace
}  // namespace gcal::icalendar
