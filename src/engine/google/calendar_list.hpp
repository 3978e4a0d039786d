// Reads the account's calendar list (calendarList.list). Used by the settings flow and by the daily
// maintenance of an account. Fails rather than leave a calendar out: an entry without an id is an
// error. Runs on the loop thread.
#pragma once

#include <string>
#include <vector>

#include "src/engine/google/client.hpp"

namespace gcal::google {

struct CalendarEntry {
  std::string id;
  std::string name;   // summaryOverride if set, else summary
  std::string color;  // "#rrggbb"
  std::string role;   // owner | writer | writerWithoutPrivateAccess | reader | freeBusyReader
  std::string time_zone;
  bool primary = false;
};

// Reads all pages; entries marked as deleted are left out. Errors: those of the client;
// unavailable if an entry has no id or a page token repeats. [loop thread]
Task<std::vector<CalendarEntry>> read_calendar_list(Client& client);

}  // namespace gcal::google
