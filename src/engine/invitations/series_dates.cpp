#include "src/engine/invitations/series_dates.hpp"

#include <algorithm>
#include <set>

#include "src/common/icalendar/zone.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/calendar/series_move.hpp"

namespace gcal::invitations {
namespace {

using calendar::Event;
using calendar::OriginalStart;
using calendar::Series;
using std::chrono::days;
using std::chrono::local_days;
using std::chrono::sys_seconds;

constexpr int kDays = 3'660;

sys_seconds instant_of(const calendar::EventTime& time) {
  return OriginalStart::of(time).instant;
}

// The date of the series on each of `count` days from the day of `from` on, should it have one, and
// those that its RDATE lines name.
std::set<OriginalStart> candidates(const Series& series, sys_seconds from, int count) {
  std::set<OriginalStart> out;
  if (const auto lines = calendar::RuleDates::of(series)) out = lines->dates;
  const auto* timed = std::get_if<calendar::ZonedTime>(&series.master.start);
  if (!timed) {
    const auto day = std::chrono::floor<days>(from);
    for (int i = 0; i < count; ++i) out.insert({true, day + days{i}});
    return out;
  }
  const auto zone = icalendar::Zone::find(timed->zone);
  if (!zone) return out;
  const auto first = zone->to_local(timed->instant);
  const auto time = first - std::chrono::floor<days>(first);
  const local_days day = std::chrono::floor<days>(zone->to_local(from));
  for (int i = 0; i < count; ++i) out.insert({false, zone->to_instant(day + days{i} + time)});
  return out;
}

}  // namespace

std::vector<Event> next_dates(const Series& series, sys_seconds from, std::size_t count) {
  std::vector<Event> out;
  const sys_seconds start = instant_of(series.master.start);
  const auto length = instant_of(series.master.end) - start;
  // Of a yearly rule five dates take five years; most rules need a few weeks.
  for (const int window : {60, kDays}) {
    out.clear();
    const sys_seconds begin = std::max(start, from - length);
    const auto existing = calendar::existing_dates(series, candidates(series, begin, window));
    if (!existing) return out;
    for (const OriginalStart& date : *existing) {
      const calendar::Occurrence* const exception = calendar::find_occurrence(series, date);
      if (exception && exception->cancelled) continue;
      out.push_back(exception ? exception->event
                              : calendar::occurrence_by_rule(series.master, date));
    }
    std::erase_if(out, [&](const Event& event) { return instant_of(event.end) <= from; });
    std::ranges::stable_sort(out, {}, [](const Event& event) { return instant_of(event.start); });
    if (out.size() >= count) break;
  }
  out.resize(std::min(out.size(), count));
  return out;
}

std::optional<OriginalStart> last_start(const Series& series) {
  if (!series.recurring()) return OriginalStart::of(series.master.start);
  sys_seconds from = instant_of(series.master.start);
  // A series that began long ago: its end is looked for before its UNTIL.
  if (const auto lines = calendar::RuleDates::of(series);
      lines && lines->rules.size() == 1 && lines->rules.front().last)
    from = std::max(from, lines->rules.front().last->instant - days{kDays - 1});
  const auto existing = calendar::existing_dates(series, candidates(series, from, kDays));
  if (!existing || existing->empty()) return std::nullopt;
  const OriginalStart last = *existing->rbegin();
  if (!calendar::has_no_date_after(series, last.instant)) return std::nullopt;
  return last;
}

std::optional<sys_seconds> end_of(const Series& series) {
  const auto last = last_start(series);
  if (!last) return std::nullopt;
  const auto length = instant_of(series.master.end) - instant_of(series.master.start);
  sys_seconds end = series.recurring() ? last->instant + length : instant_of(series.master.end);
  for (const auto& [start, occurrence] : series.occurrences)
    if (!occurrence.cancelled) end = std::max(end, instant_of(occurrence.event.end));
  return end;
}

}  // namespace gcal::invitations
