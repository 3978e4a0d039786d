// Texts of an appointment made fit for a message: they are hostile. Used by the words, the HTML and
// the calendar part. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "src/common/base/html.hpp"

namespace gcal::invitations {

// One line: line breaks and tabs become spaces, spaces are joined, other control characters and
// marks that turn the direction of the text around them are left out. What is no UTF-8 becomes
// U+FFFD.
std::string one_line(std::string_view text);

// As one_line, cut to so many characters, with an ellipsis if something is missing.
std::string one_line(std::string_view text, std::size_t characters);

// The text of a description, which may hold HTML as Google's page makes it: breaks and paragraphs
// become line breaks, a link is followed by its address, entities become characters, tags vanish.
// What is no tag stays. Only line breaks are left of the control characters.
std::string text_of_html(std::string_view html);

// The beginning of a text of at most so many bytes, whole characters; " …" if something is missing.
std::string shortened(std::string_view text, std::size_t bytes);

using base::escaped_html;

// As escaped_html; what begins with http:// or https:// is a link, line breaks are <br>.
std::string linked_html(std::string_view text);

// Is it an address of http or https without a space, a control character or a quote?
bool is_web_address(std::string_view text);

// For the query of a mailto address (RFC 6068): all but letters, digits and -._~ in percent.
std::string percent_encoded(std::string_view text);

}  // namespace gcal::invitations
