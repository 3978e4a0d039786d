#include "src/emulator/model/recurrence.hpp"

#include <algorithm>
#include <set>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/common/icalendar/rule_starts.hpp"
#include "src/common/icalendar/zone.hpp"

namespace emulator {
namespace ical = gcal::icalendar;
namespace {

constexpr int kMaxSteps = 200'000;  // of one rule: DAILY for five centuries

// The UNTIL of a rule; nullopt without one.
std::optional<std::string> until_of(const ical::RuleParts& parts) {
  const std::string* const until = ical::find_part(parts, "UNTIL");
  return until && !until->empty() ? std::optional(*until) : std::nullopt;
}

// A value of RDATE, EXDATE or UNTIL: "20250401T045959Z", "20250401T065959" in `zone`, "20250401".
// With `all_day` only the date counts.
std::optional<EventTime> read_value(std::string_view text, const std::string& zone,
                                    const std::string& calendar_zone, bool all_day) {
  const auto value = ical::parse_date_or_time(text);
  if (!value || (value->is_date && !all_day)) return std::nullopt;
  EventTime event_time;
  if (all_day) {
    event_time.all_day = true;
    event_time.date =
        ical::format_date(ical::Date{std::chrono::floor<std::chrono::days>(value->wall)});
    event_time.at = midnight(event_time.date, calendar_zone);
    return event_time;
  }
  if (value->is_utc) {
    event_time.at = SysSeconds{value->wall.time_since_epoch()};
  } else if (const auto at = ical::to_instant(value->wall, zone)) {
    event_time.at = *at;
  } else {
    return std::nullopt;
  }
  event_time.zone = zone;
  return event_time;
}

const std::string& zone_of(const EventTime& start, const std::string& calendar_zone) {
  return start.zone.empty() ? calendar_zone : start.zone;
}

// The zone of a line's local times: its TZID, or that of the series.
std::string zone_of(const ical::RecurrenceLine& line, const EventTime& start,
                    const std::string& calendar_zone) {
  const std::string named(line.zone().value_or(""));
  return named.empty() ? zone_of(start, calendar_zone) : named;
}

// The start on the wall clock of its zone.
std::chrono::local_seconds wall_of(const EventTime& start, const std::string& calendar_zone) {
  if (start.all_day) return std::chrono::local_days{std::chrono::days{days_of(start.date)}};
  const auto local = ical::to_local(start.at, zone_of(start, calendar_zone));
  return local ? *local : std::chrono::local_seconds{start.at.time_since_epoch()};
}

// Calls visit(start) for each start of one rule in order. visit() answers false to stop.
template <class Visit>
void run_rule(const ical::RecurrenceLine& line, const EventTime& start,
              const std::string& calendar_zone, bool gap_skips, Visit visit) {
  const std::string& zone = zone_of(start, calendar_zone);
  std::optional<EventTime> until;
  if (const auto text = until_of(ical::parse_rule(line.value))) {
    until = read_value(*text, zone, calendar_zone, start.all_day || text->size() == 8);
    if (!until) return;
    if (!start.all_day && until->all_day)
      until->at = midnight(date_text(days_of(until->date) + 1), zone) - std::chrono::seconds{1};
  }
  const auto rule = ical::RecurrenceRule::parse(line, start.all_day);
  if (!rule) return;
  const std::optional<ical::Zone> clock = ical::Zone::find(zone);
  const std::chrono::local_seconds first = wall_of(start, calendar_zone);
  ical::RuleStarts starts(*rule, first, start.all_day);
  for (int step = 0; step < kMaxSteps; ++step) {
    const std::optional<std::chrono::local_seconds> next = starts.next();
    if (!next) break;
    EventTime event_time;
    if (start.all_day) {
      event_time.all_day = true;
      event_time.date =
          date_text(std::chrono::floor<std::chrono::days>(*next).time_since_epoch().count());
      event_time.at = midnight(event_time.date, calendar_zone);
    } else {
      if (!clock) break;
      // In the hour that occurs twice, the first start is the one that the event has.
      event_time.at = *next == first ? start.at : clock->to_instant(*next);
      if (gap_skips && *next != first && clock->to_local(event_time.at) != *next) continue;
      event_time.zone = start.zone;
    }
    if (until && event_time.at > until->at) break;
    if (!visit(std::move(event_time))) break;
  }
}

// Whether the emulator can expand this RRULE or EXRULE of a series that begins at `start`.
bool accepts_rule(const ical::RecurrenceLine& line, const EventTime& start, bool same_kind) {
  const ical::RuleParts parts = ical::parse_rule(line.value);
  const auto rule = ical::RecurrenceRule::parse(line, start.all_day);
  // That Google refuses rules of less than a day is a guess.
  if (!rule || rule->is_within_day() || !ical::numbers_in_bounds(parts)) return false;
  const auto until = until_of(parts);
  if (!until) return true;
  const bool is_date = until->size() == 8;
  if (same_kind && (is_date != start.all_day || is_date == until->ends_with('Z'))) return false;
  return read_value(*until, "UTC", "UTC", is_date).has_value();
}

// Whether all values of this RDATE or EXDATE can be read.
bool accepts_dates(const ical::RecurrenceLine& line) {
  const std::string_view zone = line.zone().value_or("");
  if (!zone.empty() && !ical::is_zone(zone)) return false;
  return std::ranges::all_of(ical::split(line.value, ','), [](std::string_view value) {
    return ical::parse_date_or_time(value).has_value();
  });
}

// What the EXDATE and EXRULE lines of a series exclude.
struct Excluded {
  std::set<SysSeconds> starts;
  std::set<std::string> days;  // of a timed series, in its zone

