// What zone a name means that is none of IANA's own: Windows' names and the texts that it shows for
// them, offsets, other spellings and prefixes of IANA's names. Used by iana_zone, and by the
// emulator's reader of iCalendar files, which compares the answer with the file's own rules. It
// must never guess: a name without a known meaning has no zone.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gcal::icalendar {

struct NamedZone {
  std::string zone;  // IANA
  // An IANA name in its own spelling, perhaps behind a prefix such as "/citadel.org/20211207_1/".
  // Any other name (of Windows, of an abbreviation's kind) is only as good as the rules beside it.
  bool exact = false;
};

// "europe/berlin", "W. Europe Standard Time", "(UTC+01:00) Amsterdam, Berlin", "GMT+0200",
// "tzone://Microsoft/Utc", "/freeassociation.sourceforge.net/Europe/Paris", in any case.
std::optional<NamedZone> zone_of_name(std::string_view name);

// A zone whose clocks are always so far ahead of UTC; nothing where IANA has none.
std::optional<std::string> zone_of_offset(std::chrono::seconds offset);

}  // namespace gcal::icalendar
