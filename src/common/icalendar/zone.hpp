// Time zones: instants and wall clocks, from the system's tzdata. Used by everything that reads,
// writes or expands dates. It must never guess a zone: an unknown name is an error, never UTC.
//
// The files of the system end in 2037, and the date library does not read the rule in their footer
// (RFC 8536 section 3.3). A zone whose clocks still change in 2037 goes on as in the last years of
// its file: a later day has the offset of the day of 2027 to 2037 with the same date and weekday.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/result.hpp"

namespace date {
class time_zone;
}

namespace gcal::icalendar {

// A zone that was found once, for many conversions. A value; the tables behind it live as long as
// the process. [any thread]
class Zone {
 public:
  // Nothing for an unknown name. Names are IANA's, aliases included; their spelling counts.
  static std::optional<Zone> find(std::string_view name);

  // What the zone's clocks are ahead of UTC at the instant.
  std::chrono::seconds offset(std::chrono::sys_seconds instant) const;
  // The wall clock at the instant.
  std::chrono::local_seconds to_local(std::chrono::sys_seconds instant) const;
  // The instant of a wall clock. One that a clock change leaves out is moved forward by the length
  // of the gap; one that comes twice is the first of the two (RFC 5545 section 3.3.5).
  std::chrono::sys_seconds to_instant(std::chrono::local_seconds local) const;

 private:
  explicit Zone(const date::time_zone* tables) : tables_(tables) {}
  const date::time_zone* tables_;
};

// Is the name that of an IANA zone or of an alias of one?
bool is_zone(std::string_view name);

// The names of all zones and aliases, in alphabetical order. Made with each call.
std::vector<std::string> zone_names();

// Zone::to_local in the zone of that name. Error: invalid for an unknown zone.
Result<std::chrono::local_seconds> to_local(std::chrono::sys_seconds instant,
                                            std::string_view zone);

// Zone::to_instant in the zone of that name. Error: invalid for an unknown zone.
Result<std::chrono::sys_seconds> to_instant(std::chrono::local_seconds local,
                                            std::string_view zone);

// The IANA name for a name as calendars write it: an IANA name or alias as it is, any other name
// that has a known meaning (zone_names.hpp) mapped. Error: invalid for the rest.
Result<std::string> iana_zone(std::string_view name);

}  // namespace gcal::icalendar
