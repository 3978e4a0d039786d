#include "src/common/icalendar/rule_starts.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "src/common/icalendar/libical_limits.hpp"

namespace gcal::expansion {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr int kMaxEmptyDays = 146'097;  // 400 years, after which the calendar repeats

bool given(const short* list) {
  return *list != ICAL_RECURRENCE_ARRAY_MAX;
}

std::vector<int> values(const short* list) {
  std::vector<int> out;
  for (; given(list); ++list) out.push_back(*list);
  return out;
}

bool has(const std::vector<int>& list, int value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

int weekday_of(sys_days day) {
  return static_cast<int>(std::chrono::weekday{day}.c_encoding());
}  // 0 is Sunday
int number(std::chrono::day day) {
  return static_cast<int>(static_cast<unsigned>(day));
}
int number(std::chrono::month month) {
  return static_cast<int>(static_cast<unsigned>(month));
}
int length_of(std::chrono::year year) {
  return year.is_leap() ? 366 : 365;
}
int day_of_year(sys_days day) {
  return static_cast<int>((day - sys_days{year_month_day{day}.year() / 1 / 1}).count()) + 1;
}

// A rule by its days, period after period: RFC 5545 section 3.3.10 for whole days.
class DayWalk {
 public:
  DayWalk(const icalrecurrencetype& rule, const icaltimetype& start)
      : rule_(rule),
        start_(start),
        first_(std::chrono::year{start.year} / start.month / start.day),
        interval_(std::max<int>(1, rule.interval)),
        week_start_(rule.week_start == ICAL_NO_WEEKDAY ? 1 : rule.week_start - 1),
        months_(values(rule.by_month)),
        month_days_(values(rule.by_month_day)),
        year_days_(values(rule.by_year_day)),
        weeks_(values(rule.by_week_no)),
        positions_(values(rule.by_set_pos)) {
    for (const short* day = rule.by_day; given(day); ++day)
      weekdays_.emplace_back(icalrecurrencetype_day_position(*day),
                             icalrecurrencetype_day_day_of_week(*day) - 1);
  }

  icaltimetype next() {
    while (at_ == found_.size())
      if (!next_period()) return icaltime_null_time();
    if (rule_.count > 0 && counted_++ == rule_.count) return icaltime_null_time();
    const year_month_day date{found_[at_++]};
    icaltimetype out = start_;
    out.year = static_cast<int>(date.year());
    out.month = number(date.month());
    out.day = number(date.day());
    return !icaltime_is_null_time(rule_.until) && icaltime_compare(out, rule_.until) > 0
               ? icaltime_null_time()
               : out;
  }

 private:
  // The days of the next period that the rule names. False when none will come.
  bool next_period() {
    const auto [begin, end] = period(step_++);
    if (year_month_day{begin}.year() > std::chrono::year{9999} || empty_days_ > kMaxEmptyDays)
      return false;
    found_.clear();
    at_ = 0;
    for (sys_days day = begin; day < end; day += days{1})
      if (names(day)) found_.push_back(day);
    if (!positions_.empty()) found_ = at_positions(found_);
    std::erase_if(found_, [&](sys_days day) { return day < first_; });
    empty_days_ = found_.empty() ? empty_days_ + static_cast<int>((end - begin).count()) : 0;
    return true;
  }

  std::pair<sys_days, sys_days> period(int step) const {
    const year_month_day date{first_};
    if (rule_.freq == ICAL_DAILY_RECURRENCE) {
      const sys_days day = first_ + days{step * interval_};
      return {day, day + days{1}};
    }
    if (rule_.freq == ICAL_WEEKLY_RECURRENCE) {
      const sys_days week = week_of(first_) + days{7 * step * interval_};
      return {week, week + days{7}};
    }
    if (rule_.freq == ICAL_MONTHLY_RECURRENCE) {
      const auto month = date.year() / date.month() + std::chrono::months{step * interval_};
      return {sys_days{month / 1}, sys_days{(month + std::chrono::months{1}) / 1}};
    }
    const std::chrono::year year{
        std::min(10'000, static_cast<int>(date.year()) + step * interval_)};
    return {sys_days{year / 1 / 1}, sys_days{(year + std::chrono::years{1}) / 1 / 1}};
  }

  sys_days week_of(sys_days day) const {
    return day - days{(weekday_of(day) - week_start_ + 7) % 7};
  }

  bool names(sys_days day) const {
    const year_month_day date{day};
    const int month_length =
        number(year_month_day{date.year() / date.month() / std::chrono::last}.day());
    if (!months_.empty() && !has(months_, number(date.month()))) return false;
    if (!month_days_.empty() && !has(month_days_, number(date.day())) &&
        !has(month_days_, number(date.day()) - month_length - 1))
      return false;
    if (!year_days_.empty() && !has(year_days_, day_of_year(day)) &&
        !has(year_days_, day_of_year(day) - length_of(date.year()) - 1))
      return false;
    if (!weeks_.empty() && !in_weeks(day)) return false;
    if (!weekdays_.empty()) return on_weekday(day, date, month_length);
    if (!month_days_.empty() || !year_days_.empty() || rule_.freq == ICAL_DAILY_RECURRENCE)
      return true;
    if (!weeks_.empty() || rule_.freq == ICAL_WEEKLY_RECURRENCE)
      return weekday_of(day) == weekday_of(first_);
    const year_month_day first{first_};
    return date.day() == first.day() && (rule_.freq == ICAL_MONTHLY_RECURRENCE ||
                                         !months_.empty() || date.month() == first.month());
  }

  // A week belongs to the year that has its fourth day.
  bool in_weeks(sys_days day) const {
    const sys_days middle = week_of(day) + days{3};
    const int at = day_of_year(middle), week = (at - 1) / 7 + 1;
    const int all = (length_of(year_month_day{middle}.year()) - ((at - 1) % 7 + 1)) / 7 + 1;
    return has(weeks_, week) || has(weeks_, week - all - 1);
  }

  bool on_weekday(sys_days day, const year_month_day& date, int month_length) const {
    const bool in_month = rule_.freq == ICAL_MONTHLY_RECURRENCE || !months_.empty();
    const int at = in_month ? number(date.day()) : day_of_year(day),
              length = in_month ? month_length : length_of(date.year());
    return std::any_of(weekdays_.begin(), weekdays_.end(), [&](const auto& one) {
      const auto [position, weekday] = one;
      if (weekday != weekday_of(day)) return false;
      return position == 0 ||
             (position > 0 ? (at - 1) / 7 + 1 == position : (length - at) / 7 + 1 == -position);
    });
  }

  std::vector<sys_days> at_positions(const std::vector<sys_days>& all) const {
    const int size = static_cast<int>(all.size());
    std::vector<sys_days> out;
    for (int at = 0; at < size; ++at)
      if (has(positions_, at + 1) || has(positions_, at - size))
        out.push_back(all[static_cast<std::size_t>(at)]);
    return out;
  }

  icalrecurrencetype rule_;
  icaltimetype start_;
  sys_days first_;
  int interval_, week_start_;  // week_start_: 0 is Sunday
  std::vector<int> months_, month_days_, year_days_, weeks_, positions_;
  std::vector<std::pair<int, int>> weekdays_;  // position (0: every), weekday
  std::vector<sys_days> found_;
  std::size_t at_ = 0;
  int step_ = 0, counted_ = 0, empty_days_ = 0;
};

struct IteratorDelete {
  void operator()(icalrecur_iterator* i) const { icalrecur_iterator_free(i); }
};

}  // namespace

bool libical_errs(const icalrecurrencetype& rule) {
  if (given(rule.by_hour) || given(rule.by_minute) || given(rule.by_second))
    return false;  // the walk knows whole days only
  const bool positions = given(rule.by_set_pos);
  switch (rule.freq) {
    case ICAL_DAILY_RECURRENCE: {
      const std::vector<int> month_days = values(rule.by_month_day);
      return positions ||
             std::any_of(month_days.begin(), month_days.end(), [](int day) { return day < 0; });
    }
    case ICAL_WEEKLY_RECURRENCE:
      return positions || (rule.interval > 1 && rule.week_start != ICAL_MONDAY_WEEKDAY &&
                           rule.week_start != ICAL_NO_WEEKDAY);
    case ICAL_MONTHLY_RECURRENCE: return positions && given(rule.by_set_pos + 1);
    case ICAL_YEARLY_RECURRENCE:
      return given(rule.by_week_no) || (positions && given(rule.by_set_pos + 1));
    default: return false;
  }
}

struct RuleStarts::Impl {
  std::unique_ptr<DayWalk> walk;
  std::unique_ptr<icalrecur_iterator, IteratorDelete> iterator;  // neither: the rule names nothing
};

RuleStarts::RuleStarts(const icalrecurrencetype& rule, const icaltimetype& start)
    : impl_(std::make_unique<Impl>()) {
  if (libical_errs(rule))
    impl_->walk = std::make_unique<DayWalk>(rule, start);
  else if (can_match(rule, start))
    impl_->iterator.reset(icalrecur_iterator_new(rule, first_named_day(start, rule)));
}

RuleStarts::~RuleStarts() = default;

icaltimetype RuleStarts::next() {
  if (impl_->walk) return impl_->walk->next();
  return impl_->iterator ? icalrecur_iterator_next(impl_->iterator.get()) : icaltime_null_time();
}

bool RuleStarts::skip_to(const icaltimetype& time) {
  return impl_->walk != nullptr ||
         (impl_->iterator && icalrecur_iterator_set_start(impl_->iterator.get(), time) != 0);
}

}  // namespace gcal::expansion
