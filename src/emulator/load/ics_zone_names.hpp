// What zone a TZID of an iCalendar file names. Used by IcsZones alone, which compares the answer
// with the file's own rules. It must never guess: a name without a known meaning has no zone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace emulator {

struct NamedZone {
  std::string zone;  // IANA
  // An IANA name in its own spelling, perhaps behind a prefix such as "/citadel.org/20211207_1/".
  // Any other name (of Windows, of an abbreviation's kind) is only as good as the rules beside it.
  bool exact = false;
};

std::optional<NamedZone> zone_of_tzid(std::string_view tzid);

}  // namespace emulator
