// The path of a request, decoded once for all who read it: limits, routes and handlers. Used by
// Web and by the web server of crm_host. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/result.hpp"

namespace hosting {

// The decoded segments; none for "/". invalid: a broken escape. not_found: another spelling of a
// path than the one that is served, which a proxy or a filter could take for another path: an
// escape of a character that needs none (RFC 3986 section 2.3), of '/' or a backslash, or in lower
// case, the segments "." and "..", and a slash at the end.
gcal::Result<std::vector<std::string>> decoded_path(std::string_view path);

}  // namespace hosting
