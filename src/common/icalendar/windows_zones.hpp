// The names that Windows gives time zones, as Outlook and Exchange write them, and their IANA names
// (CLDR's windowsZones, territory 001). Used by iana_zone alone. It must never guess: a name that
// is not in the table has no zone.
#pragma once

#include <optional>
#include <string_view>

namespace gcal::icalendar {

// "W. Europe Standard Time" -> "Europe/Berlin"; nothing for any other name. The spelling counts.
std::optional<std::string_view> zone_of_windows_name(std::string_view name);

}  // namespace gcal::icalendar
