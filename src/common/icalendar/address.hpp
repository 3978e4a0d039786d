// Mail addresses in the one spelling in which they are compared. Used by the engine to match guests
// and by the host to find records. Pure. It must never be used to send a mail: the original
// spelling is the user's.
#pragma once

#include <string>
#include <string_view>

namespace gcal::icalendar {

// The address without surrounding spaces and without a "mailto:" (RFC 5545 section 3.3.3), in lower
// case. "" for text that is not an address: no '@' inside, a control character, a space outside a
// quoted local part, over 320 bytes (RFC 5321 section 4.5.3.1). Two spellings of one mailbox
// compare equal.
std::string normalised_address(std::string_view text);

}  // namespace gcal::icalendar
