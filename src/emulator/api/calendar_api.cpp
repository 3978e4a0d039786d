#include "src/emulator/api/calendar_api.hpp"

#include <algorithm>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/rfc3339.hpp"
#include "src/emulator/api/call.hpp"
#include "src/emulator/api/parameters.hpp"
#include "src/emulator/api/response_members.hpp"
#include "src/emulator/http/field_mask.hpp"
#include "src/emulator/model/colors.hpp"

namespace emulator {
using gcal::icalendar::lower;

using gcal::base::Json;

namespace {

// No resource of Google's has half of this depth. A body that is stored as it was sent is nested
// deeper in responses and in the saved state, and has to be readable there.
constexpr int kMaxDepth = 32;

constexpr std::string_view kAppCreatedScope =
    "https://www.googleapis.com/auth/calendar.app.created";

// The words are those of Google's JSON APIs, seen in a copy of one (Ryan Finnie's M29). A charset
// is allowed, and so is a body without a type.
Outcome<> check_content_type(const std::string& text) {
  const std::string type = lower(text.substr(0, std::min(text.find(';'), text.size())));
  if (type.find("json") != std::string::npos || type.find_first_not_of(" \t") == std::string::npos)
    return Done{};
  if (type.find("application/x-www-form-urlencoded") != std::string::npos ||
      type.find("text/plain") != std::string::npos)
    return bad_request("parseError", "This API does not support parsing form-encoded input.");
  return bad_request("badContent", "Unsupported content with type: " + text.substr(0, 100));
}

bool deeper_than(int levels, const Json& value) {
  const auto inner = [levels](const Json& child) { return deeper_than(levels - 1, child); };
  if (levels == 0) return value.is_object() || value.is_array();
  return std::any_of(value.items().begin(), value.items().end(), inner) ||
         std::any_of(value.members().begin(), value.members().end(),
                     [&](const Json::Member& member) { return inner(member.second); });
}

bool has_scope(const Scopes& granted, std::string_view accepted) {
  return std::ranges::any_of(gcal::icalendar::split(accepted, ' '), [&](std::string_view scope) {
    return granted.contains(std::string(kScopePrefix).append(scope));
  });
}

// A token which has only calendar.app.created sees no calendars but those of its client.
bool sees_only_its_calendars(const Scopes& granted, const Method& method) {
  if (!granted.contains(std::string(kAppCreatedScope))) return false;
  Scopes others = granted;
  others.erase(std::string(kAppCreatedScope));
  return !has_scope(others, method.scopes);
}

}  // namespace

CalendarApi::Handler CalendarApi::handler_of(const Method& method) {
  static const std::map<std::string_view, Handler> kHandlers{
      {"calendarList.list", &CalendarApi::calendar_list_list},
      {"calendarList.insert", &CalendarApi::calendar_list_insert},
      {"calendarList.watch", &CalendarApi::calendar_list_watch},
      {"calendarList.get", &CalendarApi::calendar_list_get},
      {"calendarList.update", &CalendarApi::calendar_list_write},
      {"calendarList.patch", &CalendarApi::calendar_list_write},
      {"calendarList.delete", &CalendarApi::calendar_list_delete},
      {"settings.list", &CalendarApi::settings_list},
      {"settings.watch", &CalendarApi::settings_watch},
      {"settings.get", &CalendarApi::settings_get},
      {"calendars.insert", &CalendarApi::calendars_insert},
      {"calendars.get", &CalendarApi::calendars_get},
      {"calendars.update", &CalendarApi::calendars_write},
      {"calendars.patch", &CalendarApi::calendars_write},
      {"calendars.delete", &CalendarApi::calendars_delete},
      {"calendars.clear", &CalendarApi::calendars_clear},
      {"calendars.transferOwnership", &CalendarApi::calendars_transfer},
      {"acl.list", &CalendarApi::acl_list},
      {"acl.insert", &CalendarApi::acl_insert},
      {"acl.watch", &CalendarApi::acl_watch},
      {"acl.get", &CalendarApi::acl_get},
      {"acl.update", &CalendarApi::acl_write},
      {"acl.patch", &CalendarApi::acl_write},
      {"acl.delete", &CalendarApi::acl_delete},
      {"events.list", &CalendarApi::events_list},
      {"events.insert", &CalendarApi::events_insert},
      {"events.import", &CalendarApi::events_import},
      {"events.quickAdd", &CalendarApi::quick_add},
      {"events.watch", &CalendarApi::events_watch},
      {"events.get", &CalendarApi::events_get},
      {"events.update", &CalendarApi::events_write},
      {"events.patch", &CalendarApi::events_write},
      {"events.delete", &CalendarApi::events_delete},
      {"events.move", &CalendarApi::events_move},
      {"events.instances", &CalendarApi::events_instances},
      {"channels.stop", &CalendarApi::channels_stop},
      {"freebusy.query", &CalendarApi::free_busy},
      {"colors.get", &CalendarApi::colors_get}};
  return kHandlers.at(method.id);
}

std::vector<std::string> CalendarApi::Call::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query)
    if (key == name) values.push_back(value);
  return values;
}