  void add(std::string_view value, const std::string& zone, const EventTime& start,
           const std::string& calendar_zone, const ExpansionRules& rules) {
    const auto read = ical::parse_date_or_time(value);
    if (!read || (read->is_date != start.all_day && !rules.exdate_of_other_kind)) return;
    const bool by_day = read->is_date && !start.all_day;
    const auto excluded = read_value(value, zone, calendar_zone, start.all_day || by_day);
    if (!excluded) return;
    if (by_day)
      days.insert(excluded->date);
    else
      starts.insert(excluded->at);
  }
  bool contains(const EventTime& event_time, const std::string& zone) const {
    return starts.contains(event_time.at) ||
           (!days.empty() &&
            days.contains(ical::format_rfc3339(event_time.at, zone).substr(0, 10)));
  }
};

struct Earlier {
  bool operator()(const EventTime& a, const EventTime& b) const { return a.at < b.at; }
};

}  // namespace

Outcome<> check_recurrence(const std::vector<std::string>& lines, const EventTime& start,
                           bool same_kind) {
  for (const std::string& text : lines) {
    const auto line = ical::parse_line(text);
    if (!line || !ical::check_line(text) ||
        !(line->is_rule() ? accepts_rule(*line, start, same_kind) : accepts_dates(*line)))
      return bad_request("invalid", "Invalid recurrence rule.");
  }
  return Done{};
}

std::vector<EventTime> expand(const std::vector<std::string>& lines, const EventTime& start,
                              const std::string& calendar_zone, SysSeconds from, SysSeconds until,
                              std::size_t limit, const ExpansionRules& rules) {
  std::set<EventTime, Earlier> starts;
  Excluded excluded;
  for (const std::string& text : lines) {
    const auto line = ical::parse_line(text);
    if (!line) continue;
    if (line->name == "RRULE") {
      run_rule(*line, start, calendar_zone, rules.gap_skips, [&](EventTime event_time) {
        if (event_time.at >= until) return false;
        if (event_time.at >= from) starts.insert(std::move(event_time));
        return starts.size() < limit + 400;  // some of them may be excluded by EXDATE
      });
    } else if (line->name == "EXRULE") {
      run_rule(*line, start, calendar_zone, rules.gap_skips, [&](const EventTime& event_time) {
        if (event_time.at >= until) return false;
        excluded.starts.insert(event_time.at);
        return true;
      });
    } else {
      const std::string zone = zone_of(*line, start, calendar_zone);
      for (const std::string_view value : ical::split(line->value, ',')) {
        if (line->name == "EXDATE") {
          excluded.add(value, zone, start, calendar_zone, rules);
          continue;
        }
        if ((value.substr(0, value.find('/')).size() == 8) != start.all_day) continue;
        std::optional<EventTime> event_time = read_value(value, zone, calendar_zone, start.all_day);
        if (!event_time || event_time->at < from || event_time->at >= until) continue;
        event_time->zone = start.zone;
        starts.insert(std::move(*event_time));
      }
    }
  }
  // The start belongs to the set even when no line generates it; COUNT does not count it then.
  const bool outside = start.at >= from && start.at < until && starts.insert(start).second;
  const std::string& zone = zone_of(start, calendar_zone);
  std::vector<EventTime> result;
  for (const EventTime& event_time : starts) {
    const bool kept = rules.exdate_leaves_start && outside && event_time.at == start.at;
    if (!kept && excluded.contains(event_time, zone)) continue;
    if (result.size() == limit) break;
    result.push_back(event_time);
  }
  return result;
}

std::size_t count_starts_before(const std::string& rule, const EventTime& start,
                                const std::string& calendar_zone, SysSeconds until) {
  std::size_t count = 0;
  const auto line = ical::parse_line(rule);
  if (!line) return count;
  run_rule(*line, start, calendar_zone, false, [&](const EventTime& event_time) {
    if (event_time.at >= until) return false;
    ++count;
    return true;
  });
  return count;
}

std::int64_t first_start(const std::vector<std::string>& lines, const EventTime& start,
                         const std::string& calendar_zone) {
  std::int64_t first = start.at.time_since_epoch().count();
  for (const std::string& text : lines) {
    if (!text.starts_with("RDATE")) continue;
    const auto line = ical::parse_line(text);
    if (!line) continue;
    const std::string zone = zone_of(*line, start, calendar_zone);
    for (const std::string_view value : ical::split(line->value, ','))
      if (const auto event_time = read_value(value, zone, calendar_zone, start.all_day))
        first = std::min<std::int64_t>(first, event_time->at.time_since_epoch().count());
  }
  return first;
}

std::int64_t last_start(const std::vector<std::string>& lines, const EventTime& start,
                        const std::string& calendar_zone) {
  std::int64_t last = start.at.time_since_epoch().count();
  for (const std::string& text : lines) {
    const auto line = ical::parse_line(text);
    if (!line) continue;
    if (line->name == "RRULE") {
      const ical::RuleParts parts = ical::parse_rule(line->value);
      const auto text_of_until = until_of(parts);
      if (ical::find_part(parts, "COUNT")) {
        run_rule(*line, start, calendar_zone, false, [&](const EventTime& event_time) {
          last = std::max<std::int64_t>(last, event_time.at.time_since_epoch().count());
          return true;
        });
      } else if (!text_of_until) {
        return kEndless;
      } else if (auto until =
                     read_value(*text_of_until, zone_of(start, calendar_zone), calendar_zone,
                                start.all_day || text_of_until->size() == 8)) {
        last = std::max<std::int64_t>(
            last, until->at.time_since_epoch().count() + (until->all_day ? 86'400 : 0));
      }
    } else if (line->name == "RDATE") {
      const std::string zone = zone_of(*line, start, calendar_zone);
      for (const std::string_view value : ical::split(line->value, ','))
        if (auto event_time = read_value(value, zone, calendar_zone, start.all_day))
          last = std::max<std::int64_t>(last, event_time->at.time_since_epoch().count());
    }
  }
  return last;
}

std::int64_t last_end(const std::vector<std::string>& lines, const EventTime& start,
                      const EventTime& end, const std::string& calendar_zone) {
  if (lines.empty()) return end.at.time_since_epoch().count();
  const std::int64_t last = last_start(lines, start, calendar_zone);
  return last >= kEndless ? kEndless : last + (end.at - start.at).count();
}

}  // namespace emulator
