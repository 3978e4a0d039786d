// One event in hand and at rest, and how Google shows it. Used by the calendar, the lists and the
// API. It must never hold what depends on the reader: zones of the answer, masks and cut attendee
// lists are made while writing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/emulator/model/moment.hpp"
#include "src/emulator/model/recurrence.hpp"

namespace emulator {

// What windows, the order of changes and stubs need.
struct EventHead {
  std::string id;
  std::string ical_uid;
  std::string series;        // recurringEventId; "" for masters and single events
  bool cancelled = false;    // whatever `status` the fields hold
  bool bare = false;         // the stub shows only its id (the series was deleted or cut)
  std::int64_t created = 0;  // milliseconds, whole seconds
  std::int64_t updated = 0;  // milliseconds
  std::int64_t stamp =
      0;  // microseconds; the etag is twice this, shared by a series and its exceptions
  std::uint64_t change = 0;     // place in the order of changes; 0: not listed
  Moment start, end, original;  // of the fields; original only with `series`
  std::int64_t last_end = 0;    // seconds: end of the last instance

  std::string etag() const { return "\"" + std::to_string(2 * stamp) + "\""; }
};

// An event in hand.
struct Event : EventHead {
  Json fields = Json::object();  // the other stored members of the resource, in canonical form

  bool is_series() const { return !fields["recurrence"].is_null(); }
  std::vector<std::string> recurrence() const;
};

// An event at rest in its calendar. As text the fields take a third of what the tree takes; it is
// read when somebody needs a member.
struct StoredEvent : EventHead {
  bool recurring = false;
  std::string fields;         // JSON
  mutable std::string shown;  // the answer to its owner in the calendar's zone; "" until somebody
                              // asks, and after every change

  bool is_series() const { return recurring; }
  Event event() const;
  void keep(std::string text) const { (shown = std::move(text)).shrink_to_fit(); }
};

// Whose copy is shown, and how.
struct View {
  const std::string& calendar_id;
  const std::string& calendar_zone;
  const std::string& answer_zone;
  std::int64_t max_attendees = 0;  // 0: all
  bool masked = false;             // only times are shown
};

std::string render(const Event& event, const View& view);
std::string render_stub(const EventHead& event, bool with_original,
                        const View& view);  // {kind, etag, id, status: cancelled ...}
Event make_instance(const Event& series, const Moment& original,
                    const std::string& calendar_zone);  // one that nobody has touched
std::string instance_id(const EventHead& series, const Moment& original);
std::string html_link(const std::string& event_id, const std::string& calendar_id);
bool is_default(std::string_view field, const Json& value);  // left out of answers

}  // namespace emulator
