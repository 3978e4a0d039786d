#include "src/engine/calendar/original_starts.hpp"

#include <utility>
#include <vector>

#include "src/common/icalendar/zone.hpp"

namespace gcal::calendar {

OriginalStart in_kind_of(const EventTime& start, const OriginalStart& original, Date day) {
  using std::chrono::days;
  if (original.all_day == is_all_day(start)) return original;
  if (!original.all_day) return {true, std::chrono::sys_days{day}};
  const auto& [instant, zone] = std::get<ZonedTime>(start);
  const auto wall = icalendar::to_local(instant, zone);
  const auto of_day = std::chrono::floor<days>(original.instant);
  if (!wall) return {false, of_day + (instant - std::chrono::floor<days>(instant))};
  const std::chrono::local_seconds local = std::chrono::local_days{of_day.time_since_epoch()} +
                                           (*wall - std::chrono::floor<days>(*wall));
  return {false, *icalendar::to_instant(local, zone)};
}

void align_original_starts(Series& series) {
  const bool all_day = is_all_day(series.master.start);
  std::vector<OriginalStart> others;
  for (const auto& [start, occurrence] : series.occurrences)
    if (start.all_day != all_day) others.push_back(start);
  for (const OriginalStart& start : others) {
    auto exception = series.occurrences.extract(start);
    const Date day{std::chrono::floor<std::chrono::days>(start.instant)};
    exception.key() = in_kind_of(series.master.start, start, day);
    series.occurrences.insert(std::move(exception));
  }
}

}  // namespace gcal::calendar
