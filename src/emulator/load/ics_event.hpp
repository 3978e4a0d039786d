// One VEVENT of an iCalendar file as data: what identifies it, its times as written, and the
// members of Google's event that need no zone. Used by load_ics. What cannot be read is reported by
// line and left out. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/emulator/load/ics_time.hpp"

namespace emulator {

struct IcsEvent {
  const IcsComponent* written = nullptr;
  std::size_t calendar = 0;  // index of its VCALENDAR in the file
  std::string uid;           // "" when the event has none
  std::int64_t sequence = 0;
  std::string stamped, modified;  // DTSTAMP, LAST-MODIFIED
  bool cancelled = false;
  IcsTime start;
  std::optional<IcsTime> end;
  std::optional<IcsDuration> duration;
  std::optional<IcsTime> recurrence_id;
  bool this_and_future = false;

  std::size_t line() const { return written->line; }
};

// Nothing for an event without a start that can be read, or with a negative duration.
std::optional<IcsEvent> read_event(const IcsComponent& written, std::vector<std::string>& problems);

// Does a replace b: the higher SEQUENCE, then the later DTSTAMP, then the later LAST-MODIFIED
// (RFC 5546 section 2.1.5); otherwise the one that is later in the file, which is a?
bool replaces(const IcsEvent& a, const IcsEvent& b);

// Title, texts, status, guests, reminders. `whole`: absent members are null, so that a patch of an
// instance leaves nothing of its series.
gcal::base::Json members_of(const IcsEvent& event, bool whole);

// "line 12: event UID: why".
std::string event_problem(const IcsEvent& event, const std::string& why);

// The event id: in Google's own export the UID holds it; for others as at events.import. An event
// without UID is identified by what it says.
std::string event_id_of(const IcsEvent& event);

}  // namespace emulator
