// What Google's authorization server answers, as values: tokens, errors and the claims of an
// id_token. Used by token_client. Pure: hostile bytes in, a value or an error out, and no token in
// a message.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/milliseconds.hpp"
#include "src/common/base/result.hpp"
#include "src/common/net/http.hpp"

namespace gcal::oauth {

struct Tokens {
  std::string access_token;
  std::chrono::seconds expires_in{0};  // counted from the answer; between a minute and a day
  std::string refresh_token;           // "" if the previous one remains valid
  std::vector<std::string> scopes;     // as granted; the user may have declined some
  std::string id_token;
};

struct Identity {
  std::string sub;  // Google's stable id of the account
  std::string email;
  std::string hosted_domain{};  // of the organisation whose Google Workspace it belongs to; or ""
};

// The nonce of a consent. It follows from the PKCE verifier, so that the id_token of one consent is
// not taken for that of another, and nothing more has to be stored. Pure.
std::string nonce_of(std::string_view verifier);

// What an id_token must be: for this client, of this consent, and not over (a clock may be wrong by
// five minutes).
struct ExpectedToken {
  std::string_view client_id;
  std::string_view nonce;
  base::Instant now{};
};
// Reads the claims of an id_token and checks issuer, audience, nonce and expiry (OpenID Connect
// Core 3.1.3.7). Only for a token that came directly from the token endpoint over TLS: its
// signature is not checked. Errors: invalid if it cannot be read; denied if it is not what is
// expected. Pure.
Result<Identity> identity_of(std::string_view id_token, const ExpectedToken& expected);

// Whether a redirect may come from Google: without an issuer (RFC 9207), or with Google's. Pure.
bool is_issuer(std::string_view issuer);

// The tokens of an answer. wait: how long Google asks to wait, when it refuses. Errors: those of
// error_of; invalid, unavailable: it is no answer of Google's.
Result<Tokens> tokens_of(const net::HttpResponse& response, base::Milliseconds wait);
// RFC 6749 section 5.2: decided by the member `error`, never by error_description. Without a token
// no request of the account succeeds, so every error concerns the account.
Error error_of(const net::HttpResponse& response, base::Milliseconds wait);

}  // namespace gcal::oauth
