// The emulator's expansion of series against a second one that uses no calendar library: it walks
// every day and asks whether the rule names it. Rules are random and seeded, in twenty zones.
// tests/e2e/expansion.test.mjs compares with npm's rrule over HTTP.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "src/common/base/random.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/emulator/model/recurrence.hpp"
#include "tests/support/seeded_random.hpp"

namespace emulator {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::array kZones{
    "Europe/Berlin",    "Europe/London",       "Europe/Moscow",     "America/New_York",
    "America/Chicago",  "America/Los_Angeles", "America/Sao_Paulo", "America/St_Johns",
    "Asia/Tokyo",       "Asia/Kolkata",        "Asia/Kathmandu",    "Asia/Dubai",
    "Australia/Sydney", "Australia/Adelaide",  "Pacific/Auckland",  "Pacific/Apia",
    "Africa/Cairo",     "Africa/Johannesburg", "America/Santiago",  "UTC"};
constexpr std::array kDays{"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

struct Rule {
  std::string frequency;
  int interval = 1, count = 0, set_position = 0, week_start = 0;  // week_start: 0 is Monday
  std::vector<std::pair<int, int>> by_day;  // ordinal (0: every), weekday (0 is Monday)
  std::vector<int> by_month, by_month_day;
  std::optional<sys_days> until;  // the whole day

  std::string text(bool all_day) const {
    std::string out = "RRULE:FREQ=" + frequency;
    if (interval > 1) out += ";INTERVAL=" + std::to_string(interval);
    const auto list = [&](const char* name, const auto& values, const auto& write) {
      for (std::size_t i = 0; i < values.size(); ++i)
        out += (i == 0 ? std::string(";") + name + "=" : ",") + write(values[i]);
    };
    list("BYMONTH", by_month, [](int value) { return std::to_string(value); });
    list("BYMONTHDAY", by_month_day, [](int value) { return std::to_string(value); });
    list("BYDAY", by_day, [](const auto& one) {
      return (one.first == 0 ? "" : std::to_string(one.first)) +
             kDays[static_cast<std::size_t>(one.second)];
    });
    if (set_position != 0) out += ";BYSETPOS=" + std::to_string(set_position);
    if (week_start != 0) out += ";WKST=" + std::string(kDays[static_cast<std::size_t>(week_start)]);
    if (count > 0) out += ";COUNT=" + std::to_string(count);
    if (until) {
      std::string date = date_text(until->time_since_epoch().count());
      std::erase(date, '-');
      out += ";UNTIL=" + date + (all_day ? "" : "T235959Z");
    }
    return out;
  }
};

int weekday_of(sys_days day) {
  return static_cast<int>((day.time_since_epoch().count() % 7 + 10) % 7);
}  // 1970-01-01 was a Thursday
int last_day_of(const year_month_day& date) {
  return static_cast<int>(
      static_cast<unsigned>((date.year() / date.month() / std::chrono::last).day()));
}

// Whether the rule includes this day, without BYSETPOS, COUNT and UNTIL.
bool includes(const Rule& rule, sys_days start, sys_days day) {
  const year_month_day date{day}, first{start};
  const int month = static_cast<int>(static_cast<unsigned>(date.month())),
            number = static_cast<int>(static_cast<unsigned>(date.day())), last = last_day_of(date);
  const auto in = [](const std::vector<int>& list, int value) {
    return list.empty() || std::find(list.begin(), list.end(), value) != list.end();
  };
  if (!in(rule.by_month, month)) return false;
  if (!rule.by_month_day.empty() && !in(rule.by_month_day, number) &&
      !in(rule.by_month_day, number - last - 1))
    return false;
  const bool on_day = rule.by_day.empty() ||
                      std::any_of(rule.by_day.begin(), rule.by_day.end(), [&](const auto& one) {
                        if (one.second != weekday_of(day)) return false;
                        if (one.first == 0) return true;
                        return one.first > 0 ? (number - 1) / 7 + 1 == one.first
                                             : (last - number) / 7 + 1 == -one.first;
                      });
  if (!on_day) return false;
  if (rule.frequency == "DAILY") return (day - start).count() % rule.interval == 0;
  if (rule.frequency == "WEEKLY") {
    const auto week = [&](sys_days one) {
      return one - days{(weekday_of(one) - rule.week_start + 7) % 7};
    };
    if ((week(day) - week(start)).count() / 7 % rule.interval != 0) return false;
    return !rule.by_day.empty() || weekday_of(day) == weekday_of(start);
  }
  const int years = static_cast<int>(date.year()) - static_cast<int>(first.year());
  if (rule.frequency == "MONTHLY") {
    const int months = years * 12 + month - static_cast<int>(static_cast<unsigned>(first.month()));
    if (months % rule.interval != 0) return false;
    return !rule.by_day.empty() || !rule.by_month_day.empty() || date.day() == first.day();
  }
  if (years % rule.interval != 0) return false;
  if (rule.by_month.empty() && date.month() != first.month()) return false;
  return !rule.by_day.empty() || !rule.by_month_day.empty() || date.day() == first.day();
}

std::vector<sys_days> walk(const Rule& rule, sys_days start, sys_days end) {
  std::vector<sys_days> named, out;
  const days margin{rule.set_position == 0 ? 0 : 31};  // BYSETPOS counts in whole months
  for (sys_days day = start - margin; day < end + margin; day += days{1})
    if (includes(rule, start, day)) named.push_back(day);
  if (rule.set_position == 0) {
    out = named;
  } else {  // of each month the n-th
    for (std::size_t at = 0; at < named.size();) {
      std::size_t stop = at;
      const auto month_of = [&](std::size_t i) {
        return year_month_day{named[i]}.year() / year_month_day{named[i]}.month();
      };
      while (stop < named.size() && month_of(stop) == month_of(at)) ++stop;
      const int size = static_cast<int>(stop - at),
                position = rule.set_position > 0 ? rule.set_position - 1 : size + rule.set_position;
      if (position >= 0 && position < size)
        out.push_back(named[at + static_cast<std::size_t>(position)]);
      at = stop;
    }
  }
  std::erase_if(out, [&](sys_days day) { return day < start || day >= end; });
  if (rule.count > 0 && out.size() > static_cast<std::size_t>(rule.count))
    out.resize(static_cast<std::size_t>(rule.count));
  return out;
}

Rule random_rule(gcal::base::Random& random, sys_days start) {
  const auto between = [&](int least, int most) {
    return least + static_cast<int>(random.below(static_cast<std::uint64_t>(most) - least + 1));
  };
  const auto chance = [&](int percent) { return between(1, 100) <= percent; };
  Rule rule;
  rule.frequency = std::array{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}[random.below(4)];
  if (chance(50)) rule.interval = between(1, 4);
  const auto some_days = [&](int most) {
    for (int weekday = 0; weekday < 7; ++weekday)
      if (between(1, 7) <= most) rule.by_day.emplace_back(0, weekday);
    if (rule.by_day.empty()) rule.by_day.emplace_back(0, between(0, 6));
  };
  if (rule.frequency == "DAILY" && chance(30)) some_days(4);
  if (rule.frequency == "DAILY" && chance(20)) rule.by_month = {between(1, 6), between(7, 12)};
  if (rule.frequency == "WEEKLY" && chance(70)) some_days(2);
  if (rule.frequency == "WEEKLY" && chance(30)) rule.week_start = 6;
  if (rule.frequency == "MONTHLY") switch (between(0, 3)) {
      case 0:
        rule.by_day.emplace_back(std::array{1, 2, 3, 4, 5, -1, -2}[random.below(7)], between(0, 6));
        break;
      case 1:
        rule.by_month_day = {std::array{1, 2, 10, 15, 29, 30, 31, -1, -2}[random.below(9)]};
        break;
      case 2:
        some_days(3);
        rule.set_position = std::array{1, 2, -1, -2}[random.below(4)];
        break;
      default: break;
    }
  if (rule.frequency == "YEARLY" && chance(60)) {
    rule.by_month = {between(1, 12)};
    if (chance(50))
      rule.by_day.emplace_back(std::array{1, 2, 3, -1}[random.below(4)], between(0, 6));
    else if (chance(50))
      rule.by_month_day = {between(1, 31)};
  }
  if (chance(50))
    rule.count = between(1, 30);
  else if (chance(60))
    rule.until = start + days{between(1, 900)};
  return rule;
}

TEST(ExpansionTest, RandomRulesInTwentyZonesExpandAsASecondImplementationSays) {
  constexpr int kRules = 10'000;
  constexpr std::uint64_t kSeed = 5545;
  gcal::support::SeededRandom random(kSeed);
  std::size_t instances = 0;
  for (int i = 0; i < kRules; ++i) {
    const sys_days first =
        sys_days{days{19'700 + static_cast<int>(random.below(1'400))}};  // from the end of 2023 on
    const std::string zone = kZones[random.below(kZones.size())];
    const bool all_day = random.below(3) == 0;
    const Rule rule = random_rule(random, first);
    char clock[16];
    std::snprintf(clock, sizeof clock, "T%02d:%02d:00", static_cast<int>(random.below(24)),
                  static_cast<int>(random.below(4)) * 15);
    const auto time_on = [&](sys_days day) {
      EventTime out;
      out.all_day = all_day;
      out.date = date_text(day.time_since_epoch().count());
      out.zone = all_day ? "" : zone;
      out.at = all_day ? midnight(out.date, zone)
                       : *gcal::icalendar::parse_local(out.date + clock, zone);
      return out;
    };
    const EventTime start = time_on(first);
    const sys_days end = first + days{1'000};
    std::vector<SysSeconds> expected;
    for (const sys_days day : walk(rule, first, end)) {
      const SysSeconds at = time_on(day).at;
      const SysSeconds bound =
          rule.until ? (all_day ? time_on(*rule.until).at
                                : SysSeconds{*rule.until} + std::chrono::seconds{86'399})
                     : SysSeconds::max();
      if (at <= bound) expected.push_back(at);
    }
    if (expected.empty() || expected.front() != start.at)
      expected.insert(expected.begin(),
                      start.at);  // Google includes it, and COUNT does not count it
    std::vector<SysSeconds> actual;
    for (const EventTime& one :
         expand({rule.text(all_day)}, start, zone, start.at, time_on(end).at, 5'000))
      actual.push_back(one.at);
    ASSERT_EQ(actual, expected) << "seed " << kSeed << ", rule " << i << ": " << start.date
                                << (all_day ? "" : clock) << " " << zone << " "
                                << rule.text(all_day);
    instances += actual.size();
  }
  EXPECT_GT(instances, 300'000u) << "the rules name enough days to compare";
}

// libical searches for seconds before it gives up on the first four; the others are expanded day by
// day.
TEST(ExpansionTest, RulesThatNeverMatchGiveTheirStartAloneAndAtOnce) {
  EventTime start;
  start.date = "2026-03-01";
  start.zone = "Europe/Berlin";
  start.at = *gcal::icalendar::parse_local("2026-03-01T09:00:00", start.zone);
  for (const char* rule :
       {"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=2", "RRULE:FREQ=MONTHLY;BYDAY=5FR;BYMONTHDAY=1",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=-30",
        "RRULE:FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6;BYDAY=MO",
        "RRULE:FREQ=DAILY;INTERVAL=9999;BYSETPOS=2", "RRULE:FREQ=YEARLY;INTERVAL=9999;BYWEEKNO=1",
        "RRULE:FREQ=MONTHLY;INTERVAL=9999;BYDAY=MO;BYSETPOS=6,7"}) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(expand({rule}, start, "Europe/Berlin", start.at,
                     start.at + std::chrono::hours{24 * 3'660}, 100)
                  .size(),
              1u)
        << rule;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{1}) << rule;
  }
}

}  // namespace
}  // namespace emulator
