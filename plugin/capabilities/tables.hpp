// The C tables of what this plugin offers, bound to GoogleCalendar. Used by its `capability`.
// They must never do more than hand a call over.
#pragma once

#include <string_view>

namespace gcal::plugin {

const void* capability_table(std::string_view id) noexcept;  // nullptr: not offered

}  // namespace gcal::plugin
