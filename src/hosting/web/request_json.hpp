// Query and body of a request to a JSON API, checked alike by the settings API and by crm_host.
// Pure.
#pragma once

#include <string_view>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"
#include "src/common/net/url.hpp"

namespace hosting {

// Does the method only read?
bool is_read_only(std::string_view method);

// The parameters of the query. invalid: it is no form.
gcal::Result<gcal::net::Parameters> query_of(std::string_view query);

// The body as an object; null without a body, and for a method that only reads. invalid: another
// content type, no JSON, or no object.
gcal::Result<gcal::base::Json> body_of(std::string_view method, std::string_view content_type,
                                       std::string_view body);

}  // namespace hosting
