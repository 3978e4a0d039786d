// The clocks of a VTIMEZONE (RFC 5545 section 3.6.5) by its own rules. Used by IcsZones.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/load/ics_text.hpp"

namespace emulator {

class VTimeZone {
 public:
  struct Change {
    std::chrono::sys_seconds at;
    std::chrono::seconds offset;  // from then on
  };

  // Nothing when no STANDARD or DAYLIGHT of it can be read; what is wrong is reported by line.
  static std::optional<VTimeZone> read(const IcsComponent& zone,
                                       std::vector<std::string>& problems);

  std::chrono::seconds offset(std::chrono::sys_seconds instant) const;
  // As ical::Zone::to_instant: a time that comes twice is the first, one that is left out moves on.
  std::chrono::sys_seconds to_instant(std::chrono::local_seconds local) const;
  // In order of time, up to the year 2100.
  const std::vector<Change>& changes() const { return changes_; }

 private:
  std::chrono::seconds first_{};  // before the first change
  std::vector<Change> changes_;
};

}  // namespace emulator
