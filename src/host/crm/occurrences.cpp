#include "src/host/crm/occurrences.hpp"

#include <algorithm>
#include <set>

#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rule_starts.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/host/crm/recurrence_lines.hpp"

namespace host {
namespace icalendar = gcal::icalendar;
namespace {

using icalendar::find_part;
using icalendar::parse_line;
using icalendar::parse_rule;
using icalendar::RecurrenceRule;
using icalendar::Zone;
using std::chrono::local_seconds;
using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr auto kSlack =
    std::chrono::hours(26);  // between a wall clock and UTC, in either direction
constexpr auto kFarEnough = std::chrono::hours(24 * 400);

// Between the wall clock of a series and instants. All-day series are written as if in UTC.
class SeriesClock {
 public:
  explicit SeriesClock(const EventTime& start)
      : zone_(start.all_day ? std::nullopt : Zone::find(start.zone)) {}
  local_seconds local(sys_seconds instant) const {
    return zone_ ? zone_->to_local(instant) : local_seconds(instant.time_since_epoch());
  }
  sys_seconds instant(local_seconds local) const {
    return zone_ ? zone_->to_instant(local) : sys_seconds(local.time_since_epoch());
  }

 private:
  std::optional<Zone> zone_;
};

// A rule and its UNTIL: a bound on the wall clock, and for a UNTIL in UTC the last instant. In an
// hour that comes twice, and beside one that is left out, the wall clock alone says too little.
struct BoundedRule {
  RecurrenceRule rule;
  std::optional<local_seconds> until;
  std::optional<sys_seconds> last;
};

Result<BoundedRule> rule_for(const RecurrenceLine& line, const EventTime& start) {
  TRY(RecurrenceRule rule, RecurrenceRule::parse(line, start.all_day));
  BoundedRule out{std::move(rule), std::nullopt, std::nullopt};
  const icalendar::RuleParts parts = parse_rule(line.value);
  if (const std::string* until = find_part(parts, "UNTIL")) {
    TRY(out.until, until_of(*until, start));
    TRY(const icalendar::DateOrTime value, icalendar::parse_date_or_time(*until));
    if (value.is_utc && !start.all_day) {
      out.last = sys_seconds(value.wall.time_since_epoch());
      *out.until += kSlack;
    }
  }
  return out;
}

// Calls `found` for each start of one rule in [from, to), in order; stops when it answers false.
// Answers false when the limit was reached.
template <class Found>
bool walk_rule(const RecurrenceLine& line, const EventTime& start, sys_seconds from, sys_seconds to,
               std::size_t& steps, Found&& found) {
  const auto bounded = rule_for(line, start);
  if (!bounded) return true;  // refused when the document came in
  const SeriesClock clock(start);
  const local_seconds first = clock.local(start.instant);
  icalendar::RuleStarts starts(bounded->rule, first, start.all_day, bounded->until);
  const local_seconds begin = clock.local(from - kSlack);
  // The walk can begin in the middle, except for a rule that counts.
  if (!bounded->rule.has_count() && begin - first > kFarEnough) {
    if (bounded->until && *bounded->until < begin) return true;
    if (!starts.skip_to(begin)) return true;
  }
  const local_seconds end = clock.local(to + kSlack);
  while (steps > 0) {
    --steps;
    const std::optional<local_seconds> local = starts.next();
    if (!local || *local >= end) return true;
    if (*local < begin) continue;
    // In the hour that comes twice, the start says which of the two it is.
    const sys_seconds instant = *local == first ? start.instant : clock.instant(*local);
    if (bounded->last && instant > *bounded->last) continue;
    if (instant >= from && instant < to && !found(instant)) return true;
  }
  return false;
}

// How many starts a rule has had on the day of the last one.
struct DayCount {
  std::chrono::sys_days day{};
  std::size_t count = 0;
  std::size_t add(sys_seconds instant) {
    const auto of_instant = std::chrono::floor<std::chrono::days>(instant);
    if (of_instant != day) day = of_instant, count = 0;
    return ++count;
  }
};

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
    const auto line = parse_line(text);
    if (!line) continue;
    std::set<sys_seconds>& target =
        line->name == "EXDATE" || line->name == "EXRULE" ? excluded : starts;
    if (line->is_rule()) {
      const std::size_t per_day = &target == &starts ? limits.per_day : 0;
      DayCount today;
      all &= walk_rule(*line, start, from, to, steps, [&](sys_seconds instant) {
        if (per_day == 0 || today.add(instant) <= per_day) target.insert(target.end(), instant);
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
  if (limits.steps_left) *limits.steps_left = steps;
  std::vector<sys_seconds> out;
  std::ranges::set_difference(starts, excluded, std::back_inserter(out));
  return out;
}

bool touches(sys_seconds start, sys_seconds end, sys_seconds from, sys_seconds to) {
  return start < to && (end > from || (start == end && start >= from));
}

}  // namespace

Result<> check_recurrence(const std::vector<std::string>& lines, const EventTime& start) {
  for (const auto& text : lines) {
    TRY(const RecurrenceLine line, parse_line(text));
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
    if (const auto zone = Zone::find(zone_name)) {
      from = sys_seconds(zone->to_local(from).time_since_epoch());
      to = sys_seconds(zone->to_local(to).time_since_epoch());
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
    const auto line = parse_line(text);
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
    const RuleParts parts = parse_rule(line->value);
    if (const std::string* until = find_part(parts, "UNTIL")) {
      const auto wall = until_of(*until, event.master.start);
      if (wall) last = std::max(last, sys_seconds(wall->time_since_epoch()) + kSlack + length);
    } else if (find_part(parts, "COUNT")) {
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

RuleAround rule_around(const EventView& event, const RecurrenceLine& rule, const EventTime& cut) {
  std::size_t steps = ExpansionLimits{}.steps;
  RuleAround around;
  walk_rule(rule, event.master.start, event.master.start.instant, cut.instant + seconds(1), steps,
            [&](sys_seconds instant) {
              if (instant == cut.instant)
                around.at_cut = true;
              else
                around.before = instant;
              return true;
            });
  return around;
}

bool has_occurrence(const EventView& event, const EventTime& original_start) {
  if (original_start.all_day != event.master.start.all_day) return false;
  if (!event.recurring()) return original_start.instant == event.master.start.instant;
  if (const auto found = event.exceptions.find(original_start); found != event.exceptions.end())
    return !found->second.cancelled;
  return !starts_of(event, original_start.instant, original_start.instant + seconds(1), {}).empty();
}

}  // namespace host
