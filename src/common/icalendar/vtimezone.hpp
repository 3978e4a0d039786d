// The VTIMEZONE of a zone (RFC 5545 section 3.6.5), written from the system's tzdata. Used where
// this product writes an iCalendar object for others to read. It holds only what the times of the
// object need: an observance of another century makes some readers an hour wrong.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace gcal::icalendar {

// Is the name one of UTC's? Its times are written with a "Z" and need no VTIMEZONE.
bool is_utc(std::string_view zone);

// The observance in force at `first` and those after it until `horizon`, as lines with CRLF: yearly
// rules where all changes up to the horizon follow one, beginning with the first year that does;
// otherwise an RDATE for each change. A rule goes on after the horizon; single
// changes end with it, at the latest with 2037, where the system's files end. "" for an unknown
// zone.
std::string vtimezone(std::string_view zone, std::chrono::sys_seconds first,
                      std::chrono::sys_seconds horizon);

}  // namespace gcal::icalendar
