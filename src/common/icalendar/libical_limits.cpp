#include "src/common/icalendar/libical_limits.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <cstdlib>

namespace gcal::icalendar {
namespace {

bool has(const short* list, int value) {
  for (; *list != ICAL_RECURRENCE_ARRAY_MAX; ++list)
    if (*list == value) return true;
  return false;
}

bool has_negative(const short* list) {
  for (; *list != ICAL_RECURRENCE_ARRAY_MAX; ++list)
    if (*list < 0) return true;
  return false;
}

bool given(const short* list) {
  return *list != ICAL_RECURRENCE_ARRAY_MAX;
}

// Does a day of BYDAY have an ordinal, as 1MO has?
bool has_ordinal(const short* by_day) {
  for (; given(by_day); ++by_day)
    if (icalrecurrencetype_day_position(*by_day) != 0) return true;
  return false;
}

// Does BYDAY name this day of a month of that length?
bool names_weekday(const short* by_day, int weekday, int day, int length) {
  for (; *by_day != ICAL_RECURRENCE_ARRAY_MAX; ++by_day) {
    const int position = icalrecurrencetype_day_position(*by_day);
    if (icalrecurrencetype_day_day_of_week(*by_day) != weekday) continue;
    if (position == 0 ||
        (position > 0 ? (day - 1) / 7 + 1 == position : (length - day) / 7 + 1 == -position))
      return true;
  }
  return false;
}

}  // namespace

icaltimetype first_named_day(icaltimetype start, const icalrecurrencetype& rule) {
  if (rule.freq != ICAL_WEEKLY_RECURRENCE || rule.by_day[0] == ICAL_RECURRENCE_ARRAY_MAX)
    return start;
  const auto named = [&](int weekday) {
    for (const short* day = rule.by_day; *day != ICAL_RECURRENCE_ARRAY_MAX; ++day)
      if (icalrecurrencetype_day_day_of_week(*day) == weekday) return true;
    return false;
  };
  const int first = rule.week_start == ICAL_NO_WEEKDAY ? ICAL_MONDAY_WEEKDAY : rule.week_start;
  const int offset = (icaltime_day_of_week(start) - first + 7) % 7;
  int days = -1;
  for (int i = offset; i < 7 && days < 0; ++i)
    if (named((first - 1 + i) % 7 + 1)) days = i - offset;
  for (int i = 0; i < 7 && days < 0; ++i)  // nothing left in this week: the next one that counts
    if (named((first - 1 + i) % 7 + 1)) days = 7 * std::max<int>(1, rule.interval) - offset + i;
  if (days > 0) icaltime_adjust(&start, days, 0, 0, 0);
  return start;
}

bool can_match(const icalrecurrencetype& rule, const icaltimetype& start) {
  const bool yearly = rule.freq == ICAL_YEARLY_RECURRENCE, months = given(rule.by_month),
             monthdays = given(rule.by_month_day), weekdays = given(rule.by_day);
  if (rule.freq == ICAL_WEEKLY_RECURRENCE || given(rule.by_year_day) || given(rule.by_week_no) ||
      (yearly && !months))
    return true;
  static constexpr int kLengths[] = {31, 29, 31, 30, 31, 30, 31,
                                     31, 30, 31, 30, 31, 28};  // the last one is a short February
  for (int kind = 0; kind < 13; ++kind) {
    const int month = kind == 12 ? 2 : kind + 1, length = kLengths[kind];
    if (months && !has(rule.by_month, month)) continue;
    for (int first = 0; first < 7; ++first) {
      int named = 0;
      for (int day = 1; day <= length; ++day) {
        if (monthdays && !has(rule.by_month_day, day) && !has(rule.by_month_day, day - length - 1))
          continue;
        if (weekdays && !names_weekday(rule.by_day, (first + day - 1) % 7 + 1, day, length))
          continue;
        if (!monthdays && !weekdays && rule.freq != ICAL_DAILY_RECURRENCE && day != start.day)
          continue;
        ++named;
      }
      bool found = named > 0;
      if (rule.freq == ICAL_MONTHLY_RECURRENCE && given(rule.by_set_pos) && !given(rule.by_hour) &&
          !given(rule.by_minute) && !given(rule.by_second)) {
        found = false;
        for (const short* position = rule.by_set_pos; *position != ICAL_RECURRENCE_ARRAY_MAX;
             ++position)
          found = found || std::abs(*position) <= named;
      }
      if (found) return true;
    }
  }
  return false;
}

bool libical_errs(const icalrecurrencetype& rule) {
  if (given(rule.by_hour) || given(rule.by_minute) || given(rule.by_second))
    return false;  // DayWalk names whole days only
  const bool positions = given(rule.by_set_pos);
  switch (rule.freq) {
    case ICAL_DAILY_RECURRENCE:
      return positions || has_negative(rule.by_month_day) || has_ordinal(rule.by_day);
    case ICAL_WEEKLY_RECURRENCE:
      return positions || has_ordinal(rule.by_day) ||
             (rule.interval > 1 && rule.week_start != ICAL_MONDAY_WEEKDAY &&
              rule.week_start != ICAL_NO_WEEKDAY);
    case ICAL_MONTHLY_RECURRENCE: return positions && given(rule.by_set_pos + 1);
    case ICAL_YEARLY_RECURRENCE:
      return given(rule.by_week_no) || (positions && given(rule.by_set_pos + 1));
    default: return false;
  }
}

std::string runs_too_long(const icalrecurrencetype& rule) {
  for (const short* list :
       {rule.by_second, rule.by_minute, rule.by_hour, rule.by_day, rule.by_month_day,
        rule.by_year_day, rule.by_week_no, rule.by_month, rule.by_set_pos})
    if (rule.freq < ICAL_DAILY_RECURRENCE && given(list))
      return "a rule within a day takes no BY parts";
  const int most = rule.freq == ICAL_MONTHLY_RECURRENCE ? 5 : 53;
  for (const short* day = rule.by_day; given(day); ++day)
    if (std::abs(icalrecurrencetype_day_position(*day)) > most)
      return "BYDAY counts beyond the month or year";
  return "";
}

}  // namespace gcal::icalendar
