#include "src/engine/sync/feed_item.hpp"

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/rule_dates.hpp"

namespace gcal::sync {

std::optional<Series> apply_partial(const Series* known, const FeedItem& item) {
  if (item.kind == FeedItem::Kind::full) return item.series;
  if (!item.has_master && !known) return std::nullopt;
  Series series = item.has_master ? item.series : *known;
  // A series that became a single appointment has no occurrences.
  if (item.has_master && !series.recurring()) return series;
  if (item.has_master && known) series.occurrences = known->occurrences;
  for (const auto& [start, occurrence] : item.series.occurrences)
    series.occurrences.insert_or_assign(start, occurrence);
  calendar::drop_void_cancellations(series);
  return series;
}

FeedItem full_item(std::string id, Version version, Series series) {
  FeedItem item;
  item.id = std::move(id);
  item.version = std::move(version);
  item.series = std::move(series);
  return item;
}

bool differs_from_base(const SideState& state, const Series& series) {
  return !state.has_base || calendar::changed(state.base, series).any() ||
         !(state.base.facts == series.facts);
}

}  // namespace gcal::sync
