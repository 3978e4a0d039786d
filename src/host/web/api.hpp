// The JSON API as a table of routes: who may call a path, how the request is parsed, and which
// function handles it. The files *_api.cpp add their routes; WebServer calls dispatch. It must
// never call a handler before session, CSRF token and size were checked.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/net/http_server.hpp"
#include "src/common/net/url.hpp"
#include "src/host/crm/users.hpp"
#include "src/host/web/api_response.hpp"

namespace host {

class Crm;

// One request, checked and parsed.
struct ApiRequest {
  std::string method;
  std::vector<std::string> path_parameters;  // the segments at the {} of the route, decoded
  gcal::net::Parameters query;
  Json body;             // an object, or null when there was none
  Session session;       // empty on open routes
  std::string token;     // of the session's cookie
  std::string language;  // "de" | "en": the user's, or the browser's

  const std::string& user() const { return session.user.id; }
  std::string_view parameter(std::string_view name) const {
    return gcal::net::parameter(query, name);
  }
};

// Sends the response. Called once, on any thread.
using Respond = std::function<void(ApiResponse)>;

class Api {
 public:
  enum class Access { open, user, administrator };
  // Returns the response; may block.
  using Handler = std::function<Result<ApiResponse>(const ApiRequest&)>;
  // Returns at once and responds later, when a plugin has answered.
  using AsyncHandler = std::function<void(const ApiRequest&, Respond)>;

  // Adds a route. pattern: such as "/api/events/{}". limit: of the body in bytes.
  void add(std::string_view method, std::string_view pattern, Handler handler,
           Access access = Access::user, std::size_t limit = kSmallBody);
  void add_async(std::string_view method, std::string_view pattern, AsyncHandler handler,
                 Access access = Access::user, std::size_t limit = kSmallBody);

  // Checks the request and calls its handler. segments: the decoded path. Responds 404 for unknown
  // paths, 405 for unknown methods, 401 and 403 without session, CSRF token or role. [worker]
  void dispatch(Crm& crm, const gcal::net::ServerRequest& request,
                const std::vector<std::string>& segments, Respond respond) const;

  static constexpr std::size_t kSmallBody = 64 << 10;
  static constexpr std::size_t kEventBody = 2 << 20;  // a description has up to 1 MiB

 private:
  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;  // of the pattern
    AsyncHandler handler;
    Access access;
    std::size_t limit;
  };
  // The route of a request, with its path parameters in `call`. Nothing: none matches; `allowed`
  // then lists the methods of the path, "" when the path is unknown.
  const Route* find_route(const std::vector<std::string>& segments, ApiRequest& call,
                          std::string& allowed) const;

  std::vector<Route> routes_;
};

struct Authentication {
  Session session;
  std::string token;
};
// The session of the request's cookie. needs_auth: there is none.
Result<Authentication> authenticate(Crm& crm, const gcal::net::ServerRequest& request);
// Does the request carry the session's CSRF token? Always true for methods that only read.
bool has_csrf_token(const gcal::net::ServerRequest& request, const Session& session);
ApiResponse no_session_response();  // 401
ApiResponse no_csrf_response();     // 403
// "de" or "en": the user's setting, else the first of the two in Accept-Language, else English.
std::string language_of(const User& user, const gcal::net::Headers& headers);

}  // namespace host
