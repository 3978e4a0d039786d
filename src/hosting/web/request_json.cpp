#include "src/hosting/web/request_json.hpp"

#include "src/common/icalendar/ascii.hpp"

namespace hosting {
namespace {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using gcal::base::Json;

// A form of a foreign page can send text/plain without a preflight request, but never JSON.
bool is_json(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return gcal::icalendar::lower(type) == "application/json";
}

}  // namespace

bool is_read_only(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

Result<gcal::net::Parameters> query_of(std::string_view query) {
  auto parameters = gcal::net::form_decode(query);
  if (!parameters)
    return Error{Code::invalid, "the query is no form: " + parameters.error().message, {}};
  return parameters;
}

Result<Json> body_of(std::string_view method, std::string_view content_type,
                     std::string_view body) {
  if (body.empty() || is_read_only(method)) return Json();
  if (!is_json(content_type)) return Error{Code::invalid, "the body must be application/json", {}};
  auto json = Json::parse(body);
  if (!json) return Error{Code::invalid, "the body is no JSON: " + json.error().message, {}};
  if (!json->is_object()) return Error{Code::invalid, "the body must be a JSON object", {}};
  return json;
}

}  // namespace hosting
