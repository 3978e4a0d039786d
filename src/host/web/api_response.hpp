// What the JSON API sends: a status, a document, and the one form of every error. Used by every
// file of the API. It must never carry details of storage or files: messages come from the CRM and
// from plugins.
#pragma once

#include <string>
#include <string_view>

#include "src/common/base/json.hpp"
#include "src/common/base/result.hpp"
#include "src/common/net/http_server.hpp"

namespace host {

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

// A page that was written elsewhere, such as a mail, for a frame of our own pages: without scripts,
// forms, and anything from the network.
ApiResponse frame_response(std::string html);
// As HTTP, with headers that forbid caching.
gcal::net::ServerResponse to_response(ApiResponse response);

}  // namespace host
