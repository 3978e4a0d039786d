// The iCalendar object of a message (RFC 5546 REQUEST and CANCEL), which a guest's calendar applies
// by UID, RECURRENCE-ID, SEQUENCE and DTSTAMP. Pure.
#pragma once

#include <string>

#include "src/engine/invitations/view.hpp"

namespace gcal::invitations {

// One VEVENT with RECURRENCE-ID of an occurrence; otherwise the master first, then the occurrences
// that differ, with cancelled ones as EXDATE. Every TZID has its VTIMEZONE. Where the whole would
// be over 128 KiB, past occurrences are left out and descriptions are cut.
std::string calendar_part(const View& view);

}  // namespace gcal::invitations
