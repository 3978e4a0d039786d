#include "src/engine/oauth/token_client.hpp"

#include <algorithm>

#include "src/common/base/bytes.hpp"
#include "src/common/base/json.hpp"
#include "src/engine/oauth/wipe.hpp"

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

// RFC 6749 section 5.2: decided by the member `error`, never by error_description. Without a token
// no request of the account succeeds, so every error concerns the account.
Error error_of(const net::HttpResponse& response, base::Instant now) {
  const auto error_for = [](Code code, const char* message, base::Milliseconds wait,
                            std::string_view detail) {
    return Error{code, message, wait, Scope::account, detail};
  };
  const base::Milliseconds wait = net::retry_after(response.headers.get("Retry-After"), now);
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

Result<Tokens> tokens_of(const net::HttpResponse& response, base::Instant now) {
  if (response.status != 200) return error_of(response, now);
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

}  // namespace

Endpoints Endpoints::at(std::string_view base_url) {
  Endpoints endpoints;
  if (base_url.empty()) return endpoints;
  while (base_url.ends_with('/')) base_url.remove_suffix(1);
  const std::string base(base_url);
  endpoints.authorize = base + "/o/oauth2/v2/auth";
  endpoints.token = base + "/token";
  endpoints.revoke = base + "/revoke";
  endpoints.userinfo = base + "/v1/userinfo";
  return endpoints;
}

std::string authorization_url(const Endpoints& endpoints, const AuthorizationRequest& request) {
  net::Parameters parameters{
      {"client_id", request.client_id},
      {"redirect_uri", request.redirect_uri},
      {"response_type", "code"},
      {"scope", std::string("openid email ") + kEventsScope + " " + kCalendarListScope},
      // Both together make Google issue a refresh token every time.
      {"access_type", "offline"},
      {"prompt", "select_account consent"},
      {"state", request.state},
      {"code_challenge", request.challenge},
      {"code_challenge_method", "S256"}};
  if (!request.nonce.empty()) parameters.emplace_back("nonce", request.nonce);
  if (!request.login_hint.empty()) parameters.emplace_back("login_hint", request.login_hint);
  return endpoints.authorize + "?" + net::form_encode(parameters);
}

std::vector<std::string> missing_scopes(const std::vector<std::string>& granted) {
  std::vector<std::string> missing;
  for (const char* wanted : {kEventsScope, kCalendarListScope})
    if (std::ranges::find(granted, wanted) == granted.end()) missing.emplace_back(wanted);
  return missing;
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
  Identity identity{claims->string("sub"), claims->string("email")};
  if (identity.sub.empty()) return bad;
  return identity;
}

Task<net::HttpResponse> TokenClient::post(std::string url, net::Parameters form, bool idempotent) {
  net::HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.set("Accept", "application/json");
  request.body = net::form_encode(form);
  for (auto& [name, value] : form) wipe(value);
  const net::HttpLimits limits;
  const net::RetryPolicy policy;
  co_return co_await net::send_with_retry(http_, std::move(request), limits, policy, idempotent,
                                          tools_);
}

Task<Tokens> TokenClient::exchange(ClientCredentials client, std::string code, std::string verifier,
                                   std::string redirect_uri) {
  net::Parameters form{
      {"grant_type", "authorization_code"},      {"code", std::move(code)},
      {"client_id", client.client_id},           {"client_secret", client.client_secret},
      {"redirect_uri", std::move(redirect_uri)}, {"code_verifier", std::move(verifier)}};
  // Not repeated after an unknown outcome: a code is valid once.
  CO_TRY(net::HttpResponse response, co_await post(endpoints_.token, std::move(form), false));
  Result<Tokens> tokens = tokens_of(response, tools_.clock.now());
  wipe(response.body);
  co_return tokens;
}

Task<Tokens> TokenClient::refresh(ClientCredentials client, std::string refresh_token) {
  net::Parameters form{{"grant_type", "refresh_token"},
                       {"refresh_token", std::move(refresh_token)},
                       {"client_id", client.client_id},
                       {"client_secret", client.client_secret}};
  CO_TRY(net::HttpResponse response, co_await post(endpoints_.token, std::move(form), true));
  Result<Tokens> tokens = tokens_of(response, tools_.clock.now());
  wipe(response.body);
  co_return tokens;
}

Task<> TokenClient::revoke(std::string token) {
  net::Parameters form{{"token", std::move(token)}};
  CO_TRY(const net::HttpResponse response, co_await post(endpoints_.revoke, std::move(form), true));
  if (response.status == 200) co_return Result<>{};
  const Result<Json> json = Json::parse(response.body);
  if (response.status == 400 && json && json->string("error") == "invalid_token")
    co_return Result<>{};
  co_return error_of(response, tools_.clock.now());
}

Task<Identity> TokenClient::userinfo(std::string access_token) {
  net::HttpRequest request;
  request.url = endpoints_.userinfo;
  request.headers.set("Authorization", "Bearer " + access_token);
  request.headers.set("Accept", "application/json");
  const net::HttpLimits limits;
  const net::RetryPolicy policy;
  CO_TRY(const net::HttpResponse response,
         co_await net::send_with_retry(http_, std::move(request), limits, policy, true, tools_));
  if (response.status == 401)
    co_return Error{
        Code::needs_auth, "Google no longer accepts the consent; connect the account again", {}};
  if (response.status != 200) co_return error_of(response, tools_.clock.now());
  const Result<Json> json = Json::parse(response.body);
  if (!json || json->string("sub").empty())
    co_return Error{Code::unavailable, "what answered is not Google's sign-in", {}};
  Identity identity;  // named: GCC 12 destroys an aggregate after co_return twice
  identity.sub = json->string("sub");
  identity.email = json->string("email");
  co_return identity;
}

}  // namespace gcal::oauth
