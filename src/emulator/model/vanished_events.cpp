#include "src/emulator/model/vanished_events.hpp"

#include <algorithm>

#include "src/emulator/model/occurrences.hpp"

namespace emulator {

std::vector<FormerTimes> VanishedEvents::times_since(const StoredEvent& event) const {
  std::vector<FormerTimes> times;
  for (const FormerTimes& former : calendar_.former_times_of(event.id))
    if (former.until_change > since_) times.push_back(former);
  return times;
}

bool VanishedEvents::has_left_window(const StoredEvent& event) const {
  const std::vector<FormerTimes> times = times_since(event);
  return std::any_of(times.begin(), times.end(), [&](const FormerTimes& former) {
    return window_.contains(former.start.at, former.last_end);
  });
}

void VanishedEvents::add(const StoredEvent& changed) {
  if (!changed.series.empty()) {
    if (changed.cancelled || has_left_window(changed) || slot_in_window(changed)) add_head(changed);
    return;
  }
  for (const FormerTimes& former : times_since(changed)) add_shown(changed, former);
  if (!changed.cancelled) return;
  add_shown(changed, times_of(changed));
  for (const StoredEvent* exception : calendar_.exceptions_of(changed.id))
    if (!exception->orphan) add_head(*exception);
}

void VanishedEvents::add_head(const EventHead& event) {
  vanished_.try_emplace(event.id, event);
}

// Adds what a list of instances has shown of the event when it had these times.
void VanishedEvents::add_shown(const StoredEvent& event, const FormerTimes& times) {
  if (times.recurrence.empty()) {
    if (window_.contains(times.start.at, times.last_end)) add_head(event);
    return;
  }
  if (window_.min && times.last_end <= window_.min->time_since_epoch().count()) return;
  for (const EventTime& original :
       expand(times.recurrence, times.start, calendar_.zone,
              window_.expansion_begin(times.start, times.end), window_.expansion_end(times.start),
              kMaxInstances, calendar_.expansion)) {
    const EventTime end = instance_end(times.start, times.end, original, calendar_.zone);
    if (!window_.contains(original.at, end.at.time_since_epoch().count())) continue;
    EventHead occurrence;
    occurrence.id = instance_id(event, original);
    occurrence.series = event.id;
    occurrence.stamp = event.stamp;
    occurrence.updated = event.updated;
    occurrence.original = occurrence.start = original;
    add_head(occurrence);
  }
}

// Whether a list has shown the occurrence at its slot, before it became an exception.
bool VanishedEvents::slot_in_window(const StoredEvent& exception) const {
  const StoredEvent* series = calendar_.find(exception.series);
  if (!series) return false;
  std::vector<FormerTimes> times = times_since(*series);
  times.push_back({series->start, series->end, {}, series->last_end, 0});
  return std::any_of(times.begin(), times.end(), [&](const FormerTimes& former) {
    const EventTime end =
        instance_end(former.start, former.end, exception.original, calendar_.zone);
    return window_.contains(exception.original.at, end.at.time_since_epoch().count());
  });
}

std::unordered_map<std::string, PartOccurrence> occurrences_of_parts(
    const Calendar& calendar, const EventWindow& window, const std::set<std::string>& base_ids) {
  std::unordered_map<std::string, PartOccurrence> shown;
  for (const std::string& base_id : base_ids) {
    for (const StoredEvent* part : calendar.series_parts(base_id)) {
      if (part->cancelled || !part->is_series()) continue;
      const auto series = std::make_shared<const Event>(part->event());
      for_each_instance_in_window(calendar, *series, window, [&](const EventTime& original) {
        shown[instance_id(*series, original)] = {series, original};
      });
    }
  }
  return shown;
}

}  // namespace emulator
