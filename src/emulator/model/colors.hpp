// Google's two colour palettes with the values of the API. Used by calendarList and by colors.get.
// Google's web page shows other shades.
#pragma once

#include <string>

#include "src/common/base/json.hpp"

namespace emulator {

std::string calendar_color(const std::string& color_id);            // "" for an unknown id
std::string nearest_calendar_color(const std::string& background);  // "#rrggbb" -> id
gcal::base::Json colors_json();

}  // namespace emulator
