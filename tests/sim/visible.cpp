#include "tests/sim/visible.hpp"

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/series_move.hpp"

namespace gcal::simulation {

using calendar::Series;

base::Json visible(Series series) {
  series.facts = {};
  const auto plain = [](calendar::Event& event) {
    // An all-day event shows the calendar's default reminders as if they had been set.
    event.reminders.reset();
    for (calendar::Attendee& guest : event.attendees)
      guest.name.clear(), guest.organizer = guest.self = false;
  };
  plain(series.master);
  for (auto& [start, occurrence] : series.occurrences) {
    if (occurrence.cancelled) occurrence.event = series.master;
    plain(occurrence.event);
  }
  std::erase_if(series.occurrences, [&](const auto& each) {
    if (each.second.cancelled) return calendar::ends_before(series.recurrence, each.first);
    return calendar::equal_event(each.second.event,
                                 calendar::occurrence_by_rule(series.master, each.first));
  });
  return calendar::to_json(series);
}

}  // namespace gcal::simulation
