#include "src/engine/calendar/rule_dates.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>
#include <utility>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/day_walk.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/engine/calendar/recurrence.hpp"

namespace gcal::calendar {
namespace {

using icalendar::DayRule;
using icalendar::RuleParts;
using icalendar::Zone;
using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::sys_seconds;

// The start of a series and the clock on which its rule is read.
struct Anchor {
  bool all_day = false;
  std::optional<Zone> zone;  // timed only
  local_seconds wall;        // DTSTART
  std::string zone_name;     // timed only

  static std::optional<Anchor> of(const EventTime& start) {
    if (const Date* date = std::get_if<Date>(&start))
      return Anchor{true, std::nullopt, std::chrono::local_days{*date}, {}};
    const ZonedTime& time = std::get<ZonedTime>(start);
    const std::optional<Zone> zone = Zone::find(time.zone);
    if (!zone) return std::nullopt;
    return Anchor{false, zone, zone->to_local(time.instant), time.zone};
  }

  OriginalStart at(local_seconds local) const {
    if (all_day) return {true, sys_seconds{std::chrono::floor<days>(local).time_since_epoch()}};
    return {false, zone->to_instant(local)};
  }
};

// The values of an RDATE or EXDATE line. A day in a series of times is the occurrence of that day;
// of a time in a series of days only its day counts; of a PERIOD only its start. A value that is no
// date or time names nothing. False: the zone of the series is not known.
bool read_dates(const icalendar::RecurrenceLine& line, const Anchor& anchor,
                std::set<OriginalStart>& out) {
  const std::optional<Zone> zone =
      anchor.all_day ? std::nullopt : Zone::find(line.zone_or(anchor.zone_name));
  if (!zone && !anchor.all_day) return false;
  for (const std::string_view text : icalendar::split(line.value, ',')) {
    if (text.empty()) continue;
    const auto value = icalendar::parse_date_or_time(text);
    if (!value) continue;
    if (anchor.all_day)
      out.insert(anchor.at(value->wall));
    else if (value->is_utc)
      out.insert({false, sys_seconds{value->wall.time_since_epoch()}});
    else if (value->is_date)
      out.insert(anchor.at(value->wall + (anchor.wall - std::chrono::floor<days>(anchor.wall))));
    else
      out.insert({false, zone->to_instant(value->wall)});
  }
  return true;
}

// UNTIL as the last start that still belongs to the rule.
std::optional<OriginalStart> last_start(const std::string& until, const Anchor& anchor) {
  const auto value = icalendar::parse_date_or_time(until);
  if (!value) return std::nullopt;
  if (anchor.all_day) return anchor.at(value->wall);
  if (value->is_utc) return OriginalStart{false, sys_seconds{value->wall.time_since_epoch()}};
  return anchor.at(value->is_date ? value->wall + days{1} - std::chrono::seconds{1} : value->wall);
}

std::optional<RuleDates::Rule> read_rule(const icalendar::RecurrenceLine& line,
                                         const Anchor& anchor) {
  RuleDates::Rule rule;
  rule.excludes = line.name == "EXRULE";
  rule.parts = icalendar::effective_parts(icalendar::parse_rule(line.value), anchor.all_day);
  if (!icalendar::numbers_in_bounds(rule.parts)) return std::nullopt;
  if (const std::string* until = icalendar::find_part(rule.parts, "UNTIL")) {
    rule.last = last_start(*until, anchor);
    if (!rule.last) return std::nullopt;
    icalendar::erase_part(rule.parts, "UNTIL");
  }
  std::erase_if(rule.parts, [](const auto& part) {
    return part == std::pair<std::string, std::string>("INTERVAL", "1") ||
           part == std::pair<std::string, std::string>("WKST", "MO");
  });
  std::ranges::sort(rule.parts);
  return rule;
}

constexpr std::array<std::string_view, 7> kWeekdays = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

int number(std::string_view text) {
  int value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<int> numbers(const std::string& text) {
  std::vector<int> out;
  for (const std::string_view each : icalendar::split(text, ',')) out.push_back(number(each));
  return out;
}

std::optional<int> weekday(std::string_view text) {
  const auto found = std::ranges::find(kWeekdays, text);
  if (found == kWeekdays.end()) return std::nullopt;
  return static_cast<int>(found - kWeekdays.begin());
}

bool read_weekdays(const std::string& text, DayRule& rule) {
  // An ordinal has no meaning in a day or a week (RFC 5545 section 3.3.10).
  const bool ordinals =
      rule.frequency == DayRule::Frequency::monthly || rule.frequency == DayRule::Frequency::yearly;
  for (const std::string_view each : icalendar::split(text, ',')) {
    if (each.size() < 2) return false;
    const std::optional<int> day = weekday(each.substr(each.size() - 2));
    if (!day) return false;
    rule.weekdays.emplace_back(ordinals ? number(each.substr(0, each.size() - 2)) : 0, *day);
  }
  return true;
}

std::optional<DayRule> day_rule(const RuleParts& parts) {
  using Frequency = DayRule::Frequency;
  static constexpr std::array<std::pair<std::string_view, Frequency>, 4> kFrequencies{
      {{"DAILY", Frequency::daily},
       {"WEEKLY", Frequency::weekly},
       {"MONTHLY", Frequency::monthly},
       {"YEARLY", Frequency::yearly}}};
  const std::string* frequency = icalendar::find_part(parts, "FREQ");
  if (!frequency) return std::nullopt;
  const auto known =
      std::ranges::find(kFrequencies, *frequency, &std::pair<std::string_view, Frequency>::first);
  if (known == kFrequencies.end()) return std::nullopt;
  DayRule rule;
  rule.frequency = known->second;
  for (const auto& [name, value] : parts) {
    if (name == "FREQ") continue;
    if (name == "INTERVAL") {
      rule.interval = number(value);
    } else if (name == "COUNT") {
      rule.count = number(value);
    } else if (name == "WKST") {
      const std::optional<int> day = weekday(value);
      if (!day) return std::nullopt;
      rule.week_start = *day;
    } else if (name == "SKIP") {
      rule.skip = value == "FORWARD" ? DayRule::Skip::forward : DayRule::Skip::backward;
    } else if (name == "BYMONTH") {
      rule.months = numbers(value);
    } else if (name == "BYMONTHDAY") {
      rule.month_days = numbers(value);
    } else if (name == "BYYEARDAY") {
      rule.year_days = numbers(value);
    } else if (name == "BYWEEKNO") {
      rule.weeks = numbers(value);
    } else if (name == "BYSETPOS") {
      rule.positions = numbers(value);
    } else if (name != "BYDAY" || !read_weekdays(value, rule)) {
      return std::nullopt;
    }
  }
  return rule;
}

// Passes the dates of the rule to `visit`, without regard to UNTIL, until it returns false. Returns
// false if the rule is not understood.
template <class Visit>
bool walk(const RuleDates::Rule& rule, const Anchor& anchor, const Visit& visit) {
  std::optional<DayRule> named = day_rule(rule.parts);
  if (!named) return false;
  const auto first = std::chrono::floor<days>(anchor.wall);
  icalendar::DayWalk starts(*std::move(named), std::chrono::sys_days{first.time_since_epoch()});
  while (const std::optional<std::chrono::sys_days> day = starts.next())
    if (!visit(anchor.at(std::chrono::local_days{day->time_since_epoch()} + (anchor.wall - first))))
      break;
  return true;
}

// Adds to `found` those candidates that the rule names.
bool find_dates(const RuleDates::Rule& rule, const Anchor& anchor,
                const std::set<OriginalStart>& candidates, std::set<OriginalStart>& found) {
  return walk(rule, anchor, [&](const OriginalStart& start) {
    if (start > *candidates.rbegin() || (rule.last && start > *rule.last)) return false;
    if (candidates.contains(start)) found.insert(start);
    return true;
  });
}

constexpr int kLongest = 4'000;  // rules with more dates are not walked to their end

// The last date of a rule with a COUNT. nullopt: it is not understood, or too long to be walked.
std::optional<OriginalStart> last_date(const RuleDates::Rule& rule, const Anchor& anchor) {
  std::optional<OriginalStart> last;
  int dates = 0;
  const bool understood = walk(rule, anchor, [&](const OriginalStart& start) {
    last = start;
    return ++dates < kLongest;
  });
  return understood && dates < kLongest ? last : std::nullopt;
}

}  // namespace

std::optional<RuleDates> RuleDates::of(const Series& series) {
  const std::optional<Anchor> anchor = Anchor::of(series.master.start);
  if (!anchor) return std::nullopt;
  RuleDates out;
  for (const std::string& text : series.recurrence) {
    const auto line = icalendar::parse_line(text);
    if (!line) return std::nullopt;
    if (line->is_rule()) {
      std::optional<Rule> rule = read_rule(*line, *anchor);
      if (!rule) return std::nullopt;
      out.rules.push_back(*std::move(rule));
    } else if (!read_dates(*line, *anchor, line->name == "RDATE" ? out.dates : out.excluded)) {
      return std::nullopt;
    }
  }
  std::ranges::sort(out.rules, {}, [](const Rule& rule) {
    return std::tie(rule.excludes, rule.parts, rule.last);
  });
  return out;
}

std::optional<std::set<OriginalStart>> existing_dates(const Series& series,
                                                      const std::set<OriginalStart>& candidates) {
  if (candidates.empty() || !series.recurring()) return std::set<OriginalStart>();
  const std::optional<Anchor> anchor = Anchor::of(series.master.start);
  const std::optional<RuleDates> lines = RuleDates::of(series);
  if (!anchor || !lines) return std::nullopt;
  std::set<OriginalStart> found;
  std::set<OriginalStart> excluded = lines->excluded;
  for (const RuleDates::Rule& rule : lines->rules)
    if (!find_dates(rule, *anchor, candidates, rule.excludes ? excluded : found))
      return std::nullopt;
  const OriginalStart first = OriginalStart::of(series.master.start);
  std::set<OriginalStart> existing;
  for (const OriginalStart& start : candidates)
    if ((start == first || found.contains(start) || lines->dates.contains(start)) &&
        !excluded.contains(start))
      existing.insert(start);
  return existing;
}

bool has_no_date_after(const Series& series, std::chrono::sys_seconds instant) {
  const std::optional<Anchor> anchor = Anchor::of(series.master.start);
  const std::optional<RuleDates> lines = RuleDates::of(series);
  if (!anchor || !lines) return false;
  const auto counts = [&](const OriginalStart& start) {
    return start.instant > instant && !lines->excluded.contains(start) &&
           !series.occurrences.contains(start);
  };
  if (counts(OriginalStart::of(series.master.start))) return false;
  if (std::ranges::any_of(lines->dates, counts)) return false;
  for (const RuleDates::Rule& rule : lines->rules) {
    if (rule.excludes) continue;
    bool later = false;
    int dates = 0;
    const bool understood = walk(rule, *anchor, [&](const OriginalStart& start) {
      if (rule.last && start > *rule.last) return false;
      later = counts(start) || ++dates >= kLongest;
      return !later;
    });
    if (!understood || later) return false;
  }
  return true;
}

bool only_ends_earlier(const Series& before, const Series& after) {
  const std::optional<Anchor> anchor = Anchor::of(before.master.start);
  const auto old_lines = RuleDates::of(before);
  const auto new_lines = RuleDates::of(after);
  if (!anchor || !old_lines || !new_lines || before.master.start != after.master.start ||
      old_lines->rules.size() != 1 || new_lines->rules.size() != 1 ||
      old_lines->dates != new_lines->dates || old_lines->excluded != new_lines->excluded)
    return false;
  RuleDates::Rule old = old_lines->rules.front();
  const RuleDates::Rule& cut = new_lines->rules.front();
  if (old.excludes || cut.excludes || !cut.last) return false;
  std::optional<OriginalStart> end = old.last;
  if (icalendar::find_part(old.parts, "COUNT")) {
    end = last_date(old, *anchor);
    if (!end) return false;
    icalendar::erase_part(old.parts, "COUNT");
  }
  return old.parts == cut.parts && (!end || *cut.last <= *end);
}

std::vector<std::string> without_listed_dates(const Series& series,
                                              const std::set<OriginalStart>& dates) {
  const std::optional<Anchor> anchor = Anchor::of(series.master.start);
  std::vector<std::string> lines;
  for (const std::string& text : series.recurrence) {
    const auto line = icalendar::parse_line(text);
    std::set<OriginalStart> listed;
    const bool rdate =
        anchor && line && line->name == "RDATE" && read_dates(*line, *anchor, listed);
    const std::size_t before = listed.size();
    for (const OriginalStart& start : dates) listed.erase(start);
    if (!rdate || listed.size() == before)
      lines.push_back(text);
    else if (!listed.empty())
      lines.push_back(rdate_line(listed));
  }
  return lines;
}

void drop_void_cancellations(Series& series) {
  std::set<OriginalStart> cancelled;
  for (const auto& [start, occurrence] : series.occurrences)
    if (occurrence.cancelled) cancelled.insert(start);
  if (cancelled.empty()) return;
  const auto existing = existing_dates(series, cancelled);
  if (!existing) return;
  for (const OriginalStart& start : cancelled)
    if (!existing->contains(start)) series.occurrences.erase(start);
}

}  // namespace gcal::calendar
