#include "src/engine/sync/observe.hpp"

#include "src/engine/calendar/diff.hpp"

namespace gcal::sync {

std::optional<Series> fold(const Series* known, const Observation& observation) {
  if (observation.kind == Observation::Kind::whole) return observation.series;
  if (!observation.has_master && !known) return std::nullopt;
  Series series = observation.has_master ? observation.series : *known;
  if (observation.has_master && !series.recurring())
    return series;  // a series that became a single appointment has no occurrences
  if (observation.has_master && known) series.occurrences = known->occurrences;
  for (const auto& [start, occurrence] : observation.series.occurrences)
    series.occurrences.insert_or_assign(start, occurrence);
  return series;
}

bool is_news(const End& end, const Series& series) {
  return !end.agreed || calendar::changed(end.series, series).any() ||
         !(end.series.facts == series.facts);
}

}  // namespace gcal::sync
