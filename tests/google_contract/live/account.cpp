#include "tests/google_contract/live/account.hpp"

#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <optional>

#include "src/common/base/bytes.hpp"
#include "src/common/base/id.hpp"
#include "src/common/base/pkce.hpp"
#include "src/common/net/http_server.hpp"
#include "src/common/net/url.hpp"

namespace live {
namespace {

using contract::Fields;
using contract::Json;
using contract::Response;
using gcal::Code;
using gcal::Error;
using gcal::Result;
namespace base = gcal::base;
namespace net = gcal::net;

constexpr auto kConsentTimeout = std::chrono::minutes{15};

constexpr const char* kReturnPage =
    "<!doctype html><title>Contract suite</title>"
    "<p>You may close this page; the suite continues in the terminal.</p>";
constexpr const char* kForeignPage =
    "<!doctype html><title>Contract suite</title>"
    "<p>This is not the response to the consent request.</p>";

// The loopback server that the browser returns to.
class RedirectReceiver {
 public:
  // Answers its address. Accepts only a request with this `state`.
  Result<std::string> open(const std::string& state) {
    TRY(server_, net::HttpServer::start(
                     {}, [this, state](net::ServerRequest request, net::Responder responder) {
                       net::ServerResponse response;
                       response.headers.set("Content-Type", "text/html; charset=utf-8");
                       response.headers.set("Referrer-Policy", "no-referrer");
                       auto query = net::form_decode(request.query);
                       const bool ours =
                           query && request.path == "/" && net::parameter(*query, "state") == state;
                       response.status = ours ? 200 : 404;
                       response.body = ours ? kReturnPage : kForeignPage;
                       responder.send(std::move(response));
                       if (!ours) return;
                       const std::lock_guard lock(mutex_);
                       if (!parameters_) parameters_ = *std::move(query);
                     }));
    return "http://127.0.0.1:" + std::to_string(server_->port());
  }
  std::optional<net::Parameters> parameters() {
    const std::lock_guard lock(mutex_);
    return parameters_;
  }

