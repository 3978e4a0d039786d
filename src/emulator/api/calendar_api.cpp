#include "src/emulator/api/calendar_api.hpp"

#include <algorithm>

#include "src/common/icalendar/ascii.hpp"
#include "src/emulator/api/call.hpp"
#include "src/emulator/http/field_mask.hpp"
#include "src/emulator/model/colors.hpp"

namespace emulator {
using gcal::icalendar::lower;

using gcal::base::Json;

struct CalendarApi::Route {
  const char* method;
  const char* path;  // below /calendar/v3
  const char* scopes;
  Handler handler;
};

namespace {

constexpr const char* kListRead =
    "calendar calendar.readonly calendar.calendarlist calendar.calendarlist.readonly";
constexpr const char* kListGet =
    "calendar calendar.readonly calendar.calendarlist calendar.calendarlist.readonly "
    "calendar.app.created";
constexpr const char* kListWrite = "calendar calendar.calendarlist calendar.app.created";
constexpr const char* kListInsert = "calendar calendar.calendarlist";
constexpr const char* kCalendarsRead =
    "calendar calendar.readonly calendar.calendars calendar.calendars.readonly "
    "calendar.app.created";
constexpr const char* kCalendarsWrite = "calendar calendar.calendars calendar.app.created";
constexpr const char* kClear = "calendar calendar.calendars";
constexpr const char* kEventsRead =
    "calendar calendar.readonly calendar.events calendar.events.readonly calendar.events.owned "
    "calendar.events.owned.readonly "
    "calendar.events.public.readonly calendar.events.freebusy calendar.app.created";
constexpr const char* kEventsWrite =
    "calendar calendar.events calendar.events.owned calendar.app.created";
constexpr const char* kMove = "calendar calendar.events calendar.events.owned";
constexpr const char* kColors =
    "calendar calendar.readonly calendar.calendarlist calendar.calendarlist.readonly "
    "calendar.app.created calendar.events.owned "
    "calendar.events.owned.readonly calendar.events.public.readonly calendar.events.freebusy";
constexpr const char* kSettings = "calendar calendar.readonly calendar.settings.readonly";
constexpr const char* kAclRead = "calendar calendar.acls calendar.acls.readonly";
constexpr const char* kAclGet = "calendar calendar.acls calendar.acls.readonly calendar.readonly";
constexpr const char* kAclWrite = "calendar calendar.acls";
constexpr const char* kFreeBusy =
    "calendar calendar.readonly calendar.freebusy calendar.events.freebusy";
constexpr const char* kStop =
    "calendar calendar.readonly calendar.events calendar.events.readonly calendar.events.owned "
    "calendar.events.owned.readonly calendar.calendarlist "
    "calendar.calendarlist.readonly calendar.settings.readonly calendar.acls "
    "calendar.acls.readonly calendar.app.created calendar.events.freebusy";

// No resource of Google's has half of this depth. A body that is stored as it was sent is nested
// deeper in responses and in the saved state, and has to be readable there.
constexpr int kMaxDepth = 32;

constexpr std::string_view kAppCreatedScope =
    "https://www.googleapis.com/auth/calendar.app.created";

bool deeper_than(int levels, const Json& value) {
  const auto inner = [levels](const Json& child) { return deeper_than(levels - 1, child); };
  if (levels == 0) return value.is_object() || value.is_array();
  return std::any_of(value.items().begin(), value.items().end(), inner) ||
         std::any_of(value.members().begin(), value.members().end(),
                     [&](const Json::Member& member) { return inner(member.second); });
}

bool has_scope(const Scopes& granted, const char* accepted) {
  for (const std::string& scope : split_scopes(accepted))
    if (granted.contains("https://www.googleapis.com/auth/" + scope)) return true;
  return false;
}

}  // namespace

#define HANDLER(name) &CalendarApi::name
const CalendarApi::Route CalendarApi::kRoutes[] = {
    {"GET", "/users/me/calendarList", kListRead, HANDLER(calendar_list_list)},
    {"POST", "/users/me/calendarList", kListInsert, HANDLER(calendar_list_insert)},
    {"POST", "/users/me/calendarList/watch", kListRead, HANDLER(calendar_list_watch)},
    {"GET", "/users/me/calendarList/{calendarId}", kListGet, HANDLER(calendar_list_get)},
    {"PUT", "/users/me/calendarList/{calendarId}", kListWrite, HANDLER(calendar_list_write)},
    {"PATCH", "/users/me/calendarList/{calendarId}", kListWrite, HANDLER(calendar_list_write)},
    {"DELETE", "/users/me/calendarList/{calendarId}", kListWrite, HANDLER(calendar_list_delete)},
    {"GET", "/users/me/settings", kSettings, HANDLER(settings_list)},
    {"POST", "/users/me/settings/watch", kSettings, HANDLER(settings_watch)},
    {"GET", "/users/me/settings/{setting}", kSettings, HANDLER(settings_get)},
    {"POST", "/calendars", kCalendarsWrite, HANDLER(calendars_insert)},
    {"GET", "/calendars/{calendarId}", kCalendarsRead, HANDLER(calendars_get)},
    {"PUT", "/calendars/{calendarId}", kCalendarsWrite, HANDLER(calendars_write)},
    {"PATCH", "/calendars/{calendarId}", kCalendarsWrite, HANDLER(calendars_write)},
    {"DELETE", "/calendars/{calendarId}", kCalendarsWrite, HANDLER(calendars_delete)},
    {"POST", "/calendars/{calendarId}/clear", kClear, HANDLER(calendars_clear)},
    {"POST", "/calendars/{calendarId}/transferOwnership", kClear, HANDLER(calendars_transfer)},
    {"GET", "/calendars/{calendarId}/acl", kAclRead, HANDLER(acl_list)},
    {"POST", "/calendars/{calendarId}/acl", kAclWrite, HANDLER(acl_insert)},
    {"POST", "/calendars/{calendarId}/acl/watch", kAclRead, HANDLER(acl_watch)},
    {"GET", "/calendars/{calendarId}/acl/{ruleId}", kAclGet, HANDLER(acl_get)},
    {"PUT", "/calendars/{calendarId}/acl/{ruleId}", kAclWrite, HANDLER(acl_write)},
    {"PATCH", "/calendars/{calendarId}/acl/{ruleId}", kAclWrite, HANDLER(acl_write)},
    {"DELETE", "/calendars/{calendarId}/acl/{ruleId}", kAclWrite, HANDLER(acl_delete)},
    {"GET", "/calendars/{calendarId}/events", kEventsRead, HANDLER(events_list)},
    {"POST", "/calendars/{calendarId}/events", kEventsWrite, HANDLER(events_insert)},
    {"POST", "/calendars/{calendarId}/events/import", kEventsWrite, HANDLER(events_import)},
    {"POST", "/calendars/{calendarId}/events/quickAdd", kEventsWrite, HANDLER(quick_add)},
    {"POST", "/calendars/{calendarId}/events/watch", kEventsRead, HANDLER(events_watch)},
    {"GET", "/calendars/{calendarId}/events/{eventId}", kEventsRead, HANDLER(events_get)},
    {"PUT", "/calendars/{calendarId}/events/{eventId}", kEventsWrite, HANDLER(events_write)},
    {"PATCH", "/calendars/{calendarId}/events/{eventId}", kEventsWrite, HANDLER(events_write)},
    {"DELETE", "/calendars/{calendarId}/events/{eventId}", kEventsWrite, HANDLER(events_delete)},
    {"POST", "/calendars/{calendarId}/events/{eventId}/move", kMove, HANDLER(events_move)},
    {"GET", "/calendars/{calendarId}/events/{eventId}/instances", kEventsRead,
     HANDLER(events_instances)},
    {"POST", "/channels/stop", kStop, HANDLER(channels_stop)},
    {"POST", "/freeBusy", kFreeBusy, HANDLER(free_busy)},
    {"GET", "/colors", kColors, HANDLER(colors_get)},
};
#undef HANDLER

std::vector<std::string> CalendarApi::Call::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : query)
    if (key == name) values.push_back(value);
  return values;
}

