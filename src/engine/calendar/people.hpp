// E-mail addresses of guests: how they are compared, and which of them may belong to leads and
// contacts. Pure. Never creates a record and never decides by a display name.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

// Trimmed and in lower case; "" for what is no address. Two spellings of one mailbox compare equal.
std::string normalised(std::string_view email);

struct AddressesToMatch {
  std::set<std::string> addresses;  // normalised
  bool owner_only = false;          // private event: its links are shown to its owner alone
};

// The guests of an appointment and of its changed occurrences, without the account's own addresses,
// rooms and the calendar itself.
AddressesToMatch addresses_to_match(const Series& series,
                                    const std::vector<std::string>& own_addresses);

}  // namespace gcal::calendar
