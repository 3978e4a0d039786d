// Client of Google's OAuth 2.0 authorization server (RFC 6749): authorization URL, code exchange,
// refresh, revocation (RFC 7009) and userinfo. Used by the settings page and by token_source.
// Stores no token, and writes none into a URL or an error message. Runs on the loop thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/task.hpp"
#include "src/common/net/http.hpp"
#include "src/common/net/retry.hpp"
#include "src/common/net/url.hpp"
#include "src/engine/oauth/token_reply.hpp"

namespace gcal::oauth {

struct Endpoints {
  std::string authorize = "https://accounts.google.com/o/oauth2/v2/auth";
  std::string token = "https://oauth2.googleapis.com/token";
  std::string revoke = "https://oauth2.googleapis.com/revoke";
  std::string userinfo = "https://openidconnect.googleapis.com/v1/userinfo";

  // The same endpoints at one address, as the emulator serves them. "" gives Google's own.
  static Endpoints at(std::string_view base_url);
};

// The only scopes that are requested besides openid and email (S-05).
inline constexpr const char* kEventsScope = "https://www.googleapis.com/auth/calendar.events";
inline constexpr const char* kCalendarListScope =
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly";

struct ClientCredentials {
  std::string client_id;
  std::string client_secret;
};

struct AuthorizationRequest {
  std::string client_id;
  std::string redirect_uri;
  std::string state;
  std::string challenge;   // PKCE, S256
  std::string nonce;       // comes back in the id_token
  std::string login_hint;  // "" for the first connection
};

// The URL of the consent page. It always shows the account chooser (S-10). Pure.
std::string authorization_url(const Endpoints& endpoints, const AuthorizationRequest& request);

// Which of the two calendar scopes were not granted. Pure.
std::vector<std::string> missing_scopes(const std::vector<std::string>& granted);

// Objects passed by reference must outlive it. Errors of all functions: needs_auth (invalid_grant:
// the user must consent again), denied (the OAuth client's configuration, for the administrator),
// unavailable, timeout, invalid (malformed answer or refused request). [loop thread]
class TokenClient {
 public:
  TokenClient(Endpoints endpoints, net::HttpClient& http, net::RetryTools tools)
      : endpoints_(std::move(endpoints)), http_(http), tools_(tools) {}

  // Exchanges an authorization code. Never repeated, because a code is valid once.
  Task<Tokens> exchange(ClientCredentials client, std::string code, std::string verifier,
                        std::string redirect_uri);
  // Requests a new access token. Repeated after transient failures.
  Task<Tokens> refresh(ClientCredentials client, std::string refresh_token);
  // Revokes the grant of the token. Succeeds also if the token was invalid already.
  Task<> revoke(std::string token);
  // Whose token it is; used if the answer to exchange() had no usable id_token.
  Task<Identity> userinfo(std::string access_token);

  const Endpoints& endpoints() const { return endpoints_; }

 private:
  Task<net::HttpResponse> post(std::string url, net::Parameters form, bool idempotent);

  Endpoints endpoints_;
  net::HttpClient& http_;
  net::RetryTools tools_;
};

}  // namespace gcal::oauth
