// What the host reads of an event document (host_api/schema/event.json): times, rule, exceptions,
// guests, visibility. Used by occurrences, series_edit and the classes of appointments. It must
// never be written back: documents are kept as JSON, so unknown members survive.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"

namespace host {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

// A day or an instant. A day is held as midnight UTC of its date and has no zone.
struct EventTime {
  bool all_day = false;
  std::chrono::sys_seconds instant{};
  std::string zone;  // IANA name, "" when all_day

  friend bool operator==(const EventTime&, const EventTime&) = default;
};

struct Guest {
  std::string email, name, partstat;
  bool optional = false, resource = false, organizer = false, self = false;
  // "": in the guest list. "organizer", "creator": a person of the event who is not in it.
  std::string role;
};

// The members of one event that views and rules need; the rest stays in the document.
struct EventFields {
  EventTime start, end;  // end is exclusive
  std::string summary, location, status, transparency, visibility, color;
  std::vector<Guest> guests;

  bool is_private() const { return visibility == "private" || visibility == "confidential"; }
};

struct ExceptionView {
  bool cancelled = false;
  EventFields fields;  // as shown on that day; of no meaning when cancelled
};

struct EventView {
  EventFields master;
  std::vector<std::string> recurrence;            // RRULE, RDATE, EXDATE lines
  std::map<EventTime, ExceptionView> exceptions;  // by original start
  std::string ical_uid, type;
  std::vector<Guest> hosts;  // organizer and creator, where they are people other than the account
  bool organized_by_self = true, guests_can_modify = false, locked = false;

  bool recurring() const { return !recurrence.empty(); }
  bool any_private() const;  // the master or an exception
  // The guests of `fields`, and the organizer and creator from `facts` who are not among them.
  std::vector<Guest> people(const EventFields& fields) const;
};

inline bool operator<(const EventTime& a, const EventTime& b) {
  return a.instant != b.instant ? a.instant < b.instant : a.all_day < b.all_day;
}

// Validates: times of one kind, end not before start, known zones and enum values, rules that
// libical accepts, no control characters in them, sizes (texts 1 MiB, 10,000 guests, exceptions and
// lines). The message names the member. [any thread] Pure.
Result<EventView> view_of(const Json& event);

// One time of a document: {"date": "2025-03-24"} or {"date_time": "...", "time_zone": "..."}, and
// back.
Result<EventTime> event_time_of(const Json& value);
Json to_json(const EventTime& time);
// "2025-03-24" or RFC 3339 in UTC: how an occurrence is named in URLs and in `original_start`.
std::string occurrence_key(const EventTime& time);
Result<EventTime> occurrence_of_key(std::string_view text);

}  // namespace host
