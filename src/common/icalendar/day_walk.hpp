// A rule of whole days, walked day by day: RFC 5545 section 3.3.10 without a library. Used by
// RuleStarts where libical is wrong, and by the engine, which asks whether a rule names a day. It
// must never walk without end: a rule that names no day in 400 years, after which the calendar
// repeats, has ended.
#pragma once

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace gcal::icalendar {

// The parts of a rule that name days. Negative numbers count from the end; an empty list is an
// absent part.
struct DayRule {
  enum class Frequency { daily, weekly, monthly, yearly };
  // What becomes of a day that a month or year lacks: it is left out, or moved to the day before or
  // after the gap (RFC 7529 section 4.1).
  enum class Skip { omit, backward, forward };

  Frequency frequency = Frequency::daily;
  Skip skip = Skip::omit;
  int interval = 1;
  int count = 0;                              // 0: without an end
  int week_start = 1;                         // WKST; 0 is Sunday
  std::vector<int> months;                    // BYMONTH
  std::vector<int> month_days;                // BYMONTHDAY
  std::vector<int> year_days;                 // BYYEARDAY
  std::vector<int> weeks;                     // BYWEEKNO
  std::vector<int> positions;                 // BYSETPOS
  std::vector<std::pair<int, int>> weekdays;  // BYDAY: ordinal (0: every), weekday (0 is Sunday)
};

class DayWalk {
 public:
  // The days that the rule names from `first` on, the day of DTSTART. [one thread at a time]
  DayWalk(DayRule rule, std::chrono::sys_days first);

  // The next day; nothing at the end of COUNT or of the calendar (year 9999).
  std::optional<std::chrono::sys_days> next();
  // Leaves out periods of days or weeks that end before the day. Not with COUNT.
  void skip_to(std::chrono::sys_days day);

 private:
  // Finds the days of the next period. False when none will come.
  bool next_period();
  // First day of a period and of the one after it; period 0 holds the first day.
  std::pair<std::chrono::sys_days, std::chrono::sys_days> period(int step) const;
  // The first day of the week that holds the day.
  std::chrono::sys_days week_of(std::chrono::sys_days day) const;
  // Does the rule, BYSETPOS apart, name this day?
  bool names(std::chrono::sys_days day) const;
  // Is the day in one of the weeks of BYWEEKNO?
  bool in_weeks(std::chrono::sys_days day) const;
  // Is the day one of BYDAY?
  bool on_weekday(std::chrono::sys_days day) const;
  // Adds the days to which SKIP moves those that the months of a period lack.
  void add_moved_days(std::chrono::sys_days begin, std::chrono::sys_days end);
  // The days of a month that the rule names in each month it names; empty: it names no such days.
  std::vector<int> wanted_days() const;
  // The days of one period that BYSETPOS keeps.
  std::vector<std::chrono::sys_days> at_positions(
      const std::vector<std::chrono::sys_days>& all) const;

  DayRule rule_;
  std::chrono::sys_days first_;
  std::vector<std::chrono::sys_days> found_;  // of the current period
  std::chrono::sys_days last_;                // of the periods before; first_ - 1 without one
  std::size_t at_ = 0;                        // index of the next day in found_
  int step_ = 0, counted_ = 0, empty_days_ = 0;
};

}  // namespace gcal::icalendar
