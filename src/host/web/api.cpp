#include "src/host/web/api.hpp"

#include <algorithm>
#include <utility>

#include "src/common/icalendar/ascii.hpp"
#include "src/host/crm/crm.hpp"

namespace host {
namespace {

std::vector<std::string> split(std::string_view pattern) {
  std::vector<std::string> out;
  for (const std::string_view segment : gcal::net::path_segments(pattern))
    out.emplace_back(segment);
  return out;
}

// Does the path match the route? Collects the segments at its {}.
bool matches(const std::vector<std::string>& route, const std::vector<std::string>& segments,
             std::vector<std::string>& parameters) {
  if (route.size() != segments.size()) return false;
  parameters.clear();
  for (std::size_t i = 0; i < route.size(); ++i) {
    if (route[i] == "{}")
      parameters.push_back(segments[i]);
    else if (route[i] != segments[i])
      return false;
  }
  return true;
}

// A form of a foreign page can send text/plain without a preflight request, but never JSON.
bool is_json(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return gcal::icalendar::lower(type) == "application/json";
}

// What a browser calls itself, for the list of sessions.
std::string agent_of(const gcal::net::Headers& headers) {
  std::string agent(headers.get("User-Agent").substr(0, 200));
  std::ranges::replace_if(
      agent, [](char c) { return c < ' ' || c > '~'; }, '?');
  return agent;
}

// What went wrong inside is for the log, not for the client.
void hide_internals(ApiResponse& response) {
  Json error = response.body["error"];
  if (!error.is_object()) return;
  error.set("message", "the request failed inside the host; its log says why");
  error.set("args", Json::object());
  response.body.set("error", std::move(error));
}

// Query and body into `call`. invalid: one of them is malformed.
Result<> parse(const gcal::net::ServerRequest& request, ApiRequest& call) {
  auto query = gcal::net::form_decode(request.query);
  if (!query) return Error{Code::invalid, "the query is no form: " + query.error().message, {}};
  call.query = *std::move(query);
  if (request.body.empty() || is_read_only(request.method)) return {};
  if (!is_json(request.headers.get("Content-Type")))
    return Error{Code::invalid, "the body must be application/json", {}};
  auto body = Json::parse(request.body);
  if (!body) return Error{Code::invalid, "the body is no JSON: " + body.error().message, {}};
  if (!body->is_object()) return Error{Code::invalid, "the body must be a JSON object", {}};
  call.body = *std::move(body);
  return {};
}

}  // namespace

void Api::add(std::string_view method, std::string_view pattern, Handler handler, Access access,
              RouteLimits limits) {
  add_async(
      method, pattern,
      [handler = std::move(handler)](const ApiRequest& request, const Respond& respond) {
        auto result = handler(request);
        respond(result ? *std::move(result) : error_response(result.error()));
      },
      access, limits);
}

void Api::add_async(std::string_view method, std::string_view pattern, AsyncHandler handler,
                    Access access, RouteLimits limits) {
  routes_.push_back({std::string(method), std::string(pattern), split(pattern), std::move(handler),
                     access, limits});
}

Api::Match Api::find(std::string_view method, const std::vector<std::string>& segments) const {
  if (method == "HEAD") method = "GET";
  Match match;
  for (const Route& candidate : routes_) {
    if (!matches(candidate.segments, segments, match.path_parameters)) continue;
    if (candidate.method == method) {
      match.route = &candidate;
      return match;
    }
    match.allowed += (match.allowed.empty() ? "" : ", ") + candidate.method;
  }
  return match;
}

ApiResponse Api::no_route_response(const Match& match) {
  if (match.allowed.empty())
    return error_response(404, "not_found", "error.not_found", "there is no such path");
  ApiResponse response =
      error_response(405, "invalid", "error.invalid", "this path does not know the method");
  response.headers.set("Allow", match.allowed);
  return response;
}

void Api::call(Crm& crm, Authenticator& authenticator, const Match& match,
               const gcal::net::ServerRequest& request, Respond respond) {
  const Route& route = *match.route;
  ApiRequest call;
  call.method = route.method;
  call.path_parameters = match.path_parameters;
  call.client = request.client;
  call.agent = agent_of(request.headers);
  call.device = authenticator.cookies().device(request.headers);
  call.rows = route.limits.rows;
  if (route.access != Access::open) {
    auto authentication = authenticator.authenticate(request);
    if (!authentication) return respond(authentication_error_response(authentication.error()));
    call.session = std::move(authentication->session);
    call.token = std::move(authentication->token);
    if (!has_csrf_token(request, call.session)) return respond(no_csrf_response());
    if (route.access == Access::administrator && call.session.user.role != "admin")
      return respond(error_response(403, "denied", "error.denied", "for administrators only"));
  } else {
    call.token = authenticator.cookies().session(request.headers);
  }
  call.language = language_of(call.session.user, request.headers);

  if (const auto parsed = parse(request, call); !parsed)
    return respond(error_response(parsed.error()));
  route.handler(call, [respond = std::move(respond), &log = crm.log(),
                       open = route.access == Access::open,
                       what = route.method + " " + route.pattern](ApiResponse response) {
    if (response.status == 500 || (open && response.status == 503)) {
      log.error(
          "web.failed",
          Json::object({{"request", what}, {"message", response.body["error"].string("message")}}));
      hide_internals(response);
    }
    respond(std::move(response));
  });
}

std::string language_of(const User& user, const gcal::net::Headers& headers) {
  if (!user.locale.empty()) return user.locale;
  // Browsers send languages in order of preference, so the q values are not read.
  std::string_view rest = headers.get("Accept-Language");
  while (!rest.empty()) {
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == ',')) rest.remove_prefix(1);
    const std::string_view primary = rest.substr(0, 2);
    const bool ends =
        rest.size() == 2 ||
        (rest.size() > 2 && std::string_view("-;, ").find(rest[2]) != std::string_view::npos);
    if (ends && (primary == "de" || primary == "en")) return std::string(primary);
    const std::size_t comma = rest.find(',');
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma);
  }
  return "en";
}

}  // namespace host
