// Makes JSON with damaged texts readable (P-06): half of a surrogate pair, bytes that are not UTF-8
// and control characters cost one character each, not their page. Used by the client when an answer
// cannot be parsed. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gcal::google {

// `body` with a replacement character (U+FFFD) in its strings for each of these. What is wrong
// outside of strings, and unknown escapes, stay.
std::string repaired_json(std::string_view body);

}  // namespace gcal::google
