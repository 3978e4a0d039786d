#include "src/common/icalendar/rule_starts.hpp"

#include <libical/ical.h>

#include <mutex>

#include "src/common/icalendar/day_walk.hpp"
#include "src/common/icalendar/libical_limits.hpp"

namespace gcal::icalendar {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::local_seconds;
using std::chrono::seconds;

Error invalid(const std::string& message) {
  return {Code::invalid, "recurrence: " + message, {}};
}

icaltimetype to_ical(local_seconds local, bool all_day) {
  const auto day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(local - day);
  icaltimetype out = icaltime_null_time();
  out.year = static_cast<int>(date.year());
  out.month = static_cast<int>(static_cast<unsigned>(date.month()));
  out.day = static_cast<int>(static_cast<unsigned>(date.day()));
  out.is_date = all_day ? 1 : 0;
  if (!all_day) {
    out.hour = static_cast<int>(time.hours().count());
    out.minute = static_cast<int>(time.minutes().count());
    out.second = static_cast<int>(time.seconds().count());
  }
  return out;
}

local_seconds from_ical(const icaltimetype& time) {
  const local_days day(std::chrono::year_month_day{
      std::chrono::year(time.year), std::chrono::month(static_cast<unsigned>(time.month)),
      std::chrono::day(static_cast<unsigned>(time.day))});
  if (time.is_date) return day;
  return day + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute) +
         seconds(time.second);
}

std::vector<int> values(const short* list) {
  std::vector<int> out;
  for (; *list != ICAL_RECURRENCE_ARRAY_MAX; ++list) out.push_back(*list);
  return out;
}

// The rule's parts that name days, for DayWalk. The frequency is at least a day.
DayRule day_rule(const icalrecurrencetype& rule) {
  using Frequency = DayRule::Frequency;
  DayRule out;
  out.frequency = rule.freq == ICAL_DAILY_RECURRENCE     ? Frequency::daily
                  : rule.freq == ICAL_WEEKLY_RECURRENCE  ? Frequency::weekly
                  : rule.freq == ICAL_MONTHLY_RECURRENCE ? Frequency::monthly
                                                         : Frequency::yearly;
  out.interval = rule.interval;
  out.count = rule.count;
  out.week_start = rule.week_start == ICAL_NO_WEEKDAY ? 1 : rule.week_start - 1;
  out.months = values(rule.by_month);
  out.month_days = values(rule.by_month_day);
  out.year_days = values(rule.by_year_day);
  out.weeks = values(rule.by_week_no);
  out.positions = values(rule.by_set_pos);
  // An ordinal has no meaning in a day or a week (RFC 5545 section 3.3.10 forbids it there).
  const bool has_ordinals =
      out.frequency == Frequency::monthly || out.frequency == Frequency::yearly;
  for (const short* day = rule.by_day; *day != ICAL_RECURRENCE_ARRAY_MAX; ++day)
    out.weekdays.emplace_back(has_ordinals ? icalrecurrencetype_day_position(*day) : 0,
                              icalrecurrencetype_day_day_of_week(*day) - 1);
  return out;
}

// Every so many days or weeks, perhaps on certain weekdays: DayWalk takes a fifth of libical's time
// for these.
bool is_plain(const icalrecurrencetype& rule) {
  const auto empty = [](const short* list) { return *list == ICAL_RECURRENCE_ARRAY_MAX; };
  return (rule.freq == ICAL_DAILY_RECURRENCE || rule.freq == ICAL_WEEKLY_RECURRENCE) &&
         empty(rule.by_second) && empty(rule.by_minute) && empty(rule.by_hour) &&
         empty(rule.by_month_day) && empty(rule.by_year_day) && empty(rule.by_week_no) &&
         empty(rule.by_month) && empty(rule.by_set_pos);
}

DayRule::Skip skip_of(const RuleParts& parts) {
  const std::string* const skip = find_part(parts, "SKIP");
  if (!skip) return DayRule::Skip::omit;
  return *skip == "FORWARD" ? DayRule::Skip::forward : DayRule::Skip::backward;
}

bool has_time_parts(const icalrecurrencetype& rule) {
  const auto given = [](const short* list) { return *list != ICAL_RECURRENCE_ARRAY_MAX; };
  return given(rule.by_second) || given(rule.by_minute) || given(rule.by_hour);
}

