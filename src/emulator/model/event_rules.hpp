// What Google accepts in the body of an event and what it makes of it: picks the writable members,
// checks them, cuts and drops as the service does. Used by every write. Pure: it knows nothing of
// calendars, permissions or time.
#pragma once

#include <string>

#include "src/emulator/model/event.hpp"

namespace emulator {

// The stored fields after a PATCH: null clears, arrays are replaced, maps merged by key;
// `reminders` is replaced as one.
Json merge_patch(const Json& stored, const Json& patch);

// The writable members of a body, for insert, import and update. Unknown and read-only members are
// ignored.
Json writable(const Json& body);

struct RuleOptions {
  std::string calendar_zone;
  bool attachments = false;  // supportsAttachments
  bool conference = false;   // conferenceDataVersion=1
};

// Brings `fields` into canonical form and reads the times into `event` (start, end, last_end).
// Errors as in Google's bodies.
Outcome<> apply_rules(Event& event, Json fields, const RuleOptions& options);

bool valid_id(const std::string& id);
bool valid_email(const std::string& text);
// A member that belongs to one copy of the event and may be written by any attendee.
bool is_private_member(std::string_view name);

}  // namespace emulator
