// An account of the emulated Google and the entries of its calendarList. Used by GoogleModel, by
// loading and by saving. Plain data.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "src/common/base/json.hpp"

namespace emulator {

struct ListEntry {
  std::string calendar_id;
  std::string summary_override, color_id = "14", background, foreground;
  bool primary = false, selected = true, hidden = false, deleted = false;
  gcal::base::Json default_reminders = gcal::base::Json::array();
  gcal::base::Json notifications = gcal::base::Json::array();
  std::int64_t stamp = 0;    // microseconds
  std::uint64_t change = 0;  // in the order of changes of the account's list
};

struct Account {
  std::string email, name, sub;
  std::map<std::string, ListEntry> list;  // by calendar id
  std::uint64_t last_change = 0;
  int token_generation = 0;  // when raised, the list's sync tokens given out before are too old
  bool admin = false;        // of the Workspace that all accounts belong to, with the privilege
                             // Manage Calendars
};

}  // namespace emulator
