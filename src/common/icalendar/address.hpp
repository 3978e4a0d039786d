// Mail addresses in the one spelling in which they are compared. Used by the engine to match guests
// and by the host to find records. Pure. It must never be used to send a mail: the original
// spelling is the user's.
#pragma once

#include <string>
#include <string_view>

namespace gcal::icalendar {

// The address without surrounding spaces and without a "mailto:" (RFC 5545 section 3.3.3), in lower
// case, with an international domain in its ASCII form (RFC 5890). "" for text that is not an
// address: no '@' inside, a control character, a space outside a quoted local part, over 320 bytes
// (RFC 5321 section 4.5.3.1). Two spellings of one mailbox compare equal.
std::string normalised_address(std::string_view text);

// The mailbox behind a normalised address, in one of the spellings that its provider treats alike:
// Google ignores dots and takes gmail.com and googlemail.com for one; it and some others ignore a
// "+tag". "" where nothing is known of the provider.
std::string mailbox_of(std::string_view address);

// normalised_address, but "" for an address that is no person's: Google's addresses of rooms, of
// secondary and imported calendars, and of organizers whom it does not know are all in
// calendar.google.com.
std::string person_address(std::string_view text);

}  // namespace gcal::icalendar
