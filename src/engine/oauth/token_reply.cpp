#include "src/engine/oauth/token_reply.hpp"

#include <algorithm>

#include "src/common/base/bytes.hpp"
#include "src/common/base/json.hpp"

namespace gcal::oauth {
namespace {

using base::Json;

constexpr std::size_t kMaxTokenLength =
    16 << 10;  // Google documents 2 KiB; bounded because it goes into a header

constexpr std::chrono::minutes kClockError{5};

// A token is written into a header, so only visible ASCII is accepted.
bool is_token(const std::string& text) {
  return text.size() <= kMaxTokenLength &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

std::vector<std::string> split_at_spaces(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

Error error_of(const net::HttpResponse& response, base::Milliseconds wait) {
  const auto error_for = [](Code code, const char* message, base::Milliseconds wait,
                            std::string_view detail) {
    return Error{code, message, wait, Scope::account, detail};
  };
  if (response.status >= 500 || response.status == 429)
    return error_for(Code::unavailable, "Google's sign-in has a failure; it will be tried again",
                     wait, {});
  const Result<Json> json = Json::parse(response.body);
  const std::string error = json ? json->string("error") : std::string();
  if (error == "invalid_grant")
    return error_for(Code::needs_auth,
                     "Google no longer accepts the consent; connect the account again", {}, {});
  if (error == "invalid_client" || error == "unauthorized_client" || error == "deleted_client" ||
      error == "disabled_client")
    return error_for(
        Code::denied,
        "Google does not accept the client id or its secret; an administrator must correct them",
        {}, "refusal.oauth_client");
  if (error == "redirect_uri_mismatch")
    return error_for(
        Code::denied,
        "the callback address is not registered with Google; an administrator must add it", {},
        "refusal.oauth_client");
  if (error == "admin_policy_enforced" || error == "access_denied" || error == "org_internal")
    return error_for(Code::denied,
                     "the Google organisation does not allow this app; its administrator decides",
                     {}, "refusal.policy");
  if (json && !error.empty())
    return error_for(Code::invalid, "Google's sign-in refuses the request", {}, "refusal.unknown");
  return error_for(Code::unavailable, "what answered is not Google's sign-in", wait, {});
}

Result<Tokens> tokens_of(const net::HttpResponse& response, base::Milliseconds wait) {
  if (response.status != 200) return error_of(response, wait);
  const Result<Json> json = Json::parse(response.body);
  if (!json || !json->is_object())
    return Error{Code::unavailable, "what answered is not Google's sign-in", {}};
  Tokens tokens;
  tokens.access_token = json->string("access_token");
  tokens.refresh_token = json->string("refresh_token");
  tokens.id_token = json->string("id_token");
  tokens.scopes = split_at_spaces(json->string("scope"));
  if (tokens.access_token.empty() || !is_token(tokens.access_token) ||
      !is_token(tokens.refresh_token))
    return Error{Code::invalid, "Google's sign-in answered without a usable token", {}};
  // Bounded: with 0 or a negative value the token would be requested again and again.
  tokens.expires_in = std::chrono::seconds{
      std::clamp<std::int64_t>((*json)["expires_in"].as_integer(), 60, 86'400)};
  return tokens;
}

std::string nonce_of(std::string_view verifier) {
  return base::to_base64url(
      base::hmac_sha256(base::as_bytes(verifier), base::as_bytes("nonce of the consent")));
}

bool is_issuer(std::string_view issuer) {
  return issuer == "https://accounts.google.com" || issuer == "accounts.google.com";
}

Result<Identity> identity_of(std::string_view id_token, const ExpectedToken& expected) {
  const Error bad{Code::invalid, "Google's id_token cannot be read", {}};
  const std::size_t first = id_token.find('.');
  const std::size_t second =
      first == std::string_view::npos ? first : id_token.find('.', first + 1);
  if (second == std::string_view::npos || id_token.size() > kMaxTokenLength) return bad;
  const Result<base::Bytes> bytes =
      base::from_base64url(id_token.substr(first + 1, second - first - 1));
  if (!bytes) return bad;
  const Result<Json> claims =
      Json::parse(std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size()));
  if (!claims || !claims->is_object()) return bad;
  if (claims->string("aud") != expected.client_id)
    return Error{Code::denied, "Google's id_token is meant for another client", {}};
  if (!is_issuer(claims->string("iss")))
    return Error{Code::denied, "the id_token was not issued by Google", {}};
  if (!base::equal_in_constant_time(base::as_bytes(claims->string("nonce")),
                                    base::as_bytes(expected.nonce)))
    return Error{Code::denied, "Google's id_token belongs to another consent", {}};
  const std::chrono::seconds expiry{(*claims)["exp"].as_integer()};
  if (expiry + kClockError <=
      std::chrono::duration_cast<std::chrono::seconds>(expected.now.time_since_epoch()))
    return Error{Code::denied, "Google's id_token is over: check the clock of this machine", {}};
  Identity identity{claims->string("sub"), claims->string("email"), claims->string("hd")};
  if (identity.sub.empty()) return bad;
  return identity;
}

}  // namespace gcal::oauth
