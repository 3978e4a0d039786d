// What the JSON API answers: a status, a document, and the one form that every error takes. Used by
// every file of the API. It must never carry what an error's cause may not tell: messages come from
// the CRM and from plugins, never from storage or files.
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

struct Answer {
  int status = 200;
  Json body = Json::object();
  gcal::net::Headers headers = {};
};

// {"error": {code, key, args, message, field?}}. Status and key follow from the code; a message
// "name: ..." names the field; the reasons why an appointment is read-only are keys themselves.
Answer error_answer(const Error& error);

// An error with a text key of its own. `code` is the word of the document: invalid, no_session,
// denied, too_many ...
Answer error_answer(int status, std::string_view code, std::string_view key, std::string message,
                    Json args = Json::object(), std::string_view field = {});

// Never cached.
gcal::net::ServerResponse to_response(Answer answer);

}  // namespace host
