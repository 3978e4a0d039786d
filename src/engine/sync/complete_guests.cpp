#include "src/engine/sync/complete_guests.hpp"

#include <set>
#include <string>

#include "src/engine/calendar/people.hpp"

namespace gcal::sync {
namespace {

void add_missing(calendar::Event& seen, const calendar::Event& known) {
  if (!seen.attendees_omitted) return;
  std::set<std::string> reported;
  for (const calendar::Attendee& guest : seen.attendees)
    reported.insert(calendar::guest_key(guest));
  for (const calendar::Attendee& guest : known.attendees)
    if (reported.insert(calendar::guest_key(guest)).second) seen.attendees.push_back(guest);
}

}  // namespace

void complete_guests(calendar::Series& seen, const calendar::Series* known) {
  if (known) add_missing(seen.master, known->master);
  for (auto& [start, occurrence] : seen.occurrences) {
    if (occurrence.cancelled || !occurrence.event.attendees_omitted) continue;
    // An exception that is new had the guests of its series.
    const calendar::Event* before = &seen.master;
    if (known)
      if (const auto was = known->occurrences.find(start);
          was != known->occurrences.end() && !was->second.cancelled)
        before = &was->second.event;
    add_missing(occurrence.event, *before);
  }
}

}  // namespace gcal::sync
