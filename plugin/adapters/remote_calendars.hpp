// Reads an account's calendar list as the values that the settings store. Used by the settings
// page, the calendar provider and the daily maintenance. Fails rather than leave a calendar out.
// Runs on the loop thread.
#pragma once

#include <vector>

#include "src/engine/google/calendar_list.hpp"
#include "src/engine/settings/account_config.hpp"

namespace gcal::plugin {

// Errors: those of google::read_calendar_list. [loop thread]
Task<std::vector<settings::RemoteCalendar>> read_remote_calendars(google::Client& client);

}  // namespace gcal::plugin
