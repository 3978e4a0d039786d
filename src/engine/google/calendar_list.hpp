// The calendars of an account as its owner sees them. Used by the settings flow and the daily look
// at roles and names. Never leaves out a calendar silently: an entry without an id is an error.
#pragma once

#include <string>
#include <vector>

#include "src/engine/google/client.hpp"

namespace gcal::google {

struct CalendarEntry {
  std::string id;
  std::string name;   // summaryOverride before summary
  std::string color;  // "#rrggbb"
  std::string role;   // owner | writer | writerWithoutPrivateAccess | reader | freeBusyReader
  std::string time_zone;
  bool primary = false;
};

// All pages. [loop thread]
Task<std::vector<CalendarEntry>> read_calendar_list(Client& client);

}  // namespace gcal::google
