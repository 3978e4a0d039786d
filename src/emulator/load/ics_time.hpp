// Times and durations as an iCalendar file writes them. Used by the reading of events and time
// zones. It knows no zones: what a TZID means, IcsZones says.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/emulator/load/ics_text.hpp"

namespace emulator {

struct IcsTime {
  bool is_date = false;
  bool is_utc = false;
  std::chrono::local_seconds wall{};  // of the zone, or of UTC; midnight of a date
  std::string zone;                   // TZID as written; "" for UTC, dates and floating times
};

// A value of type DURATION (RFC 5545 section 3.3.6): days are nominal, the rest is exact.
struct IcsDuration {
  std::chrono::days days{};
  std::chrono::seconds seconds{};
  bool negative() const { return days.count() < 0 || seconds.count() < 0; }
};

// One value of a PERIOD (section 3.3.9).
struct IcsPeriod {
  IcsTime start;
  std::optional<IcsTime> end;
  std::optional<IcsDuration> duration;
};

// Nothing for another notation or a day that does not exist. 24:00, which is no time of section
// 3.3.12, is read as midnight of the next day and reported.
std::optional<IcsTime> read_time(std::string_view text, const IcsProperty& property,
                                 std::vector<std::string>& problems);
std::optional<IcsDuration> read_duration(std::string_view text);
// Of a text with a '/'.
std::optional<IcsPeriod> read_period(std::string_view text, const IcsProperty& property,
                                     std::vector<std::string>& problems);

}  // namespace emulator
