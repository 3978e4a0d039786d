// Which guests of an appointment may belong to leads and contacts, by mail address. Pure. It must
// never create a record and never decide by a display name.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

struct AddressesToMatch {
  std::set<std::string> addresses;  // icalendar::normalised_address
  std::set<std::string> mailboxes;  // icalendar::mailbox_of them, where known
  bool owner_only = false;          // private event: its links are shown to its owner alone
};

// The people of an appointment: its guests and those of its changed occurrences, its organizer and
// who made it. Without the account's own addresses, rooms, and addresses that are no person's.
AddressesToMatch addresses_to_match(const Series& series,
                                    const std::vector<std::string>& own_addresses);

// What tells the guests of one event apart: the normalised address; of a guest without one, what
// was entered instead and the name, which no address equals.
std::string guest_key(const Attendee& guest);

// The guest with this guest_key; nullptr: there is none.
const Attendee* find_guest(const std::vector<Attendee>& guests, const std::string& key);

}  // namespace gcal::calendar
