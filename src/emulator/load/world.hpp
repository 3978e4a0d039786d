// Reads a world into the model: the project's JSON form of accounts, calendars and events, or an
// iCalendar file. Used by --load and by the controls. Loading mails nobody, makes no tombstones and
// copies nothing to other accounts; what cannot be read is reported, the rest goes on.
#pragma once

#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/emulator/model/google.hpp"

namespace emulator {

struct LoadReport {
  std::int64_t events = 0;
  std::vector<std::string>
      problems;  // each names its place: "line 12: …", "event \"abc\" of anna@example.com: …"
};

LoadReport load_world(Google& google, const gcal::base::Json& world);

// One .ics file (Google's own export) as a secondary calendar of the account, which must exist;
// read-only when `read_only`.
LoadReport load_ics(Google& google, const std::string& email, const std::string& file_name,
                    const std::string& text, bool read_only);

}  // namespace emulator
