// Recurrence as text: checks and rewrites RRULE, RDATE, EXDATE and EXRULE lines (RFC 5545
// section 3.8.5) without ever expanding them. Used where lines come in, are compared or are cut.
// The engine moves rules verbatim; only the host expands them.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

// For comparison only: letters in upper case, parts of a rule sorted, defaults (INTERVAL=1,
// WKST=MO) left out, lines sorted.
std::vector<std::string> canonical(const std::vector<std::string>& recurrence);

// The same rule ending before `cut`, the start of the first occurrence that no longer belongs to it
// ("this and following"). COUNT gives way to UNTIL; RDATE and EXDATE lines stay. Series without a
// rule stay as they are.
std::vector<std::string> ending_before(const std::vector<std::string>& recurrence,
                                       const OriginalStart& cut);

// An RDATE line with these starts, all of one kind, in UTC or with VALUE=DATE.
std::string rdate_line(const std::set<OriginalStart>& starts);

// Whether the UNTIL of every rule is before `start`. False where only an expansion could answer
// (COUNT, RDATE).
bool ends_before(const std::vector<std::string>& recurrence, const OriginalStart& start);

}  // namespace gcal::calendar
