// What the JSON APIs of the hosting library and of crm_host send: a status, a document, and the one
// form of every error. Used by the routes of this folder and of src/host/web. It must never carry
// details of storage or files: messages come from the CRM and from plugins.
#pragma once

#include <string>
#include <string_view>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"
#include "src/common/net/http.hpp"
#include "src/hosting/crm_hosting/web.hpp"

namespace hosting {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

struct ApiResponse {
  int status = 200;
  Json body = Json::object();
  gcal::net::Headers headers = {};
  // Sent instead of the document, if it has a type: an image, or a page for a frame.
  std::string raw = {}, raw_type = {};
};

// {"error": {code, key, args, message, field?}}. Status and key follow from the code. A message of
// the form "name: ..." names the field. The reasons why an appointment is read-only are keys
// themselves.
ApiResponse error_response(const Error& error);

// An error with a text key of its own. `code` is the document's: invalid, no_session, denied,
// too_many ...
ApiResponse error_response(int status, std::string_view code, std::string_view key,
                           std::string message, Json args = Json::object(),
                           std::string_view field = {});

ApiResponse no_session_response();                     // 401
ApiResponse too_many_response(std::string message);    // 429
ApiResponse too_large_response(std::size_t max_body);  // 413
ApiResponse administrators_only_response();            // 403
ApiResponse confirm_first_response();                  // 403, error.confirm

// Takes what went wrong inside out of an error: that is for the log, not for the client.
void hide_internals(ApiResponse& response);

// As HTTP, with headers that forbid caching.
crm_hosting::Response as_http(ApiResponse response);

}  // namespace hosting
