// The names that Windows gives time zones, as Outlook and Exchange write them, and their IANA names
// (CLDR's windowsZones, territory 001; the table is compared with CLDR's by
// tests/e2e/expansion_kinds.test.mjs). Used by iana_zone and by the emulator's reader of iCalendar
// files. It must never guess: a name that is not in the table has no zone.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace gcal::icalendar {

// "W. Europe Standard Time" -> "Europe/Berlin"; nothing for any other name. The spelling counts.
std::optional<std::string_view> zone_of_windows_name(std::string_view name);

struct WindowsZone {
  std::string_view windows, iana;
};

// The whole table, by Windows name.
std::span<const WindowsZone> windows_zones();

}  // namespace gcal::icalendar
