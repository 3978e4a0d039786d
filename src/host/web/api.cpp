#include "src/host/web/api.hpp"

#include <algorithm>
#include <utility>

#include "src/common/base/bytes.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/web/security.hpp"

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

bool is_read_only(std::string_view method) {
  return method == "GET" || method == "HEAD";
}

// A form of a foreign page can send text/plain without a preflight request, but never JSON.
bool is_json(std::string_view type) {
  return type == "application/json" || type.starts_with("application/json;");
}

ApiResponse no_route_response(const std::string& allowed_methods) {
  if (allowed_methods.empty())
    return error_response(404, "not_found", "error.not_found", "there is no such path");
  ApiResponse response =
      error_response(405, "invalid", "error.invalid", "this path does not know the method");
  response.headers.set("Allow", allowed_methods);
  return response;
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
              std::size_t limit) {
  add_async(
      method, pattern,
      [handler = std::move(handler)](const ApiRequest& request, const Respond& respond) {
        auto result = handler(request);
        respond(result ? *std::move(result) : error_response(result.error()));
      },
      access, limit);
}

void Api::add_async(std::string_view method, std::string_view pattern, AsyncHandler handler,
                    Access access, std::size_t limit) {
  routes_.push_back({std::string(method), std::string(pattern), split(pattern), std::move(handler),
                     access, limit});
}

const Api::Route* Api::find_route(const std::vector<std::string>& segments, ApiRequest& call,
                                  std::string& allowed) const {
  for (const Route& candidate : routes_) {
    if (!matches(candidate.segments, segments, call.path_parameters)) continue;
    if (candidate.method == call.method) return &candidate;
    allowed += (allowed.empty() ? "" : ", ") + candidate.method;
  }
  return nullptr;
}

void Api::dispatch(Crm& crm, const gcal::net::ServerRequest& request,
                   const std::vector<std::string>& segments, Respond respond) const {
  ApiRequest call;
  call.method = request.method == "HEAD" ? "GET" : request.method;
  std::string allowed;
  const Route* route = find_route(segments, call, allowed);
  if (!route) return respond(no_route_response(allowed));

  if (route->access != Access::open) {
    auto authentication = authenticate(crm, request);
    if (!authentication)
      return respond(authentication.error().code == Code::needs_auth
                         ? no_session_response()
                         : error_response(authentication.error()));
    call.session = std::move(authentication->session);
    call.token = std::move(authentication->token);
    if (!has_csrf_token(request, call.session)) return respond(no_csrf_response());
    if (route->access == Access::administrator && call.session.user.role != "admin")
      return respond(error_response(403, "denied", "error.denied", "for administrators only"));
  }
  call.language = language_of(call.session.user, request.headers);

  if (request.body.size() > route->limit)
    return respond(
        error_response(413, "too_large", "error.too_large",
                       "the request has more than " + std::to_string(route->limit) + " bytes"));
  if (const auto parsed = parse(request, call); !parsed)
    return respond(error_response(parsed.error()));
  route->handler(call, [respond = std::move(respond), &log = crm.log(),
                        what = route->method + " " + route->pattern](ApiResponse response) {
    if (response.status == 500)
      log.error(
          "web.failed",
          Json::object({{"request", what}, {"message", response.body["error"].string("message")}}));
    respond(std::move(response));
  });
}

Result<Authentication> authenticate(Crm& crm, const gcal::net::ServerRequest& request) {
  Authentication authentication;
  authentication.token = session_token(request.headers);
  TRY(authentication.session, crm.users().session(authentication.token));
  return authentication;
}

bool has_csrf_token(const gcal::net::ServerRequest& request, const Session& session) {
  return is_read_only(request.method) ||
         gcal::base::equal_in_constant_time(
             gcal::base::as_bytes(request.headers.get("X-CSRF-Token")),
             gcal::base::as_bytes(session.csrf));
}

ApiResponse no_session_response() {
  return error_response(401, "no_session", "error.no_session", "log in first");
}

ApiResponse no_csrf_response() {
  return error_response(403, "denied", "error.csrf",
                        "the header X-CSRF-Token is missing or of another session");
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
