#include "src/common/icalendar/day_walk.hpp"

#include <algorithm>

namespace gcal::icalendar {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;
using Frequency = DayRule::Frequency;

constexpr int kMaxEmptyDays = 146'097;  // 400 years, after which the calendar repeats

bool has(const std::vector<int>& list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// 0 is Sunday.
int weekday_of(sys_days day) {
  return static_cast<int>(std::chrono::weekday{day}.c_encoding());
}

int number(std::chrono::day day) {
  return static_cast<int>(static_cast<unsigned>(day));
}

int number(std::chrono::month month) {
  return static_cast<int>(static_cast<unsigned>(month));
}

int length_of(std::chrono::year year) {
  return year.is_leap() ? 366 : 365;
}

// The length of the month that holds the date.
int month_length(const year_month_day& date) {
  return number(year_month_day{date.year() / date.month() / std::chrono::last}.day());
}

// 1 is the first of January.
int day_of_year(sys_days day) {
  return static_cast<int>((day - sys_days{year_month_day{day}.year() / 1 / 1}).count()) + 1;
}

}  // namespace

DayWalk::DayWalk(DayRule rule, sys_days first)
    : rule_(std::move(rule)), first_(first), last_(first - days{1}) {
  rule_.interval = std::max(1, rule_.interval);
}

std::optional<sys_days> DayWalk::next() {
  while (at_ == found_.size())
    if (!next_period()) return std::nullopt;
  if (rule_.count > 0 && counted_++ == rule_.count) return std::nullopt;
  return found_[at_++];
}

void DayWalk::skip_to(sys_days day) {
  const bool daily = rule_.frequency == Frequency::daily;
  if (rule_.count > 0 || !(daily || rule_.frequency == Frequency::weekly)) return;
  const days passed = day - (daily ? first_ : week_of(first_));
  const auto step = static_cast<int>(passed.count() / (daily ? 1 : 7) / rule_.interval);
  if (step <= step_) return;
  step_ = step;
  found_.clear();
  at_ = 0;
}

bool DayWalk::next_period() {
  const auto [begin, end] = period(step_++);
  if (year_month_day{begin}.year() > std::chrono::year{9999} || empty_days_ > kMaxEmptyDays)
    return false;
  found_.clear();
  at_ = 0;
  for (sys_days day = begin; day < end; day += days{1})
    if (names(day)) found_.push_back(day);
  if (rule_.skip != DayRule::Skip::omit) add_moved_days(begin, end);
  if (!rule_.positions.empty()) found_ = at_positions(found_);
  // A moved day may be one of the period before.
  std::erase_if(found_, [&](sys_days day) { return day <= last_; });
  if (!found_.empty()) last_ = found_.back();
  empty_days_ = found_.empty() ? empty_days_ + static_cast<int>((end - begin).count()) : 0;
  return true;
}

std::vector<int> DayWalk::wanted_days() const {
  if (!rule_.month_days.empty()) return rule_.month_days;
  const bool implied = rule_.weekdays.empty() && rule_.year_days.empty() && rule_.weeks.empty();
  return implied ? std::vector<int>{number(year_month_day{first_}.day())} : std::vector<int>();
}

void DayWalk::add_moved_days(sys_days begin, sys_days end) {
  const bool forward = rule_.skip == DayRule::Skip::forward;
  const auto add = [&](sys_days day) {
    if (rule_.weekdays.empty() || on_weekday(day)) found_.push_back(day);
  };
  const bool one_month =
      rule_.frequency == Frequency::yearly && rule_.month_days.empty() && rule_.months.empty();
  const std::vector<int> wanted = wanted_days();
  for (sys_days month = begin; month < end && rule_.year_days.empty();) {
    const year_month_day date{month};
    const int length = month_length(date);
    const sys_days next = month + days{length};
    const bool named = rule_.months.empty() || has(rule_.months, number(date.month()));
    const bool own = !one_month || date.month() == year_month_day{first_}.month();
    for (const int day : named&& own ? wanted : std::vector<int>()) {
      if (day > length) add(forward ? next : next - days{1});
      if (day < -length) add(forward ? month : month - days{1});
    }
    month = next;
  }
  for (const int day : rule_.year_days) {
    if (rule_.frequency != Frequency::yearly || length_of(year_month_day{begin}.year()) == 366)
      break;
    if (day == 366) add(forward ? end : end - days{1});
    if (day == -366) add(forward ? begin : begin - days{1});
  }
  std::ranges::sort(found_);
  found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
}

std::pair<sys_days, sys_days> DayWalk::period(int step) const {
  const year_month_day date{first_};
  if (rule_.frequency == Frequency::daily) {
    const sys_days day = first_ + days{step * rule_.interval};
    return {day, day + days{1}};
  }
  if (rule_.frequency == Frequency::weekly) {
    const sys_days week = week_of(first_) + days{7 * step * rule_.interval};
    return {week, week + days{7}};
  }
  if (rule_.frequency == Frequency::monthly) {
    const auto month = date.year() / date.month() + std::chrono::months{step * rule_.interval};
    return {sys_days{month / 1}, sys_days{(month + std::chrono::months{1}) / 1}};
  }
  const std::chrono::year year{
      std::min(10'000, static_cast<int>(date.year()) + step * rule_.interval)};
  return {sys_days{year / 1 / 1}, sys_days{(year + std::chrono::years{1}) / 1 / 1}};
}

sys_days DayWalk::week_of(sys_days day) const {
  return day - days{(weekday_of(day) - rule_.week_start + 7) % 7};
}

bool DayWalk::names(sys_days day) const {
  const year_month_day date{day}, first{first_};
  if (!rule_.months.empty() && !has(rule_.months, number(date.month()))) return false;
  if (!rule_.month_days.empty() && !has(rule_.month_days, number(date.day())) &&
      !has(rule_.month_days, number(date.day()) - month_length(date) - 1))
    return false;
  if (!rule_.year_days.empty() && !has(rule_.year_days, day_of_year(day)) &&
      !has(rule_.year_days, day_of_year(day) - length_of(date.year()) - 1))
    return false;
  if (!rule_.weeks.empty() && !in_weeks(day)) return false;
  if (!rule_.weekdays.empty()) return on_weekday(day);
  if (!rule_.month_days.empty() || !rule_.year_days.empty() || rule_.frequency == Frequency::daily)
    return true;
  if (!rule_.weeks.empty() || rule_.frequency == Frequency::weekly)
    return weekday_of(day) == weekday_of(first_);
  return date.day() == first.day() && (rule_.frequency == Frequency::monthly ||
                                       !rule_.months.empty() || date.month() == first.month());
}

// A week belongs to the year that has its fourth day.
bool DayWalk::in_weeks(sys_days day) const {
  const sys_days middle = week_of(day) + days{3};
  const int at = day_of_year(middle), week = (at - 1) / 7 + 1;
  const int all = (length_of(year_month_day{middle}.year()) - ((at - 1) % 7 + 1)) / 7 + 1;
  return has(rule_.weeks, week) || has(rule_.weeks, week - all - 1);
}

bool DayWalk::on_weekday(sys_days day) const {
  const year_month_day date{day};
  const bool in_month = rule_.frequency == Frequency::monthly || !rule_.months.empty();
  const int at = in_month ? number(date.day()) : day_of_year(day);
  const int length = in_month ? month_length(date) : length_of(date.year());
  return std::ranges::any_of(rule_.weekdays, [&](const auto& one) {
    const auto [position, weekday] = one;
    if (weekday != weekday_of(day)) return false;
    return position == 0 ||
           (position > 0 ? (at - 1) / 7 + 1 == position : (length - at) / 7 + 1 == -position);
  });
}

std::vector<sys_days> DayWalk::at_positions(const std::vector<sys_days>& all) const {
  const int size = static_cast<int>(all.size());
  std::vector<sys_days> out;
  for (int at = 0; at < size; ++at)
    if (has(rule_.positions, at + 1) || has(rule_.positions, at - size))
      out.push_back(all[static_cast<std::size_t>(at)]);
  return out;
}

}  // namespace gcal::icalendar
