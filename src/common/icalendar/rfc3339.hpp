// Dates and times in RFC 3339's notation: "2025-03-24", "2025-03-24T07:30:00-05:00". Used wherever
// JSON of Google or of the contract is read or written. It must never add an offset of its own: a
// time without one is an error, except in parse_local.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "src/common/base/result.hpp"

namespace gcal::icalendar {

using Date = std::chrono::year_month_day;

// "2025-03-24". Error: invalid for other notations and for days that do not exist.
Result<Date> parse_date(std::string_view text);

// The date as parse_date reads it.
std::string format_date(Date date);

// "2025-03-24T07:30:00-05:00" or "...Z"; fractions of a second are cut off, and a leap second is
// read as the second before it. Errors: invalid (no offset, no such day, 24:00, an offset of a
// day).
Result<std::chrono::sys_seconds> parse_rfc3339(std::string_view text);

// The instant with the offset that its zone has then: "2025-03-24T07:30:00-05:00". UTC and an
// unknown zone are written with "Z", which is the same instant. The notation ends with the years 1
// and 9999: an instant beyond them in its zone has another offset.
std::string format_rfc3339(std::chrono::sys_seconds instant, std::string_view zone);

// "2025-03-24T07:30:00" without an offset, as a wall clock of `zone`; clock changes as in
// Zone::to_instant. Error: invalid for another notation or an unknown zone.
Result<std::chrono::sys_seconds> parse_local(std::string_view text, std::string_view zone);

}  // namespace gcal::icalendar
