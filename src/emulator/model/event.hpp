// One event, in two forms: Event (parsed, for reading and changing) and StoredEvent (as text, in
// its calendar), and how answers show it. Used by the calendar, the lists and the API. Neither form
// holds what depends on the reader: zones of the answer, masked members and cut attendee lists are
// applied while rendering.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/emulator/model/event_time.hpp"
#include "src/emulator/model/recurrence.hpp"
#include "src/emulator/model/span_index.hpp"

namespace emulator {

// What windows, the order of changes and stubs of deleted events need without the other members.
struct EventHead {
  std::string id;
  std::string ical_uid;
  std::string series;         // recurringEventId; "" for masters and single events
  bool cancelled = false;     // overrides the `status` of the fields
  bool id_only = false;       // the stub shows nothing but the id (the series was deleted or cut)
  bool removed = false;       // of a guest's copy: the guest deleted it, so that it stays deleted
  bool orphan = false;        // an exception that a guest has without its series
  std::int64_t created = 0;   // milliseconds, whole seconds
  std::int64_t updated = 0;   // milliseconds
  std::int64_t stamp = 0;     // microseconds; the same for a series and all its exceptions
  std::uint64_t change = 0;   // number in the calendar's order of changes; 0: not listed
  EventTime start, end;       // of the fields
  EventTime original;         // originalStartTime; only with `series`
  std::int64_t last_end = 0;  // seconds: end of the last instance

  std::string etag() const { return "\"" + std::to_string(2 * stamp) + "\""; }
};

// The parsed form.
struct Event : EventHead {
  Json fields = Json::object();  // the other stored members of the resource, in canonical form

  bool is_series() const { return !fields["recurrence"].is_null(); }
  std::vector<std::string> recurrence() const;
};

// The form in a calendar. As text the fields take a third of the memory of the parsed tree; they
// are parsed when a member is needed.
struct StoredEvent : EventHead {
  bool recurring = false;
  Span span;                        // its place in the calendar's index of spans
  std::string fields;               // JSON
  mutable std::string cached_json;  // what its owner gets, with the calendar's zone; "" until it is
                                    // asked for, and after every change

  bool is_series() const { return recurring; }
  Event event() const;
  void cache_json(std::string text) const { (cached_json = std::move(text)).shrink_to_fit(); }
};

// The times and the rule of an event.
struct FormerTimes {
  EventTime start, end;
  std::vector<std::string> recurrence;  // none: a single event or an exception
  std::int64_t last_end = 0;            // as in EventHead
  std::uint64_t until_change = 0;       // number of the change that gave the event other times
};
FormerTimes times_of(const StoredEvent& event);

// Whose copy is shown, and how.
struct EventView {
  const std::string& calendar_id;
  const std::string& calendar_zone;
  const std::string& answer_zone;
  std::int64_t max_attendees = 0;  // 0: all
  bool masked = false;             // the reader sees only the times
};

// The event resource as JSON text.
std::string render(const Event& event, const EventView& view);
// A deleted event as lists show it: {kind, etag, id, status}, with `with_original` also
// recurringEventId and originalStartTime.
std::string render_stub(const EventHead& event, bool with_original, const EventView& view);

// The end of the instance that the rule puts at `original`; `start` and `end` are those of the
// series.
EventTime instance_end(const EventTime& start, const EventTime& end, const EventTime& original,
                       const std::string& calendar_zone);
// The instance that the rule puts at `original`, with the members of its series.
Event make_instance(const Event& series, const EventTime& original,
                    const std::string& calendar_zone);
std::string instance_id(const EventHead& series, const EventTime& original);
// The id of the series that "this and following" has split into parts: without "_R<start>".
std::string series_base_id(const std::string& series_id);
std::string html_link(const std::string& event_id, const std::string& calendar_id);

}  // namespace emulator
