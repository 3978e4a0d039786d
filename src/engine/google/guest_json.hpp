// Converts between the guests of Google's event resource and the engine's, and builds the guest
// lists of writes. Google replaces the whole list, so a list that is sent has every member that
// Google sent for a guest, also those that the engine does not know; only what the user changed is
// different. Used by event_json and kept_item. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::google {

using Guests = std::vector<calendar::Attendee>;

// A text member of the resource. A NUL in it, which no program shows, is a replacement character.
// Error: invalid if it is too long.
Result<std::string> text_member(const base::Json& json, std::string_view key);

// A guest may have no address, such as a telephone line: they are shown by their name. Errors:
// invalid, with the name of the member.
Result<calendar::Attendee> guest_from_json(const base::Json& json);

// Whether Attendee has everything that Google sent for this guest, and can be sent again.
bool is_plain_guest(const base::Json& json);

// Guests of `before` and `after` who are not in the list that Google sent.
enum class Missing {
  added,  // the list is older than `before`
  left,   // the list was read just now, whole: they have left the event and are not invited again
};

// The list that makes of the guests `before` the guests `after`. `held` is the list at Google; not
// an array: it has nothing beyond `before`. A guest of `held` who is not in `before` stays: the
// list that was known may have been shortened.
base::Json changed_guests(const base::Json& held, const Guests& before, const Guests& after,
                          Missing missing);

// The list for a new event with these guests. `source` is the list of the event that it repeats;
// not an array: there is nothing to repeat.
base::Json copied_guests(const base::Json& source, const Guests& guests);

// Whether the account's own answer is all that differs.
bool only_own_answer_differs(const Guests& before, const Guests& after);
// The list of a write with attendeesOmitted, which changes the own answer and nothing else.
base::Json own_answer(const base::Json& held, const Guests& after);

}  // namespace gcal::google
