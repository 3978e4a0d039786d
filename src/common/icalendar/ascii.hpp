// ASCII text as RFC 5545 compares and separates it. Used by this folder and by those who read what
// it returns. It must never look at the locale: bytes outside ASCII stay as they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gcal::icalendar {

// The text with a-z written as A-Z.
std::string upper(std::string_view text);

// The text with A-Z written as a-z.
std::string lower(std::string_view text);

// The parts between separators, empty ones included; one part where there is no separator. The
// parts point into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace gcal::icalendar
