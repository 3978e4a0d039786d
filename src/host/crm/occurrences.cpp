#include "src/host/crm/occurrences.hpp"

#include <date/tz.h>
#include <libical/ical.h>

#include <algorithm>
#include <mutex>
#include <set>

#include "src/common/icalendar/rule_starts.hpp"
#include "src/host/crm/recurrence_lines.hpp"

namespace host {
namespace {

using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr auto kSlack =
    std::chrono::hours(26);  // between a wall clock and UTC, in either direction
constexpr auto kFarEnough = std::chrono::hours(24 * 400);

// The system's zone files end in 2037 and the date library does not read their footer: later years
// borrow the offset of the year 28 before, which has the same weekdays (until 2100).
constexpr seconds kTwentyEightYears = days(28 * 365 + 7);
template <class Time>
Time within_tables(Time t) {
  constexpr seconds kEnd{2'114'380'800};  // 2037-01-01
  while (t.time_since_epoch() >= kEnd) t -= kTwentyEightYears;
  return t;
}

const date::time_zone* find_zone(std::string_view name) {
  if (name.empty() || name.size() > 64) return nullptr;
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return nullptr;
  }
}

local_seconds to_local(sys_seconds instant, const date::time_zone& zone) {
  return local_seconds((instant + zone.get_info(within_tables(instant)).offset).time_since_epoch());
}

sys_seconds to_instant(local_seconds local, const date::time_zone& zone) {
  const auto info = zone.get_info(within_tables(date::local_seconds(local.time_since_epoch())));
  return sys_seconds(local.time_since_epoch() -
                     info.first.offset);  // a gap moves forward, a doubled hour is its first half
}

icaltimetype to_ical(local_seconds local, bool date) {
  const auto day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day ymd(day);
  const std::chrono::hh_mm_ss time(local - day);
  icaltimetype out = icaltime_null_time();
  out.year = static_cast<int>(ymd.year());
  out.month = static_cast<int>(static_cast<unsigned>(ymd.month()));
  out.day = static_cast<int>(static_cast<unsigned>(ymd.day()));
  out.is_date = date ? 1 : 0;
  if (!date) {
    out.hour = static_cast<int>(time.hours().count());
    out.minute = static_cast<int>(time.minutes().count());
    out.second = static_cast<int>(time.seconds().count());
  }
  return out;
}

local_seconds from_ical(const icaltimetype& t) {
  const std::chrono::local_days day(std::chrono::year_month_day{
      std::chrono::year(t.year), std::chrono::month(static_cast<unsigned>(t.month)),
      std::chrono::day(static_cast<unsigned>(t.day))});
  return day + std::chrono::hours(t.is_date ? 0 : t.hour) +
         std::chrono::minutes(t.is_date ? 0 : t.minute) + seconds(t.is_date ? 0 : t.second);
}

// What keeps libical busy for seconds inside one step, where no count of steps can stop it: rules
// within a day that BY parts thin out, and weekdays counted beyond any month or year. "" when the
// rule is fine.
std::string walks_too_long(const icalrecurrencetype& rule) {
  const auto given = [](const short* list) { return *list != ICAL_RECURRENCE_ARRAY_MAX; };
  const bool within_a_day = rule.freq < ICAL_DAILY_RECURRENCE;
  for (const short* list :
       {rule.by_second, rule.by_minute, rule.by_hour, rule.by_day, rule.by_month_day,
        rule.by_year_day, rule.by_week_no, rule.by_month, rule.by_set_pos})
    if (within_a_day && given(list)) return "a rule within a day takes no BY parts";
  const int most = rule.freq == ICAL_MONTHLY_RECURRENCE ? 5 : 53;
  for (const short* day = rule.by_day; *day != ICAL_RECURRENCE_ARRAY_MAX; ++day)
    if (std::abs(icalrecurrencetype_day_position(*day)) > most)
      return "BYDAY counts beyond the month or year";
  return "";
}

// A rule in wall-clock time. libical is given no zone at all, so that neither its tables nor its
// idea of UNTIL play a part.
Result<icalrecurrencetype> rule_for(const RecurrenceLine& line, const EventTime& start) {
  static std::once_flag once;
  std::call_once(once, [] { icalerror_set_errors_are_fatal(0); });
  RuleParts parts = parts_of(line.value);
  const std::string* const until = part(parts, "UNTIL");
  std::optional<local_seconds> last;
  if (until) {
    if (part(parts, "COUNT"))
      return Error{Code::invalid, "recurrence: UNTIL and COUNT exclude each other", {}};
    TRY(last, until_of(*until, start));
    erase_part(parts, "UNTIL");
  }
  icalrecurrencetype rule = icalrecurrencetype_from_string(rule_of(parts).c_str());
  if (rule.rscale) {
    icalmemory_free_buffer(rule.rscale);
    return Error{Code::invalid, "recurrence: RSCALE is not supported", {}};
  }
  if (rule.freq == ICAL_NO_RECURRENCE || rule.interval < 1 || rule.count < 0)
    return Error{Code::invalid, "recurrence: " + line.name + " is not a valid rule", {}};
  if (part(parts, "COUNT") && rule.count == 0)
    return Error{Code::invalid, "recurrence: COUNT must be at least 1", {}};
  if (const std::string fault = walks_too_long(rule); !fault.empty())
    return Error{Code::invalid, "recurrence: " + fault, {}};
  if (last) rule.until = to_ical(*last, start.all_day);
  return rule;
}

struct Zone {
  explicit Zone(const EventTime& start)
      : all_day(start.all_day), zone(start.all_day ? nullptr : find_zone(start.zone)) {}
  local_seconds local(sys_seconds instant) const {
    return zone ? to_local(instant, *zone) : local_seconds(instant.time_since_epoch());
  }
  sys_seconds instant(local_seconds local) const {
    return zone ? to_instant(local, *zone) : sys_seconds(local.time_since_epoch());
  }
  bool all_day;
  const date::time_zone* zone;
};

// Calls `found` for each start of one rule in [from, to), in order; stops when it answers false.
// Answers false when the limit was reached.
template <class Found>
bool walk_rule(const RecurrenceLine& line, const EventTime& start, sys_seconds from, sys_seconds to,
               std::size_t& steps, Found&& found) {
  auto rule = rule_for(line, start);
  if (!rule) return true;  // refused when the document came in
  const Zone zone(start);
  const local_seconds first = zone.local(start.instant);
  gcal::expansion::RuleStarts starts(*rule, to_ical(first, start.all_day));
  const local_seconds begin = zone.local(from - kSlack);
  // libical can begin in the middle, except for a rule that counts.
  if (rule->count == 0 && begin - first > kFarEnough) {
    if (!icaltime_is_null_time(rule->until) && from_ical(rule->until) < begin) return true;
    if (!starts.skip_to(to_ical(begin, start.all_day))) return true;
  }
  const local_seconds end = zone.local(to + kSlack);
  while (steps > 0) {
    --steps;
    const icaltimetype next = starts.next();
    if (icaltime_is_null_time(next)) return true;
    const local_seconds local = from_ical(next);
    if (local >= end) return true;
    if (local < begin) continue;
    const sys_seconds instant =
        local == first
            ? start.instant
            : zone.instant(local);  // in the hour that comes twice the start says which one it is
    if (instant >= from && instant < to && !found(instant)) return true;
  }
  return false;
}

// Starts of the series' occurrences in [from, to), sorted, without those that EXDATE and EXRULE
// take away; cancelled exceptions included.
std::vector<sys_seconds> starts_of(const EventView& event, sys_seconds from, sys_seconds to,
                                   const ExpansionLimits& limits, bool* complete = nullptr) {
  const EventTime& start = event.master.start;
  std::set<sys_seconds> starts, excluded;
  std::size_t steps = limits.steps;
  bool all = true;
  if (start.instant >= from && start.instant < to) starts.insert(start.instant);
  for (const auto& text : event.recurrence) {
    const auto line = line_of(text);
    if (!line) continue;
    std::set<sys_seconds>& target =
        line->name == "EXDATE" || line->name == "EXRULE" ? excluded : starts;
    if (line->is_rule()) {
      all &= walk_rule(*line, start, from, to, steps, [&](sys_seconds instant) {
        target.insert(target.end(), instant);
        return target.size() < limits.instances;
      });
      all &= target.size() < limits.instances;
    } else if (const auto dates = dates_of(*line, start)) {
      for (const auto& date : *dates) {
        if (date.instant >= from && date.instant < to) target.insert(date.instant);
      }
    }
  }
  if (complete) *complete = all;
  std::vector<sys_seconds> out;
  std::ranges::set_difference(starts, excluded, std::back_inserter(out));
  return out;
}

bool touches(sys_seconds start, sys_seconds end, sys_seconds from, sys_seconds to) {
  return start < to && (end > from || (start == end && start >= from));
}

}  // namespace

bool is_zone(std::string_view name) {
  return find_zone(name) != nullptr;
}

Result<local_seconds> local_of(sys_seconds instant, std::string_view name) {
  const auto* zone = find_zone(name);
  if (!zone)
    return Error{
        Code::invalid, "\"" + std::string(name.substr(0, 64)) + "\" is no known time zone", {}};
  return to_local(instant, *zone);
}

Result<sys_seconds> instant_of(local_seconds local, std::string_view name) {
  const auto* zone = find_zone(name);
  if (!zone)
    return Error{
        Code::invalid, "\"" + std::string(name.substr(0, 64)) + "\" is no known time zone", {}};
  return to_instant(local, *zone);
}

Result<> check_recurrence(const std::vector<std::string>& lines, const EventTime& start) {
  for (const auto& text : lines) {
    TRY(const RecurrenceLine line, line_of(text));
    if (line.is_rule()) {
      TRY(const auto rule, rule_for(line, start));
      static_cast<void>(rule);
    } else {
      TRY(const auto dates, dates_of(line, start));
      static_cast<void>(dates);
    }
  }
  return {};
}

std::vector<Instance> expand(const EventView& event, sys_seconds from, sys_seconds to,
                             std::string_view zone_name, const ExpansionLimits& limits) {
  if (event.master.start.all_day) {
    // Days are compared with the viewer's wall clock, which both are written as if in UTC.
    if (const auto* zone = find_zone(zone_name)) {
      from = sys_seconds(to_local(from, *zone).time_since_epoch());
      to = sys_seconds(to_local(to, *zone).time_since_epoch());
    }
  }
  std::vector<Instance> out;
  const EventFields& master = event.master;
  const auto length = master.end.instant - master.start.instant;
  const auto add = [&](const EventTime& original, const EventTime& start, const EventTime& end,
                       const EventFields& fields, bool exception) {
    if (touches(start.instant, end.instant, from, to) && out.size() < limits.instances)
      out.push_back({original, start, end, exception, &fields});
  };
  if (!event.recurring()) {
    add(master.start, master.start, master.end, master, false);
    return out;
  }
  for (const sys_seconds instant : starts_of(event, from - length - seconds(1), to, limits)) {
    EventTime start{master.start.all_day, instant, master.start.zone};
    if (event.exceptions.contains(start)) continue;
    add(start, start, {start.all_day, instant + length, master.end.zone}, master, false);
  }
  for (const auto& [original, exception] : event.exceptions) {
    if (exception.cancelled) continue;
    EventTime named = original;
    if (!named.all_day) named.zone = master.start.zone;
    add(named, exception.fields.start, exception.fields.end, exception.fields, true);
  }
  std::ranges::sort(out, [](const Instance& a, const Instance& b) {
    return std::tuple(a.start.instant, a.original_start.instant) <
           std::tuple(b.start.instant, b.original_start.instant);
  });
  return out;
}

Span span_of(const EventView& event) {
  const auto slack = event.master.start.all_day ? seconds(kSlack) : seconds(0);
  const auto length = event.master.end.instant - event.master.start.instant;
  sys_seconds first = event.master.start.instant;
  sys_seconds last = event.master.end.instant;
  bool endless = false;
  for (const auto& text : event.recurrence) {
    const auto line = line_of(text);
    if (!line || line->name == "EXDATE" || line->name == "EXRULE") continue;
    if (line->name == "RDATE") {
      if (const auto dates = dates_of(*line, event.master.start)) {
        for (const auto& date : *dates) {
          first = std::min(first, date.instant);
          last = std::max(last, date.instant + length);
        }
      }
      continue;
    }
    const RuleParts parts = parts_of(line->value);
    if (const std::string* until = part(parts, "UNTIL")) {
      const auto wall = until_of(*until, event.master.start);
      if (wall) last = std::max(last, sys_seconds(wall->time_since_epoch()) + kSlack + length);
    } else if (part(parts, "COUNT")) {
      std::size_t steps = 5000;  // a longer one counts as endless, which is only slower
      const bool ended =
          walk_rule(*line, event.master.start, first, sys_seconds(seconds(253'402'300'799)), steps,
                    [&](sys_seconds start) {
                      last = std::max(last, start + length);
                      return true;
                    });
      endless |= !ended;
    } else {
      endless = true;
    }
  }
  for (const auto& [original, exception] : event.exceptions) {
    if (exception.cancelled) continue;
    first = std::min(first, exception.fields.start.instant);
    last = std::max(last, exception.fields.end.instant);
  }
  if (endless) return {first - slack, std::nullopt};
  return {first - slack, last + slack};
}

std::size_t starts_before(const EventView& event, const EventTime& cut) {
  return starts_of(event, span_of(event).first, cut.instant, {}).size();
}

std::size_t rule_starts_before(const EventView& event, const RecurrenceLine& rule,
                               const EventTime& cut) {
  std::size_t steps = ExpansionLimits{}.steps, count = 0;
  walk_rule(rule, event.master.start, event.master.start.instant, cut.instant, steps,
            [&](sys_seconds) {
              ++count;
              return true;
            });
  return count;
}

bool has_occurrence(const EventView& event, const EventTime& original_start) {
  if (original_start.all_day != event.master.start.all_day) return false;
  if (!event.recurring()) return original_start.instant == event.master.start.instant;
  if (const auto found = event.exceptions.find(original_start); found != event.exceptions.end())
    return !found->second.cancelled;
  return !starts_of(event, original_start.instant, original_start.instant + seconds(1), {}).empty();
}

}  // namespace host
