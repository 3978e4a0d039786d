// Which zone of IANA's a TZID of one VCALENDAR is: by its name, or by comparing the clocks of its
// VTIMEZONE. Used by the reader of iCalendar files. It must never take another zone in silence:
// what follows the file's own rules or is no zone at all says so.
//
// A name of IANA's counts whatever the VTIMEZONE beside it says, as at Google (observed:
// derekantrican/GAS-ICS-Sync#23). Any other name counts when the rules agree with it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/emulator/load/ics_time.hpp"
#include "src/emulator/load/ics_vtimezone.hpp"

namespace emulator {

struct IcsZone {
  std::string name;                  // IANA; with `rules`, UTC, in which their times are stored
  const VTimeZone* rules = nullptr;  // where no zone of IANA's has these clocks

  std::chrono::sys_seconds to_instant(std::chrono::local_seconds local) const;
  std::chrono::local_seconds to_local(std::chrono::sys_seconds instant) const;
};

class IcsZones {
 public:
  // `floating`: the zone of times without one.
  IcsZones(const std::vector<IcsComponent>& zones, std::string floating,
           std::vector<std::string>& problems);

  const std::string& floating() const { return floating_; }
  // The zone of times between the two wall clocks; the same one for "", UTC's and floating times.
  // An unknown name is the zone of floating times; it is reported with the line where it comes
  // first.
  IcsZone find(const std::string& tzid, std::chrono::local_seconds from,
               std::chrono::local_seconds until, std::size_t line,
               std::vector<std::string>& problems);
  // The zone of one time; UTC for a UTC time.
  IcsZone zone_of(const IcsTime& time, std::size_t line, std::vector<std::string>& problems);
  // The zone with the clocks of a VTIMEZONE in the year after `start`: for series without an end
  // whose VTIMEZONE lists the changes of some years only.
  std::optional<std::string> zone_of_first_year(const std::string& tzid,
                                                std::chrono::local_seconds start);

 private:
  std::optional<std::string> same_clocks(const std::string& tzid, const VTimeZone& rules,
                                         std::chrono::sys_seconds from,
                                         std::chrono::sys_seconds until);

  std::string floating_;
  std::map<std::string, VTimeZone> rules_;         // by TZID
  std::map<std::string, std::string> locations_;   // X-LIC-LOCATION, by TZID
  std::map<std::string, std::string> last_found_;  // by TZID: tried first
  std::set<std::string> reported_;                 // unknown TZIDs
};

}  // namespace emulator
