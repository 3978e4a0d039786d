// UTF-8 as bytes: whether a text is it, and where it may be cut. Used where text comes in, or has
// to fit. It must never change a character.
#pragma once

#include <cstddef>
#include <string_view>

namespace gcal::base {

// U+FFFD, for what was no character.
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF. Also for what \u escapes
// made: a lone one of DC00 to DFFF passes RapidJSON's reader.
bool is_utf8(std::string_view text);

// The bytes of the UTF-8 character at the begin of the text; 0 if there is none.
std::size_t character_length(std::string_view text);

// As much of the beginning of a UTF-8 text as fits into so many bytes, never half a character. It
// points into `text`.
std::string_view beginning(std::string_view text, std::size_t bytes);

}  // namespace gcal::base
