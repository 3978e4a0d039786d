// The layout of Google's answers with prettyPrint=true: each member and item in a line of its own,
// one space for a level. Used by Emulator, on the text of an answer. Pure.
#pragma once

#include <string>
#include <string_view>

namespace emulator {

// In one pass, without reading values: text that is no JSON, or half of one, is laid out as well.
std::string indented(std::string_view json);

}  // namespace emulator
