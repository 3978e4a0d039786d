// Zones and texts of time: RFC 3339 in and out, IANA zone names, local wall clocks. Used by
// everything that reads or writes dates. Never guesses: an unknown zone is an error, never UTC.
// Backed by the system's tzdata through Howard Hinnant's date library.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "src/common/base/result.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

// "2025-03-24T07:30:00-05:00", "...Z", fractions are cut. Errors: invalid (no offset, no such day,
// 24:00, offset over 14 hours).
Result<std::chrono::sys_seconds> parse_rfc3339(std::string_view text);
// The instant written with the zone's offset: "2025-03-24T07:30:00-05:00"; UTC as "Z". An unknown
// zone writes UTC.
std::string format_rfc3339(std::chrono::sys_seconds instant, std::string_view zone);
// "2025-03-24T07:30:00" without an offset, read in `zone`. In a gap: moved forward by its length;
// doubled: the first of the two.
Result<std::chrono::sys_seconds> parse_local(std::string_view text, std::string_view zone);
Result<std::chrono::local_seconds> to_local(std::chrono::sys_seconds instant,
                                            std::string_view zone);

Result<Date> parse_date(std::string_view text);  // "2025-03-24"
std::string format_date(Date date);

// The IANA name for a name as calendars write it: an IANA name or alias as it is, a Windows name
// ("W. Europe Standard Time") mapped.
Result<std::string> iana_zone(std::string_view name);

}  // namespace gcal::calendar
