// Text in HTML.
#pragma once

#include <string>
#include <string_view>

namespace gcal::base {

// `text` as HTML that shows it, between tags and in quoted attributes: &, <, >, " and ' become
// references. Other bytes stay as they are. [any thread]
std::string escaped_html(std::string_view text);

}  // namespace gcal::base
