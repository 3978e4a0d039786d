// The JSON API as a table of routes: who may call a path, what is read of the request, and which
// function answers. The files *_api.cpp add their routes; the web face calls dispatch. It must
// never hand a request to a function before session, CSRF token and size were checked.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/net/http_server.hpp"
#include "src/common/net/url.hpp"
#include "src/host/crm/users.hpp"
#include "src/host/web/answer.hpp"

namespace host {

class Crm;

// One request, checked and taken apart.
struct ApiRequest {
  std::string method;
  std::vector<std::string> names;  // what stood in the places {} of the route, decoded
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

using Answerer = std::function<void(Answer)>;  // called once, on any thread

class Api {
 public:
  enum class Access { open, user, administrator };
  using Now = std::function<Result<Answer>(const ApiRequest&)>;    // answers at once, may block
  using Later = std::function<void(const ApiRequest&, Answerer)>;  // waits for a plugin

  // pattern: "/api/events/{}". limit: of the body in bytes.
  void add(std::string_view method, std::string_view pattern, Now handler,
           Access access = Access::user, std::size_t limit = kSmallBody);
  void add_later(std::string_view method, std::string_view pattern, Later handler,
                 Access access = Access::user, std::size_t limit = kSmallBody);

  // [worker] segments: the decoded path. The session comes from the cookie. Answers 404 for paths
  // and 405 for methods that do not exist.
  void dispatch(Crm& crm, const gcal::net::ServerRequest& request,
                const std::vector<std::string>& segments, Answerer answer) const;

  static constexpr std::size_t kSmallBody = 64 << 10;
  static constexpr std::size_t kEventBody = 2 << 20;  // a description has up to 1 MiB

 private:
  struct Route {
    std::string method;
    std::string pattern;
    std::vector<std::string> segments;  // of the pattern
    Later handler;
    Access access;
    std::size_t limit;
  };
  std::vector<Route> routes_;
};

// The session of a request, or 401; for methods that change something also the CSRF token, or 403.
struct Admission {
  Session session;
  std::string token;
};
Result<Admission> session_of(Crm& crm, const gcal::net::ServerRequest& request);
bool csrf_holds(const gcal::net::ServerRequest& request, const Session& session);
Answer no_session();
Answer no_csrf();
// "de" or "en": the user's setting, else the first of Accept-Language that we speak, else English.
std::string language_of(const User& user, const gcal::net::Headers& headers);

}  // namespace host
