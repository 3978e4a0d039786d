// What the calendar of a guest holds of an event of its organizer. Pure: from the organizer's event
// as it is now, the guest's address and what the guest wrote on the copy. Used by Guests.
#pragma once

#include <string>

#include "src/emulator/model/calendar.hpp"

namespace emulator {

// The entry of `attendees` with this address; nullptr if there is none.
const Json* attendee_of(const Json& fields, const std::string& email);
// The attendees of `before`; only the entry `email` is that of `after`.
Json with_own_entry(const Json& before, const Json& after, const std::string& email);

// Only the organizer's calendar decides about the shared members.
bool is_organizer(const Calendar& calendar, const Event& event);

// `source` with the members of a copy that belong to its owner: colour, label, reminders,
// transparency, visibility, private properties. `own` are the fields they are taken from.
Event with_own_members(Event source, const Json& own);
bool same_own_members(const Json& a, const Json& b);

// The copy in the calendar `target` of the guest with that address. The fields `own` have the
// guest's members. A guest who may not see the others gets their own entry and the organizer's,
// with attendeesOmitted (that the organizer's entry stays is a guess).
Event guest_copy(const Event& source, const Calendar& target, const Json& own);

// Takes over what a guest with guestsCanModify wrote; the members of each copy stay.
void take_shared_members(Event& original, const Event& copy, const std::string& calendar_zone);

// A day begins at midnight of the calendar in which it is stored.
void anchor_days(Event& event, const std::string& calendar_zone);

// Something changed that all participants see; the attendees do not count.
bool shared_members_differ(const Event& before, const Event& after);

}  // namespace emulator