 private:
  std::mutex mutex_;
  std::optional<net::Parameters> parameters_;
  std::unique_ptr<net::HttpServer> server_;
};

// The address in an ID token that came from the token endpoint itself: over TLS its signature need
// not be checked (OpenID Connect Core 3.1.3.7).
std::string email_in(const std::string& jwt) {
  const std::size_t first = jwt.find('.'), second = jwt.rfind('.');
  if (first == std::string::npos || first == second) return "";
  const auto raw = base::from_base64url(jwt.substr(first + 1, second - first - 1));
  if (!raw) return "";
  const auto claims = Json::parse(std::string(raw->begin(), raw->end()));
  return claims ? claims->string("email") : "";
}

}  // namespace

Endpoints Endpoints::google() {
  return {"https://accounts.google.com/o/oauth2/v2/auth", "https://oauth2.googleapis.com/token",
          "https://oauth2.googleapis.com/revoke", "https://www.googleapis.com", ""};
}
Endpoints Endpoints::at(const std::string& origin) {
  return {origin + "/o/oauth2/v2/auth", origin + "/token", origin + "/revoke", origin, ""};
}

bool Account::restore() {
  const auto stored = folder_.read(file_);
  if (!stored || stored->string("client_id") != client_.id ||
      stored->string("token_endpoint") != endpoints_.token)
    return false;
  email_ = stored->string("email");
  refresh_ = stored->string("refresh_token");
  scope_ = stored->string("scope");
  return !email_.empty() && !refresh_.empty();
}

Result<Response> Account::post_form(const std::string& url, const Fields& fields) {
  const Response response = http_.send({"POST",
                                        url,
                                        contract::form(fields),
                                        {{"Content-Type", "application/x-www-form-urlencoded"}}});
  if (interrupted()) throw RunStopped{"interrupted"};
  if (response.status == 0) return Error{Code::unavailable, url + ": " + http_.error(), {}};
  if (response.status >= 500 || response.status == 429)
    return Error{Code::unavailable, url + " answered " + std::to_string(response.status), {}};
  if (response.status != 200) {
    const std::string reason = response.text("error"), text = response.text("error_description");
    return Error{reason == "invalid_grant" ? Code::needs_auth : Code::invalid,
                 "Google refuses: " + reason + (text.empty() ? "" : " (" + text + ")"),
                 {}};
  }
  return response;
}

Result<void> Account::store_tokens(const Response& response) {
  access_ = response.text("access_token");
  expires_ = std::time(nullptr) + response.json["expires_in"].as_integer(0);
  if (!response.text("scope").empty()) scope_ = response.text("scope");
  const std::string refresh = response.text("refresh_token");
  if (access_.empty()) return Error{Code::internal, "Google's answer holds no access token", {}};
  if (refresh.empty() || refresh == refresh_) return {};
  refresh_ = refresh;
  return folder_.write(file_, Json::object({{"client_id", client_.id},
                                            {"token_endpoint", endpoints_.token},
                                            {"email", email_},
                                            {"scope", scope_},
                                            {"refresh_token", refresh_}})
                                  .dump());
}

Result<void> Account::sign_in(const std::vector<std::string>& scopes, base::Random& random) {
  const gcal::base::Pkce pkce = gcal::base::new_pkce(random);
  const std::string state = base::new_secret(random);
  RedirectReceiver receiver;
  TRY(const std::string redirect, receiver.open(state));
  std::string scope = "openid email";
  for (const std::string& one : scopes) scope += " https://www.googleapis.com/auth/" + one;
  const Fields query{{"client_id", client_.id},
                     {"redirect_uri", redirect},
                     {"response_type", "code"},
                     {"scope", scope},
                     {"access_type", "offline"},
                     {"prompt", "select_account consent"},
                     {"state", state},
                     {"code_challenge", pkce.challenge},
                     {"code_challenge_method", "S256"}};
  std::printf(
      "Open this address in a browser on this machine, choose the account, and allow:\n\n  "
      "%s?%s\n\n",
      endpoints_.authorization.c_str(), contract::form(query).c_str());
  std::fflush(stdout);
  const auto end = std::chrono::steady_clock::now() + kConsentTimeout;
  std::optional<net::Parameters> returned;
  while (!(returned = receiver.parameters())) {
    if (std::chrono::steady_clock::now() > end)
      return Error{Code::timeout, "the access was not allowed within a quarter of an hour", {}};
    wait_for(std::chrono::milliseconds{50});
  }
  const std::string code(net::parameter(*returned, "code")),
      refused(net::parameter(*returned, "error"));
  if (code.empty()) return Error{Code::denied, "the access was not allowed: " + refused, {}};
  TRY(const Response tokens, post_form(endpoints_.token, {{"grant_type", "authorization_code"},
                                                          {"code", code},
                                                          {"client_id", client_.id},
                                                          {"client_secret", client_.secret},
                                                          {"redirect_uri", redirect},
                                                          {"code_verifier", pkce.verifier}}));
  email_ = email_in(tokens.text("id_token"));
  refresh_.clear();
  if (email_.empty()) return Error{Code::internal, "Google did not say whose account it is", {}};
  if (tokens.text("refresh_token").empty())
    return Error{Code::internal, "Google gave no refresh token", {}};
  return store_tokens(tokens);
}

Result<std::string> Account::access_token() {
  if (access_.empty() || std::time(nullptr) + 120 > expires_) {
    TRY(const Response tokens, post_form(endpoints_.token, {{"grant_type", "refresh_token"},
                                                            {"refresh_token", refresh_},
                                                            {"client_id", client_.id},
                                                            {"client_secret", client_.secret}}));
    TRY_VOID(store_tokens(tokens));
  }
  return access_;
}

Result<void> Account::forget() {
  folder_.remove(file_);
  const auto response = post_form(endpoints_.revocation, {{"token", refresh_}});
  if (!response && response.error().code == Code::unavailable) return response.error();
  return {};  // a refusal means that the grant was revoked before
}

std::vector<std::string> Account::secrets() const {
  std::vector<std::string> out;
  for (const std::string& one : {refresh_, access_, client_.secret})
    if (!one.empty()) out.push_back(one);
  return out;
}

}  // namespace live
