// Who sends a request: the session of its cookie, and whether its CSRF token belongs to that
// session. Used by Api and WebServer. It must never take a user id from anything but
// the session.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "src/common/base/clock.hpp"
#include "src/common/net/http_server.hpp"
#include "src/host/crm/users.hpp"
#include "src/host/web/api_response.hpp"
#include "src/host/web/cookies.hpp"

namespace host {

struct Authentication {
  Session session;
  std::string token;
};

class Authenticator {
 public:
  // Both outlive the object.
  Authenticator(Users& users, const gcal::base::Clock& clock, bool https)
      : users_(users), clock_(clock), cookies_(https) {}

  const Cookies& cookies() const { return cookies_; }
  // The session of the request's cookie. needs_auth: there is none. [any thread, blocks]
  Result<Authentication> authenticate(const gcal::net::ServerRequest& request);
  // The session of a token, as authenticate. [any thread, blocks]
  Result<Session> session(const std::string& token);
  // Did the session of this cookie exist in the last ten minutes? Decides whose queue and budget a
  // request uses, never what it may do. [any thread]
  bool is_known(const gcal::net::Headers& headers) const;
  // At the end of a session.
  void forget(std::string_view token);

 private:
  Users& users_;
  const gcal::base::Clock& clock_;
  Cookies cookies_;
  mutable std::mutex mutex_;
  std::map<std::string, std::chrono::milliseconds, std::less<>> seen_;  // by hash of the token
};

// Does the request carry the session's CSRF token? Always true for methods that only read.
bool has_csrf_token(const gcal::net::ServerRequest& request, const Session& session);
ApiResponse no_csrf_response();  // 403
using hosting::confirm_first_response;
// 401 without a session; the error when it could not be looked up.
ApiResponse authentication_error_response(const Error& error);

}  // namespace host
