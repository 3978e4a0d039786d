#include "src/common/icalendar/recurrence_text.hpp"

#include <gtest/gtest.h>

namespace gcal::icalendar {
namespace {

using namespace std::chrono_literals;

TEST(RecurrenceTextTest, LinesAsCalendarsWriteThemPass) {
  for (const char* line :
       {"RRULE:FREQ=WEEKLY;BYDAY=MO,WE", "rrule:freq=daily;count=3;",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "EXDATE;TZID=Europe/Berlin:20250326T090000",
        "RDATE;VALUE=DATE:20250101,20250102", "EXRULE:FREQ=DAILY;INTERVAL=2",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR;X-VENDOR=1", "RRULE:FREQ=WEEKLY; BYDAY=MO, WE",
        "RRULE:RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD", "RRULE:RSCALE=HEBREW;FREQ=DAILY",
        "EXDATE:"})
    EXPECT_TRUE(check_line(line)) << line;
}

TEST(RecurrenceTextTest, HostileLinesAreRefused) {  // P-06
  for (const std::string& line :
       {std::string("RRULE:FREQ=DAILY\r\nATTENDEE:x"), std::string("RRULE:"),
        std::string("RRULE:FREQ=NEVER"), std::string("RRULE:COUNT=3"),
        std::string("RRULE:FREQ=DAILY;COUNT=0"), std::string("RRULE:FREQ=DAILY;INTERVAL=0"),
        std::string("RRULE:FREQ=DAILY;COUNT=3;UNTIL=20250101"),
        std::string("RRULE:FREQ=DAILY;FREQ=WEEKLY"), std::string("RRULE:FREQ=DAILY;BYCENTURY=1"),
        std::string("RRULE:RSCALE=HEBREW;FREQ=YEARLY"),
        std::string("RRULE:RSCALE=CHINESE;FREQ=DAILY;BYMONTH=2"),
        std::string("RRULE:FREQ=YEARLY;SKIP=PERHAPS"), std::string("RRULE:FREQ"),
        std::string("DTSTART:20250101"), std::string("nonsense"), std::string(),
        std::string("RRULE:FREQ=DAILY;COUNT=99999999999999999999"),
        "RDATE:" + std::string(1'100'000, '1')})
    EXPECT_FALSE(check_line(line)) << line.substr(0, 60);
}

TEST(RecurrenceTextTest, ALineIsTakenApartAndPutTogether) {
  const auto line = parse_line("exdate;VALUE=DATE-TIME;TZID=Europe/Berlin:20250326T090000");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->name, "EXDATE");
  EXPECT_EQ(line->zone(), "Europe/Berlin");
  EXPECT_EQ(line->value, "20250326T090000");
  EXPECT_FALSE(line->is_rule());
  EXPECT_EQ(line->text(), "EXDATE;VALUE=DATE-TIME;TZID=Europe/Berlin:20250326T090000");
  EXPECT_EQ(parse_line("RDATE;tzid=UTC:1")->zone(), "UTC");
  EXPECT_FALSE(parse_line("RDATE:20250101")->zone());
  EXPECT_EQ(parse_line("RDATE;TZID=:20250101")->zone(), "");
}

TEST(RecurrenceTextTest, PartsOfARuleAreFoundReplacedAndRemoved) {
  RuleParts parts = parse_rule("freq=weekly;;BYDAY=mo,we;COUNT=3;");
  EXPECT_EQ(format_rule(parts), "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3");
  EXPECT_EQ(*find_part(parts, "BYDAY"), "MO,WE");
  EXPECT_EQ(find_part(parts, "UNTIL"), nullptr);
  set_part(parts, "BYDAY", "TU");
  set_part(parts, "INTERVAL", "2");
  erase_part(parts, "COUNT");
  EXPECT_EQ(format_rule(parts), "FREQ=WEEKLY;BYDAY=TU;INTERVAL=2");
}

TEST(RecurrenceTextTest, PartsThatTheStandardForbidsInAPlaceHaveNoMeaning) {  // decision 0024
  const std::pair<const char*, const char*> kRules[] = {
      {"FREQ=MONTHLY;BYYEARDAY=-1;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=-1"},
      {"FREQ=WEEKLY;BYMONTHDAY=1,15;BYDAY=MO", "FREQ=WEEKLY;BYDAY=MO"},
      {"FREQ=DAILY;BYWEEKNO=3", "FREQ=DAILY"},
      {"FREQ=WEEKLY;BYDAY=1MO,-2TU", "FREQ=WEEKLY;BYDAY=MO,TU"},
      {"FREQ=YEARLY;BYWEEKNO=3;BYDAY=2MO", "FREQ=YEARLY;BYWEEKNO=3;BYDAY=MO"},
      {"FREQ=MONTHLY;BYSETPOS=2", "FREQ=MONTHLY"},
      {"FREQ=WEEKLY;BYMONTHDAY=1;BYSETPOS=1", "FREQ=WEEKLY"},
      {"RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD", "FREQ=YEARLY;SKIP=FORWARD"},
      {"RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT", "FREQ=YEARLY"},
      {"FREQ=MONTHLY;SKIP=BACKWARD", "FREQ=MONTHLY"},
      {"FREQ=DAILY;BYHOUR=9;X-VENDOR=1", "FREQ=DAILY;BYHOUR=9"},
      {"FREQ=YEARLY;BYYEARDAY=1,366", "FREQ=YEARLY;BYYEARDAY=1,366"}};
  for (const auto& [rule, meaning] : kRules)
    EXPECT_EQ(format_rule(effective_parts(parse_rule(rule), false)), meaning);
  EXPECT_EQ(format_rule(effective_parts(parse_rule("FREQ=DAILY;BYHOUR=9;BYMINUTE=1"), true)),
            "FREQ=DAILY");
}

TEST(RecurrenceTextTest, ALineHasTheZoneThatItsNameMeans) {  // P-12
  const auto zone = [](const char* line) { return parse_line(line)->zone_or("Asia/Tokyo"); };
  EXPECT_EQ(zone("EXDATE;TZID=W. Europe Standard Time:20270216T140000"), "Europe/Berlin");
  EXPECT_EQ(zone("EXDATE;TZID=\"W. Europe Standard Time\":20270216T140000"), "Europe/Berlin");
  EXPECT_EQ(zone("EXDATE;TZID=Europe/Paris:20270216T140000"), "Europe/Paris");
  EXPECT_EQ(zone("EXDATE;TZID=Customized Time Zone:20270216T140000"), "Asia/Tokyo");
  EXPECT_EQ(zone("EXDATE:20270216T140000"), "Asia/Tokyo");
  EXPECT_EQ(zone("EXDATE;TZID=tzone://Microsoft/Utc:20270216T140000"), "UTC");
}

TEST(RecurrenceTextTest, NumbersBeyondTheirBoundsAreFound) {
  for (const char* rule :
       {"FREQ=DAILY;INTERVAL=9999", "FREQ=DAILY;COUNT=99999", "FREQ=MONTHLY;BYMONTHDAY=-31,31",
        "FREQ=YEARLY;BYYEARDAY=366,-366", "FREQ=YEARLY;BYDAY=53MO,-53SU", "FREQ=MONTHLY;BYDAY=5MO",
        "FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=+1MO", "FREQ=MONTHLY;BYSETPOS=-366"})
    EXPECT_TRUE(numbers_in_bounds(parse_rule(rule))) << rule;
  for (const char* rule :
       {"FREQ=DAILY;INTERVAL=10000", "FREQ=DAILY;COUNT=100000", "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=YEARLY;BYYEARDAY=367", "FREQ=YEARLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYDAY=6MO", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;BYDAY=1MO",
        "FREQ=YEARLY;BYMONTH=13", "FREQ=YEARLY;BYMONTH=-1", "FREQ=YEARLY;BYWEEKNO=54",
        "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYMINUTE=60", "FREQ=DAILY;BYSECOND=61",
        "FREQ=MONTHLY;BYSETPOS=367", "FREQ=MONTHLY;BYMONTHDAY=1,,2", "FREQ=WEEKLY;BYDAY=M"})
    EXPECT_FALSE(numbers_in_bounds(parse_rule(rule))) << rule;
}

TEST(RecurrenceTextTest, ValuesOfEveryKindAreRead) {
  const auto day = std::chrono::local_days{std::chrono::year{2025} / 3 / 24};
  const auto date = parse_date_or_time("20250324");
  ASSERT_TRUE(date);
  EXPECT_TRUE(date->is_date);
  EXPECT_EQ(date->wall, day);
  const auto local = parse_date_or_time("20250324T073000");
  ASSERT_TRUE(local);
  EXPECT_FALSE(local->is_date);
  EXPECT_FALSE(local->is_utc);
  EXPECT_EQ(local->wall, day + 7h + 30min);
  const auto utc = parse_date_or_time("20250324T073000Z");
  ASSERT_TRUE(utc);
  EXPECT_TRUE(utc->is_utc);
  EXPECT_EQ(utc->wall, day + 7h + 30min);
  EXPECT_EQ(parse_date_or_time("20250324t073000z")->wall, day + 7h + 30min);
  EXPECT_EQ(parse_date_or_time("20250324T073000Z/PT1H")->wall, day + 7h + 30min);
  EXPECT_EQ(parse_date_or_time("20250324T235960Z")->wall, day + 24h - 1s) << "a leap second";
}

TEST(RecurrenceTextTest, ValuesThatAreNoDateOrTimeAreErrors) {
  for (const char* text :
       {"", "2025", "20250230", "20251301", "00000101", "2025-03-24", "20250324T", "20250324T0730",
        "20250324T240000", "20250324T076000", "20250324T073061", "20250324X073000",
        "20250324T073000X", "20250324T073000+0100", "20250324T073000ZZ", "x0250324", "/PT1H"})
    EXPECT_FALSE(parse_date_or_time(text)) << text;
}

TEST(RecurrenceTextTest, TheBasicFormatHasNoSeparators) {
  EXPECT_EQ(basic_format("2025-03-24"), "20250324");
  EXPECT_EQ(basic_format("2025-03-24T07:30:00Z"), "20250324T073000Z");
}

}  // namespace
}  // namespace gcal::icalendar
