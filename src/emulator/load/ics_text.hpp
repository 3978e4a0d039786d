// Splits an iCalendar file (RFC 5545) into its events before libical reads them, so that an error
// can name its line. Used by load_ics. A line that is not a content line is reported and left out;
// the rest is read.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace emulator {

struct IcsEvent {
  std::size_t line = 0;                                    // of BEGIN:VEVENT
  std::vector<std::pair<std::size_t, std::string>> lines;  // number and text, unfolded
  std::string text() const;
};

struct IcsText {
  std::string name, zone, description;  // X-WR-CALNAME, X-WR-TIMEZONE, X-WR-CALDESC
  std::vector<IcsEvent> events;
  std::vector<std::string> problems;
  bool is_calendar = false;
};

IcsText split_ics(const std::string& text);

}  // namespace emulator