Outcome<bool> CalendarApi::Call::flag(std::string_view name, bool fallback) const {
  if (!has(name)) return fallback;
  const std::string value = parameter(name);
  if (value == "true" || value == "1" || value.empty()) return true;
  if (value == "false" || value == "0") return false;
  return invalid_parameter(std::string(name));
}

Outcome<std::int64_t> CalendarApi::Call::number(std::string_view name, std::int64_t fallback,
                                                std::int64_t least) const {
  if (!has(name)) return fallback;
  const std::string text = parameter(name);
  if (text.empty() || text.size() > 9 ||
      !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return invalid_parameter(std::string(name));
  const std::int64_t value = std::stoll(text);
  if (value < least)
    return invalid_parameter(std::string(name),
                             "Invalid value. Values must be within the range: [" +
                                 std::to_string(least) + ", 2147483647]");
  return value;
}

struct CalendarApi::Match {
  const Route* route = nullptr;  // its method and path fit
  std::string path_template;     // of a path that fits, perhaps with another method
  std::map<std::string, std::string, std::less<>> arguments;
};

CalendarApi::Match CalendarApi::match(const Request& request) {
  constexpr std::string_view kRoot = "/calendar/v3";
  const auto segments =
      gcal::net::path_segments(std::string_view(request.path).substr(kRoot.size()));
  Match result;
  for (const Route& route : kRoutes) {
    if (!result.path_template.empty() && request.method != route.method) continue;
    const auto wanted = gcal::net::path_segments(route.path);
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
    if (result.path_template.empty()) result.path_template = std::string(kRoot) + route.path;
    if (request.method != route.method) continue;
    result.path_template = std::string(kRoot) + route.path;
    result.arguments = std::move(arguments);
    result.route = &route;
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

Problem unauthorized(std::string reason, std::string message) {
  return {401, "global", std::move(reason), std::move(message), "header", "Authorization"};
}

}  // namespace

// Fills in the caller. Errors: 401, 403, 404 and 405.
Outcome<> CalendarApi::authorize(Call& call, const Match& match) {
  const std::string token = access_token_of(call.request, call.query);
  if (token.empty()) return unauthorized("required", "Login Required.");
  const AccessToken* access = tokens_.access(token);
  if (!access) return unauthorized("authError", "Invalid Credentials");
  if (!match.route) return Problem{405, "global", "methodNotAllowed", "Method Not Allowed", {}, {}};
  if (!has_scope(access->scopes, match.route->scopes))
    return Problem{
        403, "global", "insufficientPermissions", "Request had insufficient authentication scopes.",
        {},  {}};
  call.email = access->email;
  call.client_id = access->client_id;
  if (header(call.request.headers, "X-Emulator-Page").empty())
    if (const auto refused = context_.quotas.take(call.email + "\n" + call.client_id,
                                                  call.request.method, google_.now_ms()))
      return *refused;
  // A token which has only calendar.app.created sees no calendars but those of its client.
  Scopes others = access->scopes;
  others.erase(std::string(kAppCreatedScope));
  if (const auto id = call.path.find("calendarId");
      id != call.path.end() && !has_scope(others, match.route->scopes)) {
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
  if (const auto authorized = authorize(call, matched); !authorized)
    return problem_response(authorized.error());
  if (const auto read = read_body(call); !read) return problem_response(read.error());
  // Checked before the request takes effect.
  const std::string mask = call.parameter("fields");
  if (!mask.empty() && !is_field_mask(mask))
    return problem_response(
        invalid_parameter("fields", "Invalid field selection " + mask.substr(0, 100)));

  Response response = (this->*matched.route->handler)(call);
  if (response.status != 200) return response;
  if (request.method == "GET") {
    const std::string condition = header(request.headers, "If-None-Match");
    if (!condition.empty() && condition == header(response.headers, "ETag"))
      return empty_response(304);
  }
  if (!mask.empty())
    if (const auto body = Json::parse(response.body))
      response.body = apply_field_mask(*body, mask).value_or(Json::object()).dump();
  if (call.parameter("prettyPrint") == "true")
    if (const auto body = Json::parse(response.body)) response.body = body->dump_pretty();
  return response;
}

Response CalendarApi::colors_get(Call&) {
  return json_response(200, colors_json());
}

}  // namespace emulator
