// Reads a world into the model: the project's JSON form of accounts, calendars and events. Used by --load and by the controls.
// Loading mails nobody, makes no tombstones and copies nothing to other accounts.
#pragma once

#include <string>

#include "src/base/json.hpp"
#include "tests/emulator/model/google.hpp"

namespace emulator {

Outcome<std::int64_t> load_world(Google& google, const gcal::base::Json& world);  // the number of events

// One .ics file (Google's own export) as a secondary calendar of the account; read-only when `read_only`.
Outcome<std::int64_t> load_ics(Google& google, const std::string& email, const std::string& file_name, const std::string& text, bool read_only);

}  // namespace emulator
