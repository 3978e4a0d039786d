// Which bodies of an event Google accepts and how it stores them: picks the writable members,
// checks them, cuts and drops as the service does. Used by every write. Pure: no calendars, no
// permissions, no clock.
#pragma once

#include <string>

#include "src/emulator/model/event.hpp"

namespace emulator {

// The stored fields after a PATCH: null deletes a member, arrays are replaced, objects are merged
// by key, `reminders` only with `merges_reminders`.
Json merge_patch(const Json& stored, const Json& patch, bool merges_reminders = false);

// The writable members of a body, for insert, import and update. Unknown and read-only members are
// ignored.
Json writable(const Json& body);

struct RuleOptions {
  std::string calendar_zone;
  bool attachments = false;  // supportsAttachments
  bool conference = false;   // conferenceDataVersion=1
  bool until_kind = false;   // UNTIL has to be of the kind of the start
};

// Brings `fields` into canonical form and reads the times into `event` (start, end, last_end).
// Errors: Google's for the first member that it would refuse.
Outcome<> apply_rules(Event& event, Json fields, const RuleOptions& options);

// Seconds since 1970 at which the last instance ends; kEndless for a series without an end.
std::int64_t last_end_of(const Event& event, const std::string& calendar_zone);

bool valid_id(const std::string& id);
bool valid_email(const std::string& text);

// The `eventType` of the fields; "default" when they have none.
std::string event_type(const Json& fields);

}  // namespace emulator
