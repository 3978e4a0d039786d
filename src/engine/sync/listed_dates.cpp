#include "src/engine/sync/listed_dates.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "src/common/base/mutant.hpp"
#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/calendar/series_move.hpp"

namespace gcal::sync {
namespace {

using calendar::OriginalStart;
using calendar::Series;

std::set<OriginalStart> dates_outside(const Series& series) {
  std::set<OriginalStart> shown;
  for (const auto& [start, occurrence] : series.occurrences)
    if (!occurrence.cancelled) shown.insert(start);
  if (shown.empty() || !series.recurring() || base::mutant("outside_dates_unlisted")) return {};
  const auto existing = calendar::existing_dates(series, shown);
  const auto lines = calendar::RuleDates::of(series);
  if (!existing || !lines) return {};
  std::erase_if(shown, [&](const OriginalStart& start) {
    return existing->contains(start) || lines->excluded.contains(start);
  });
  return shown;
}

Series list(Series series, const std::set<OriginalStart>& dates) {
  if (!dates.empty()) series.recurrence.push_back(calendar::rdate_line(dates));
  return series;
}

// The exceptions at dates of the other kind that `held` does not have.
Series with_dates_of_its_kind(Series series, const Series* held) {
  if (base::mutant("dates_of_both_kinds")) return series;
  for (const auto& [start, date] : dates_of_other_kind(series)) {
    if (held && calendar::find_occurrence(*held, start)) continue;
    calendar::Occurrence occurrence = std::move(series.occurrences.at(start));
    series.occurrences.erase(start);
    if (!occurrence.cancelled)
      calendar::copy(occurrence.event, calendar::occurrence_by_rule(series.master, date),
                     calendar::Field::schedule);
    series.occurrences.try_emplace(date, std::move(occurrence));
  }
  return series;
}

// Dates of exceptions that are removed: what is listed for them would show the series there.
std::set<OriginalStart> left_listed(const Series& held, const Series& wanted,
                                    const Series& in_crm) {
  std::set<OriginalStart> removed;
  for (const auto& [start, occurrence] : held.occurrences)
    if (!occurrence.cancelled && !calendar::find_occurrence(wanted, start)) removed.insert(start);
  if (removed.empty() || base::mutant("removed_date_stays_listed")) return {};
  const auto lines = calendar::RuleDates::of(wanted);
  const auto existing = calendar::existing_dates(in_crm, removed);
  if (!lines || !existing) return {};
  std::erase_if(removed, [&](const OriginalStart& start) {
    return !lines->dates.contains(start) || existing->contains(start);
  });
  return removed;
}

}  // namespace

std::map<OriginalStart, OriginalStart> dates_of_other_kind(const Series& series) {
  const bool all_day = calendar::is_all_day(series.master.start);
  std::map<OriginalStart, OriginalStart> dates;
  for (const auto& [start, occurrence] : series.occurrences) {
    if (start.all_day == all_day) continue;
    const auto move = calendar::SeriesMove::of_time_of_day(
        calendar::time_of(start, occurrence.event), series.master.start);
    if (move) dates.emplace(start, (*move)(start));
  }
  return dates;
}

Series with_listed_dates(Series series) {
  const std::set<OriginalStart> dates = dates_outside(series);
  return list(std::move(series), dates);
}

Series as_created(Series series) {
  return with_listed_dates(with_dates_of_its_kind(std::move(series), nullptr));
}

Series as_written(const Series& held, Series wanted, const Series& in_crm) {
  wanted = with_dates_of_its_kind(std::move(wanted), &held);
  if (const std::set<OriginalStart> left = left_listed(held, wanted, in_crm); !left.empty())
    wanted.recurrence = calendar::without_listed_dates(wanted, left);
  const std::set<OriginalStart> dates = dates_outside(wanted);
  bool needed = !calendar::equal_rule(held, wanted);
  for (const OriginalStart& start : dates) {
    const calendar::Occurrence* const there = calendar::find_occurrence(held, start);
    needed |= !there || there->cancelled;
  }
  if (dates.empty() || !needed) return wanted;
  wanted = list(std::move(wanted), dates);
  // The same dates in the notation of `held`.
  const bool same_times = calendar::equal(held.master, wanted.master, calendar::Field::schedule);
  if (same_times && calendar::RuleDates::of(held) == calendar::RuleDates::of(wanted))
    wanted.recurrence = held.recurrence;
  return wanted;
}

}  // namespace gcal::sync
