// Content lines of iCalendar (RFC 5545 section 3.1), written without a library. Used where this
// product writes an iCalendar object for others to read. Whatever comes in, what is written is one
// line of the object: control characters are left out. Pure.
#pragma once

#include <string>
#include <string_view>

namespace gcal::icalendar {

// A value of type TEXT (RFC 5545 section 3.3.11): backslashes, semicolons, commas and line breaks
// are escaped. CR LF and CR are line breaks. What is no UTF-8 becomes U+FFFD.
std::string escaped_text(std::string_view text);

// A parameter's value in quotes (RFC 5545 section 3.2). A quote inside becomes an apostrophe: few
// readers know RFC 6868. A caret is doubled where one that does would take it for the begin of
// something else. A backslash becomes a slash: libical takes one before the closing quote for an
// escape and reads on. Line breaks become spaces.
std::string quoted_parameter(std::string_view text);

// Appends the line with CRLF, folded after 75 octets and never inside a character. Control
// characters other than a tab are left out.
void append_line(std::string& out, std::string_view line);

}  // namespace gcal::icalendar
