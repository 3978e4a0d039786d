#include "tests/sim/visible.hpp"

#include <algorithm>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event_json.hpp"
#include "src/engine/calendar/recurrence.hpp"
#include "src/engine/calendar/rule_dates.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/listed_dates.hpp"

namespace gcal::simulation {

using calendar::Series;

namespace {

// A date that a side lists shows the same as an exception at a date that the rule lacks.
void list_dates_once(Series& series) {
  series = sync::with_listed_dates(std::move(series));
  const auto lines = calendar::RuleDates::of(series);
  if (!lines || lines->dates.empty()) return;
  std::erase_if(series.recurrence,
                [](const std::string& line) { return line.starts_with("RDATE"); });
  series.recurrence.push_back(calendar::rdate_line(lines->dates));
}

}  // namespace

base::Json visible(Series series) {
  series.facts = {};
  list_dates_once(series);
  const auto plain = [](calendar::Event& event) {
    // An all-day event shows the calendar's default reminders as if they had been set.
    event.reminders.reset();
    for (calendar::Attendee& guest : event.attendees)
      guest.name.clear(), guest.organizer = guest.self = false;
    std::ranges::sort(event.attendees, {}, &calendar::Attendee::email);  // no side shows an order
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
