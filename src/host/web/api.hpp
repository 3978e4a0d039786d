// The JSON API as a table of routes: who may call a path, within which limits, how the request is
// parsed, and which function handles it. The files *_api.cpp add their routes; WebServer looks a
// request up once, when its head was read, and calls what was found. It must never call a handler
// before session, CSRF token and size were checked.
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
#include "src/host/web/authentication.hpp"
#include "src/hosting/web/route_table.hpp"

namespace host {

class Crm;

// Where a request waits for a thread.
enum class Pool { general, log_in };

// What a request of a route may cost, known before its body is read.
struct RouteLimits {
  Pool pool = Pool::general;
  std::size_t body = 64 << 10;  // bytes
  // Requests of one client: at once, and the refill; 0: not counted.
  double burst = 0, per_second = 0;
  // Of an answer that is a list.
  std::size_t rows = 5'000;
};

// One request, checked and parsed.
struct ApiRequest {
  std::string method;
  std::vector<std::string> path_parameters;  // the segments at the {} of the route, decoded
  gcal::net::Parameters query;
  Json body;             // an object, or null when there was none
  Session session;       // empty on open routes
  std::string token;     // of the session's cookie
  std::string device;    // of the device's cookie
  std::string client;    // whose limits the request uses
  std::string agent;     // of the browser
  std::size_t rows = 0;  // at most so many in the answer
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

  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;  // of the pattern
    AsyncHandler handler;
    Access access;
    RouteLimits limits;
  };
  using Match = hosting::RouteMatch<Route>;

  // Adds a route. pattern: such as "/api/events/{}".
  void add(std::string_view method, std::string_view pattern, Handler handler,
           Access access = Access::user, RouteLimits limits = {});
  void add_async(std::string_view method, std::string_view pattern, AsyncHandler handler,
                 Access access = Access::user, RouteLimits limits = {});

  // segments: the decoded path. [any thread]
  Match find(std::string_view method, const std::vector<std::string>& segments) const;
  // Checks the request and calls the handler of the route. Responds 401 and 403 without session,
  // CSRF token or role. [worker]
  static void call(Crm& crm, Authenticator& authenticator, const Match& match,
                   const gcal::net::ServerRequest& request, Respond respond);

  static constexpr RouteLimits kEventLimits{.body = 2 << 20};  // a description has up to 1 MiB
  // Hashing a password is slow: these routes have threads of their own.
  static constexpr RouteLimits kPasswordLimits{.pool = Pool::log_in, .body = 8 << 10};

 private:
  std::vector<Route> routes_;
};

// "de" or "en": the user's setting, else the first of the two in Accept-Language, else English.
std::string language_of(const User& user, const gcal::net::Headers& headers);

}  // namespace host
