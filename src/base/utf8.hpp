// Is a text UTF-8? Used where text comes in, by the JSON parser and by readers of other formats. It must never change a text.
#pragma once

#include <string_view>

namespace gcal::base {

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF. Also for what \u escapes made: a lone one of DC00 to DFFF passes RapidJSON's reader.
bool is_utf8(std::string_view text);

}  // namespace gcal::base
