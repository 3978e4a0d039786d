// Splits an iCalendar file (RFC 5545) into its events before libical sees it, so that a fault can
// be named by its line. Used by load_ics. It must never give up because of one line: what is no
// content line is reported and left out.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace emulator {

struct IcsEvent {
  std::size_t line = 0;                                    // of BEGIN:VEVENT
  std::vector<std::pair<std::size_t, std::string>> lines;  // unfolded, with BEGIN and END
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
