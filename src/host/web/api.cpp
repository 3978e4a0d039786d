#include "src/host/web/api.hpp"

#include <algorithm>
#include <utility>

#include "src/host/crm/crm.hpp"
#include "src/hosting/web/request_json.hpp"

namespace host {
namespace {

// What a browser calls itself, for the list of sessions.
std::string agent_of(const gcal::net::Headers& headers) {
  std::string agent(headers.get("User-Agent").substr(0, 200));
  std::ranges::replace_if(
      agent, [](char c) { return c < ' ' || c > '~'; }, '?');
  return agent;
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
  routes_.push_back({std::string(method), std::string(pattern), hosting::segments_of(pattern),
                     std::move(handler), access, limits});
}

Api::Match Api::find(std::string_view method, const std::vector<std::string>& segments) const {
  return hosting::find_route(routes_, method, segments);
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
      return respond(hosting::administrators_only_response());
  } else {
    call.token = authenticator.cookies().session(request.headers);
  }
  call.language = language_of(call.session.user, request.headers);

  auto query = hosting::query_of(request.query);
  if (!query) return respond(error_response(query.error()));
  call.query = *std::move(query);
  auto body = hosting::body_of(request.method, request.headers.get("Content-Type"), request.body);
  if (!body) return respond(error_response(body.error()));
  call.body = *std::move(body);
  route.handler(call, [respond = std::move(respond), &log = crm.log(),
                       open = route.access == Access::open,
                       what = route.method + " " + route.pattern](ApiResponse response) {
    if (response.status == 500 || (open && response.status == 503)) {
      log.error(
          "web.failed",
          Json::object({{"request", what}, {"message", response.body["error"].string("message")}}));
      hosting::hide_internals(response);
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
