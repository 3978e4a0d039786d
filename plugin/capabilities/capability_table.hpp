// The C function tables of the capabilities that this plugin offers. Each function only converts
// its arguments and calls GoogleCalendar. Used by GoogleCalendar::capability. The tables are
// constants.
#pragma once

#include <string_view>

namespace gcal::plugin {

// The table for a capability id; nullptr if this plugin does not offer it. [any thread]
const void* capability_table(std::string_view id) noexcept;

}  // namespace gcal::plugin
