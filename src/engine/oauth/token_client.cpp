#include "src/engine/oauth/token_client.hpp"

#include <algorithm>

#include "src/common/base/json.hpp"
#include "src/engine/oauth/wipe.hpp"

namespace gcal::oauth {
namespace {

using base::Json;

// How long Google asks to wait.
base::Milliseconds wait_of(const net::HttpResponse& response, const base::Clock& clock) {
  return net::retry_after(response.headers.get("Retry-After"), clock.now());
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
  Result<Tokens> tokens = tokens_of(response, wait_of(response, tools_.clock));
  wipe(response.body);
  co_return tokens;
}

Task<Tokens> TokenClient::refresh(ClientCredentials client, std::string refresh_token) {
  net::Parameters form{{"grant_type", "refresh_token"},
                       {"refresh_token", std::move(refresh_token)},
                       {"client_id", client.client_id},
                       {"client_secret", client.client_secret}};
  CO_TRY(net::HttpResponse response, co_await post(endpoints_.token, std::move(form), true));
  Result<Tokens> tokens = tokens_of(response, wait_of(response, tools_.clock));
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
  co_return error_of(response, wait_of(response, tools_.clock));
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
  if (response.status != 200) co_return error_of(response, wait_of(response, tools_.clock));
  const Result<Json> json = Json::parse(response.body);
  if (!json || json->string("sub").empty())
    co_return Error{Code::unavailable, "what answered is not Google's sign-in", {}};
  Identity identity;  // named: GCC 12 destroys an aggregate after co_return twice
  identity.sub = json->string("sub");
  identity.email = json->string("email");
  co_return identity;
}

}  // namespace gcal::oauth
