// Loads a world into the model: accounts, calendars and events from our JSON form, or one iCalendar
// file. Used by --load and by the controls. Loading sends no mails, leaves no tombstones and copies
// nothing to other accounts. What cannot be read is reported, the rest is loaded.
#pragma once

#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/emulator/model/google_model.hpp"

namespace emulator {

struct LoadReport {
  std::int64_t events = 0;
  // Each names its place: "line 12: ...", "event \"abc\" of anna@example.com: ...".
  std::vector<std::string> problems;
};

LoadReport load_world(GoogleModel& google, const gcal::base::Json& world);

// One .ics file (an export of Google's, for example) as a secondary calendar of the account, which
// must exist. With `read_only`, the account is a reader only.
LoadReport load_ics(GoogleModel& google, const std::string& email, const std::string& file_name,
                    const std::string& text, bool read_only);

}  // namespace emulator
