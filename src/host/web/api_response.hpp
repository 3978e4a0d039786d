// What the JSON API of crm_host sends. The forms of a response and of every error are those of the
// settings API (src/hosting/web). Used by every file of the API.
#pragma once

#include <string>

#include "src/common/net/http_server.hpp"
#include "src/hosting/web/api_response.hpp"

namespace host {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;
using hosting::ApiResponse;
using hosting::error_response;

// A page that was written elsewhere, such as a mail, for a frame of our own pages: without scripts,
// forms, and anything from the network.
ApiResponse frame_response(std::string html);
// As HTTP, with headers that forbid caching.
gcal::net::ServerResponse to_response(ApiResponse response);
gcal::net::ServerResponse to_response(crm_hosting::Response response);

}  // namespace host