bool CalendarApi::Call::flag(std::string_view name, bool fallback) const {
  return has(name) ? as_flag(gcal::net::parameter(query, name)) : fallback;
}

std::int64_t CalendarApi::Call::number(std::string_view name, std::int64_t fallback) const {
  return has(name) ? std::stoll(parameter(name)) : fallback;
}

std::optional<SysSeconds> CalendarApi::Call::time(std::string_view name) const {
  const auto at = gcal::icalendar::parse_rfc3339(parameter(name));
  return at ? std::optional<SysSeconds>{*at} : std::nullopt;
}

std::optional<std::int64_t> CalendarApi::Call::milliseconds(std::string_view name) const {
  const std::optional<SysSeconds> at = time(name);
  if (!at) return std::nullopt;
  std::int64_t value = at->time_since_epoch().count() * 1000;
  const std::string text = parameter(name);
  std::size_t digit = text.find('.');
  for (std::int64_t weight = 100; digit < text.size() && weight > 0; weight /= 10) {
    if (++digit >= text.size() || text[digit] < '0' || text[digit] > '9') break;
    value += weight * (text[digit] - '0');
  }
  return value;
}

struct CalendarApi::Match {
  const Method* method = nullptr;  // its HTTP method and path fit
  std::string path_template;       // of a path that fits, perhaps with another method
  std::map<std::string, std::string, std::less<>> arguments;
};

namespace {

// The segments of each method's path, in the order of methods(): split once, not for each request.
const std::vector<std::vector<std::string_view>>& method_segments() {
  static const auto segments = [] {
    std::vector<std::vector<std::string_view>> split;
    for (const Method& method : methods()) split.push_back(gcal::net::path_segments(method.path));
    return split;
  }();
  return segments;
}

}  // namespace

CalendarApi::Match CalendarApi::match(const Request& request) {
  const auto segments =
      gcal::net::path_segments(std::string_view(request.path).substr(kCalendarRoot.size()));
  Match result;
  const auto* segments_of_method = method_segments().data();
  for (const Method& method : methods()) {
    const std::vector<std::string_view>& wanted = *segments_of_method++;
    if (!result.path_template.empty() && request.method != method.http_method) continue;
    if (wanted.size() != segments.size()) continue;
    bool same = true;
    std::map<std::string, std::string, std::less<>> arguments;
    for (std::size_t i = 0; i < wanted.size() && same; ++i) {
      if (wanted[i].front() != '{') {
        same = wanted[i] == segments[i];
        continue;
      }
      const auto decoded = gcal::net::percent_decode(segments[i]);
      same = decoded && !decoded->empty();
      if (same) arguments[std::string(wanted[i].substr(1, wanted[i].size() - 2))] = *decoded;
    }
    if (!same) continue;
    if (result.path_template.empty())
      result.path_template = std::string(kCalendarRoot).append(method.path);
    if (request.method != method.http_method) continue;
    result.path_template = std::string(kCalendarRoot).append(method.path);
    result.arguments = std::move(arguments);
    result.method = &method;
    break;
  }
  return result;
}

std::string CalendarApi::template_of(const Request& request) {
  std::string found = match(request).path_template;
  return found.empty() ? request.path : found;
}

namespace {

// From the Authorization header, or from one of two query parameters.
std::string access_token_of(const Request& request, const gcal::net::Parameters& query) {
  std::string header_text = header(request.headers, "Authorization");
  if (header_text.size() > 7 && lower(header_text.substr(0, 7)) == "bearer ")
    return header_text.substr(7);
  const std::string token(gcal::net::parameter(query, "oauth_token"));
  return token.empty() ? std::string(gcal::net::parameter(query, "access_token")) : token;
}

// In the query, or in the header of Google's gRPC gateways.
std::string api_key_of(const Request& request, const gcal::net::Parameters& query) {
  for (const char* name : {"key", "$key"})
    if (const auto key = gcal::net::parameter(query, name); !key.empty()) return std::string(key);
  return header(request.headers, "X-Goog-Api-Key");
}

Problem insufficient_scopes() {
  Problem problem{
      403, "global", "insufficientPermissions", "Request had insufficient authentication scopes.",
      {},  {}};
  problem.status_name = "PERMISSION_DENIED";
  problem.error_info = "ACCESS_TOKEN_SCOPE_INSUFFICIENT";
  return problem;
}

Problem invalid_key() {
  Problem problem = bad_request("badRequest", "API key not valid. Please pass a valid API key.");
  problem.status_name = "INVALID_ARGUMENT";
  problem.error_info = "API_KEY_INVALID";
  return problem;
}

// Seen at events.list: chicago-tool-library/circulate#1437.
Problem unregistered_caller() {
  Problem problem{403,
                  "global",
                  "forbidden",
                  "Method doesn't allow unregistered callers (callers without established "
                  "identity). Please use API Key or other form of API consumer identity to call "
                  "this API.",
                  {},
                  {}};
  problem.status_name = "PERMISSION_DENIED";
  return problem;
}

Problem unauthorized(std::string reason, std::string message) {
  return {401, "global", std::move(reason), std::move(message), "header", "Authorization"};
}

}  // namespace

