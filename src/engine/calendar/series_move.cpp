#include "src/engine/calendar/series_move.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/recurrence_text.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/rule_dates.hpp"

namespace gcal::calendar {
namespace {

using icalendar::Zone;
using std::chrono::days;
using std::chrono::local_seconds;
using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 7> kWeekdays = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

bool same_start(const Series& a, const Series& b) {
  return a.master.start == b.master.start;
}

// Moves the weekdays of a weekly rule; nullopt: the dates of the rule do not all move by as much.
bool move_days(icalendar::RuleParts& parts, std::int64_t by) {
  const std::string* frequency = icalendar::find_part(parts, "FREQ");
  if (!frequency || (*frequency != "DAILY" && *frequency != "WEEKLY")) return false;
  const std::string* by_day = icalendar::find_part(parts, "BYDAY");
  for (const auto& [name, value] : parts)
    if (name.starts_with("BY") && name != "BYDAY") return false;
  if (!by_day) return true;
  std::vector<std::string_view> moved;
  for (const std::string_view day : icalendar::split(*by_day, ',')) {
    const auto at = std::ranges::find(kWeekdays, day);
    if (at == kWeekdays.end()) return false;
    const std::int64_t index = (at - kWeekdays.begin() + by) % 7;
    moved.push_back(kWeekdays[static_cast<std::size_t>((index + 7) % 7)]);
  }
  if (moved.size() == 7) return true;
  if (*frequency != "WEEKLY") return false;
  // Days that move over the border of a week come in another order when weeks are left out.
  if (moved.size() > 1 && icalendar::find_part(parts, "INTERVAL")) return false;
  std::ranges::sort(moved);
  std::string text;
  for (const std::string_view day : moved) text += (text.empty() ? "" : ",") + std::string(day);
  icalendar::set_part(parts, "BYDAY", std::move(text));
  return true;
}

// The order of the weekdays in a rule has no meaning.
void sort_weekdays(RuleDates& dates) {
  for (RuleDates::Rule& rule : dates.rules) {
    const std::string* by_day = icalendar::find_part(rule.parts, "BYDAY");
    if (!by_day) continue;
    std::vector<std::string> list;
    for (const std::string_view day : icalendar::split(*by_day, ',')) list.emplace_back(day);
    std::ranges::sort(list);
    std::string text;
    for (const std::string& day : list) text += (text.empty() ? "" : ",") + day;
    icalendar::set_part(rule.parts, "BYDAY", std::move(text));
  }
}

std::set<OriginalStart> moved_all(const std::set<OriginalStart>& starts, const SeriesMove& move) {
  std::set<OriginalStart> moved;
  for (const OriginalStart& start : starts) moved.insert(move(start));
  return moved;
}

std::int64_t days_between(const EventTime& from, const EventTime& to) {
  const auto day = [](const EventTime& time) {
    if (const Date* date = std::get_if<Date>(&time)) return std::chrono::local_days{*date};
    const ZonedTime& zoned = std::get<ZonedTime>(time);
    const std::optional<Zone> zone = Zone::find(zoned.zone);
    return std::chrono::floor<days>(zone ? zone->to_local(zoned.instant)
                                         : local_seconds{zoned.instant.time_since_epoch()});
  };
  return (day(to) - day(from)).count();
}

}  // namespace

Event occurrence_by_rule(const Event& master, const OriginalStart& original_start) {
  Event event = master;
  if (const Date* start = std::get_if<Date>(&master.start)) {
    const auto length =
        std::chrono::sys_days{std::get<Date>(master.end)} - std::chrono::sys_days{*start};
    const auto day = std::chrono::floor<days>(original_start.instant);
    event.start = Date{day};
    event.end = Date{day + length};
  } else {
    const ZonedTime& from = std::get<ZonedTime>(master.start);
    const ZonedTime& to = std::get<ZonedTime>(master.end);
    event.start = ZonedTime{original_start.instant, from.zone};
    event.end = ZonedTime{original_start.instant + (to.instant - from.instant), to.zone};
  }
  return event;
}

EventTime time_of(const OriginalStart& start, const Event& event) {
  if (start.all_day) return Date{std::chrono::floor<days>(start.instant)};
  const auto* const timed = std::get_if<ZonedTime>(&event.start);
  return ZonedTime{start.instant, timed ? timed->zone : "UTC"};
}

bool moved_along(const Event& from, const Event& from_by_rule, const Event& to,
                 const Event& to_by_rule) {
  const auto offset = [](const EventTime& time, const EventTime& by_rule) {
    return OriginalStart::of(time).instant - OriginalStart::of(by_rule).instant;
  };
  return is_all_day(from.start) == is_all_day(to.start) &&
         offset(from.start, from_by_rule.start) == offset(to.start, to_by_rule.start) &&
         offset(from.end, from_by_rule.end) == offset(to.end, to_by_rule.end);
}

std::optional<Event> shown_on(const Series& series, const OriginalStart& start) {
  const Occurrence* const exception = find_occurrence(series, start);
  if (!exception) return occurrence_by_rule(series.master, start);
  return exception->cancelled ? std::nullopt : std::optional(exception->event);
}

std::optional<SeriesMove::Clock> SeriesMove::clock_of(const EventTime& start) {
  if (const Date* date = std::get_if<Date>(&start))
    return Clock{true, std::nullopt, "", std::chrono::local_days{*date}};
  const ZonedTime& time = std::get<ZonedTime>(start);
  const std::optional<Zone> zone = Zone::find(time.zone);
  if (!zone) return std::nullopt;
  return Clock{false, zone, time.zone, zone->to_local(time.instant)};
}

std::optional<SeriesMove> SeriesMove::between(const EventTime& from, const EventTime& to) {
  std::optional<Clock> before = clock_of(from);
  std::optional<Clock> after = clock_of(to);
  if (!before || !after) return std::nullopt;
  return SeriesMove(*std::move(before), *std::move(after));
}

std::optional<SeriesMove> SeriesMove::of_time_of_day(const EventTime& from, const EventTime& to) {
  std::optional<SeriesMove> move = between(from, to);
  if (move)
    move->to_.start +=
        std::chrono::floor<days>(move->from_.start) - std::chrono::floor<days>(move->to_.start);
  return move;
}

OriginalStart SeriesMove::operator()(const OriginalStart& start) const {
  if (from_.all_day == to_.all_day && from_.zone_name == to_.zone_name && from_.start == to_.start)
    return start;
  const local_seconds wall = from_.zone && !start.all_day
                                 ? from_.zone->to_local(start.instant)
                                 : local_seconds{start.instant.time_since_epoch()};
  const local_seconds moved = wall + (to_.start - from_.start);
  if (to_.all_day) return {true, sys_seconds{std::chrono::floor<days>(moved).time_since_epoch()}};
  return {false, to_.zone->to_instant(moved)};
}

SeriesMove SeriesMove::inverse() const {
  return SeriesMove(to_, from_);
}

bool SeriesMove::keeps_day() const {
  return from_.all_day == to_.all_day &&
         std::chrono::floor<days>(from_.start) == std::chrono::floor<days>(to_.start);
}

bool same_rule_moved(const Series& before, const Series& after) {
  const std::optional<SeriesMove> move =
      SeriesMove::between(before.master.start, after.master.start);
  std::optional<RuleDates> lines = RuleDates::of(before);
  std::optional<RuleDates> wanted = RuleDates::of(after);
  if (!move || !lines || !wanted) return false;
  const std::int64_t by = days_between(before.master.start, after.master.start);
  for (RuleDates::Rule& rule : lines->rules) {
    if (by != 0 && !move_days(rule.parts, by)) return false;
    if (rule.last) rule.last = (*move)(*rule.last);
  }
  lines->dates = moved_all(lines->dates, *move);
  lines->excluded = moved_all(lines->excluded, *move);
  sort_weekdays(*lines);
  sort_weekdays(*wanted);
  return *lines == *wanted;
}

std::optional<std::vector<std::string>> moved_within_day(const Series& series,
                                                         const SeriesMove& move) {
  std::optional<RuleDates> dates = RuleDates::of(series);
  if (!dates || !move.keeps_day()) return std::nullopt;
  std::vector<std::string> lines;
  for (const std::string& text : series.recurrence) {
    auto line = icalendar::parse_line(text);
    if (!line || line->name != "RRULE") return std::nullopt;
    icalendar::RuleParts parts = icalendar::parse_rule(line->value);
    const std::string* until = icalendar::find_part(parts, "UNTIL");
    if (!until || until->size() == 8) {  // a day: its whole length belongs to the rule
      lines.push_back(text);
      continue;
    }
    Series alone = series;
    alone.recurrence = {text};
    const std::optional<OriginalStart> last = RuleDates::of(alone)->rules.front().last;
    icalendar::set_part(
        parts, "UNTIL",
        icalendar::basic_format(icalendar::format_rfc3339(move(*last).instant, "UTC")));
    line->value = icalendar::format_rule(parts);
    lines.push_back(line->text());
  }
  return lines;
}

DateMap::DateMap(const Series& from, const Series& to, const std::set<OriginalStart>& starts) {
  const bool same_lines = canonical(from.recurrence) == canonical(to.recurrence);
  if (!same_start(from, to)) {
    move_ = same_rule_moved(from, to)
                ? SeriesMove::between(from.master.start, to.master.start)
                : SeriesMove::of_time_of_day(from.master.start, to.master.start);
  }
  std::set<OriginalStart> wanted;
  for (const OriginalStart& start : starts) {
    forward_.emplace(start, move_ ? (*move_)(start) : start);
    wanted.insert(forward_.at(start));
  }
  if (same_start(from, to) && same_lines) return;
  const auto existing = existing_dates(to, wanted);
  std::erase_if(forward_, [&](const auto& each) {
    return existing ? !existing->contains(each.second) : !same_lines;
  });
}

std::optional<OriginalStart> DateMap::forward(const OriginalStart& start) const {
  const auto found = forward_.find(start);
  if (found == forward_.end()) return std::nullopt;
  return found->second;
}

OriginalStart DateMap::back(const OriginalStart& start) const {
  return move_ ? move_->inverse()(start) : start;
}

}  // namespace gcal::calendar
