// The calls to an OAuth 2.0 authorization server (RFC 6749) as Google runs it: consent address,
// code, refresh, revocation, identity. Used by the settings flow and by token_source. Never keeps a
// token, never puts one into a URL or a message.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/task.hpp"
#include "src/common/net/http.hpp"
#include "src/common/net/retry.hpp"
#include "src/common/net/url.hpp"

namespace gcal::oauth {

struct Endpoints {
  std::string authorize = "https://accounts.google.com/o/oauth2/v2/auth";
  std::string token = "https://oauth2.googleapis.com/token";
  std::string revoke = "https://oauth2.googleapis.com/revoke";
  std::string userinfo = "https://openidconnect.googleapis.com/v1/userinfo";

  // The same paths on one address, as an emulator serves them. "" answers Google's own.
  static Endpoints at(std::string_view base_url);
};

// What this product asks for, and no more.
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
  std::string login_hint;  // "" the first time
};

// The page on which a person consents. Pure.
std::string authorization_url(const Endpoints& endpoints, const AuthorizationRequest& request);

struct Tokens {
  std::string access_token;
  std::chrono::seconds expires_in{0};  // from the answer on; at least a minute, at most a day
  std::string refresh_token;           // "" when the old one stays
  std::vector<std::string> scopes;     // granted; a person may have left boxes empty
  std::string id_token;
};

struct Identity {
  std::string sub;  // the stable name of the person
  std::string email;
};

// Those of our two calendar scopes that were not granted.
std::vector<std::string> missing_scopes(const std::vector<std::string>& granted);

// Reads the claims of an id_token that came straight from the token endpoint over TLS; its
// signature adds nothing then. Checks issuer and audience. Errors: invalid.
Result<Identity> identity_of(std::string_view id_token, std::string_view client_id);

// [loop thread] Errors of all calls: needs_auth (invalid_grant: a person must consent again),
// denied (the client's configuration; for the administrator), unavailable, timeout, invalid (an
// answer or a request that makes no sense).
class TokenClient {
 public:
  TokenClient(Endpoints endpoints, net::HttpClient& http, net::RetryTools tools)
      : endpoints_(std::move(endpoints)), http_(http), tools_(tools) {}

  Task<Tokens> exchange(ClientCredentials client, std::string code, std::string verifier,
                        std::string redirect_uri);
  Task<Tokens> refresh(ClientCredentials client, std::string refresh_token);
  // Success also when the token was dead already.
  Task<> revoke(std::string token);
  Task<Identity> userinfo(std::string access_token);

  const Endpoints& endpoints() const { return endpoints_; }

 private:
  Task<net::HttpResponse> post(std::string url, net::Parameters form, bool idempotent);

  Endpoints endpoints_;
  net::HttpClient& http_;
  net::RetryTools tools_;
};

}  // namespace gcal::oauth