// Fills in the caller. Errors: 400, 401, 403, 404 and 405.
Outcome<> CalendarApi::authorize(Call& call, const Method* method) {
  const std::string token = access_token_of(call.request, call.query);
  const std::string key = api_key_of(call.request, call.query);
  if (!key.empty() && !tokens_.accepts_key(key)) return invalid_key();
  if (!token.empty()) return use_token(call, method, token);
  if (!method || !method->takes_key) return unauthorized("required", "Login Required.");
  return key.empty() ? Outcome<>(unregistered_caller()) : Outcome<>(Done{});
}

Outcome<> CalendarApi::use_token(Call& call, const Method* method, const std::string& token) {
  const AccessToken* access = tokens_.access(token);
  if (!access) return unauthorized("authError", "Invalid Credentials");
  if (!method) return Problem{405, "global", "methodNotAllowed", "Method Not Allowed", {}, {}};
  if (!has_scope(access->scopes, method->scopes)) return insufficient_scopes();
  call.email = access->email;
  call.client_id = access->client_id;
  if (header(call.request.headers, "X-Emulator-Page").empty())
    if (const auto refused = context_.quotas.take(call.email + "\n" + call.client_id,
                                                  call.request.method, google_.now_ms()))
      return *refused;
  if (const auto id = call.path.find("calendarId");
      id != call.path.end() && sees_only_its_calendars(access->scopes, *method)) {
    const Calendar* calendar = google_.find_calendar(id->second);
    if (!calendar || calendar->creator_client != call.client_id) return not_found();
  }
  if (!google_.account(call.email)) return not_a_calendar_user();
  return Done{};
}

Outcome<> CalendarApi::read_body(Call& call) {
  call.body = Json::object();
  const std::string& method = call.request.method;
  if (call.request.body.empty() || method == "GET" || method == "DELETE") return Done{};
  TRY_VOID(check_content_type(header(call.request.headers, "Content-Type")));
  auto body = Json::parse(call.request.body);
  if (!body || !body->is_object() || deeper_than(kMaxDepth, *body))
    return bad_request("parseError", "Parse Error");
  call.body = *std::move(body);
  return Done{};
}

Response CalendarApi::handle(const Request& request, ListFaults faults) {
  Match matched = match(request);
  if (matched.path_template.empty()) return problem_response(not_found());
  Call call{request, std::move(matched.arguments), {}, {}, {}, {}, faults};
  auto query = gcal::net::form_decode(request.query);
  if (!query) return problem_response(bad_request("badRequest", "Bad Request"));
  call.query = *std::move(query);
  if (const auto authorized = authorize(call, matched.method); !authorized)
    return problem_response(authorized.error());
  ANSWER_OR_RETURN(call.query, read_parameters(*matched.method, call.query));
  if (const auto read = read_body(call); !read) return problem_response(read.error());
  // Checked before the request takes effect.
  const std::string mask = call.parameter("fields");
  if (!mask.empty() && !is_field_mask(mask, response_members(matched.method->response)))
    return problem_response(
        invalid_parameter("fields", "Invalid field selection " + mask.substr(0, 100)));

  Response response = (this->*handler_of(*matched.method))(call);
  if (response.status != 200) return response;
  if (request.method == "GET") {
    const std::string condition = header(request.headers, "If-None-Match");
    if (!condition.empty() && condition == header(response.headers, "ETag"))
      return empty_response(304);
  }
  if (!mask.empty())
    if (const auto body = Json::parse(response.body))
      response.body = apply_field_mask(*body, mask).value_or(Json::object()).dump();
  return response;
}

Response CalendarApi::colors_get(Call&) {
  return json_response(200, colors_json());
}

}  // namespace emulator