struct IteratorDelete {
  void operator()(icalrecur_iterator* i) const { icalrecur_iterator_free(i); }
};

}  // namespace

Result<RecurrenceRule> RecurrenceRule::parse(const RecurrenceLine& line, bool all_day) {
  static std::once_flag once;
  std::call_once(once, [] { icalerror_set_errors_are_fatal(0); });
  RuleParts parts = parse_rule(line.value);
  TRY_VOID(check_rule(parts));
  parts = effective_parts(std::move(parts), all_day);
  const bool counts = find_part(parts, "COUNT") != nullptr;
  const DayRule::Skip skip = skip_of(parts);
  erase_part(parts, "UNTIL");
  erase_part(parts, "SKIP");
  auto rule = std::make_unique<icalrecurrencetype>(
      icalrecurrencetype_from_string(format_rule(parts).c_str()));
  if (rule->freq == ICAL_NO_RECURRENCE || rule->interval < 1 || rule->count < 0)
    return invalid(line.name + " is not a valid rule");
  if (counts && rule->count == 0) return invalid("COUNT must be at least 1");
  if (const std::string reason = runs_too_long(*rule); !reason.empty()) return invalid(reason);
  return RecurrenceRule(std::move(rule), skip);
}

RecurrenceRule::RecurrenceRule(std::unique_ptr<icalrecurrencetype> rule, DayRule::Skip skip)
    : rule_(std::move(rule)), skip_(skip) {}
RecurrenceRule::RecurrenceRule(RecurrenceRule&&) noexcept = default;
RecurrenceRule& RecurrenceRule::operator=(RecurrenceRule&&) noexcept = default;
RecurrenceRule::~RecurrenceRule() = default;

bool RecurrenceRule::has_count() const {
  return rule_->count > 0;
}

bool RecurrenceRule::is_within_day() const {
  return rule_->freq < ICAL_DAILY_RECURRENCE;
}

struct RuleStarts::Impl {
  bool all_day = false;
  std::optional<local_seconds> until;
  seconds time_of_day{};
  // One of the two; neither when the rule can never name a day.
  std::optional<DayWalk> walk;
  std::unique_ptr<icalrecur_iterator, IteratorDelete> iterator;
};

RuleStarts::RuleStarts(const RecurrenceRule& rule, local_seconds start, bool all_day,
                       std::optional<local_seconds> until)
    : impl_(std::make_unique<Impl>()) {
  impl_->all_day = all_day;
  impl_->until = until;
  const auto day = std::chrono::floor<days>(start);
  impl_->time_of_day = start - day;
  icalrecurrencetype libical = *rule.rule_;
  // libical knows SKIP, but needs ICU for it and runs without end on some of these rules.
  const bool skips = rule.skip_ != DayRule::Skip::omit && !has_time_parts(libical);
  if (skips || libical_errs(libical) || is_plain(libical)) {
    DayRule days_only = day_rule(libical);
    days_only.skip = rule.skip_;
    impl_->walk.emplace(std::move(days_only), std::chrono::sys_days{day.time_since_epoch()});
    return;
  }
  const icaltimetype first = to_ical(start, all_day);
  if (!can_match(libical, first)) return;
  if (until) libical.until = to_ical(*until, all_day);
  impl_->iterator.reset(icalrecur_iterator_new(libical, first_named_day(first, libical)));
}

RuleStarts::~RuleStarts() = default;

std::optional<local_seconds> RuleStarts::next() {
  if (impl_->walk) {
    const std::optional<std::chrono::sys_days> day = impl_->walk->next();
    if (!day) return std::nullopt;
    const local_seconds start = local_days{day->time_since_epoch()} + impl_->time_of_day;
    if (impl_->until && start > *impl_->until) return std::nullopt;
    return start;
  }
  if (!impl_->iterator) return std::nullopt;
  const icaltimetype next = icalrecur_iterator_next(impl_->iterator.get());
  if (icaltime_is_null_time(next)) return std::nullopt;
  return from_ical(next);
}

bool RuleStarts::skip_to(local_seconds time) {
  if (impl_->walk) {
    const auto day = std::chrono::floor<days>(time);
    impl_->walk->skip_to(std::chrono::sys_days{day.time_since_epoch()});
    return true;
  }
  return impl_->iterator &&
         icalrecur_iterator_set_start(impl_->iterator.get(), to_ical(time, impl_->all_day)) != 0;
}

}  // namespace gcal::icalendar
