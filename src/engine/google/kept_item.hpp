// What Google sends with an event beyond the engine's model: kept as bytes in the journal and sent
// back where a write of ours would otherwise lose it. Google keeps members that a PATCH does not
// name, but replaces lists, and a new event has only what its insert names. Treats the bytes as
// untrusted. Used by event_json and google_side. Pure.
#pragma once

#include <string>

#include "src/common/base/json.hpp"

namespace gcal::google {

// The members of `item` that the model does not have, as JSON; "" if there are none. Without those
// that Google sets for one copy or one state of an event (id, etag, creator, ...). Of an exception
// never "": one without such members is not one that was never seen.
std::string kept_item(const base::Json& item);

// kept_item() as a value; an object without members if there is nothing, or nothing readable.
base::Json parse_kept(const std::string& bytes);

// `reminders` with what `held`, the member at Google, has beyond them.
base::Json reminders_to_send(base::Json reminders, const base::Json& held);

// Whether Google shows this account only some of the guests of `item`, or of what was kept of it.
bool guests_are_omitted(const base::Json& item);

// A mark in a kept item for one write: its guests were read whole for it.
inline constexpr const char* kGuestsReadWhole = "gcal.guests_read_whole";

// The refusal of a list of guests that would be sent without those that Google does not show.
Error hidden_guests();

// The members of a kept item that a new event takes over: conference, attachments, permissions,
// other programs' properties, members of a later API. Not what belongs to one event or to its guest
// list.
base::Json copied_members(const base::Json& kept);

// Sets in `patch` what an exception has beyond its series, and null for what it has not: for an
// exception of a series that was created as a copy. Both are kept items.
void add_copied_differences(base::Json& patch, const base::Json& exception,
                            const base::Json& master);

}  // namespace gcal::google
