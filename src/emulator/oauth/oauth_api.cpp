#include "src/emulator/oauth/oauth_api.hpp"

#include <algorithm>
#include <array>

#include "src/common/base/bytes.hpp"
#include "src/common/base/pkce.hpp"
#include "src/common/icalendar/ascii.hpp"

namespace emulator {
namespace base = gcal::base;
namespace net = gcal::net;
using base::Json;
using gcal::icalendar::lower;

namespace {

constexpr std::array<std::string_view, 18> kPaths{
    "/o/oauth2/v2/auth",   "/o/oauth2/auth",       "/token",
    "/o/oauth2/token",     "/oauth2/v4/token",     "/revoke",
    "/o/oauth2/revoke",    "/tokeninfo",           "/oauth2/v3/tokeninfo",
    "/v1/userinfo",        "/oauth2/v2/userinfo",  "/oauth2/v3/userinfo",
    "/userinfo/v2/me",     "/oauth2/v3/certs",     "/.well-known/openid-configuration",
    "/oauth2/v1/userinfo", "/oauth2/v1/tokeninfo", "/oauth2/v1/certs"};

std::string get(const net::Parameters& parameters, std::string_view name) {
  return std::string(net::parameter(parameters, name));
}

net::Parameters read_form(const std::string& text) {
  auto form = net::form_decode(text);
  return form ? *std::move(form) : net::Parameters{};
}

std::string bearer(const Request& request) {
  const std::string text = header(request.headers, "Authorization");
  return lower(text.substr(0, 7)) == "bearer " ? text.substr(7) : "";
}

bool is_sign_in(const std::string& scope) {
  return scope == "openid" || scope == "email" || scope == "profile" ||
         scope.find("userinfo.") != std::string::npos;
}

// False for an address that is not a loopback one.
bool loopback_without_port(const std::string& uri, std::string& without_port) {
  const auto url = net::parse_url(uri);
  if (!url || !net::is_loopback(*url)) return false;
  without_port = url->scheme + "://" + url->host + url->target();
  return true;
}

bool is_registered(const Client& client, const std::string& uri) {
  if (std::find(client.redirect_uris.begin(), client.redirect_uris.end(), uri) !=
      client.redirect_uris.end())
    return true;
  std::string asked, known;  // the port of an installed app need not be registered
  if (!loopback_without_port(uri, asked)) return false;
  return std::any_of(
      client.redirect_uris.begin(), client.redirect_uris.end(),
      [&](const std::string& one) { return loopback_without_port(one, known) && known == asked; });
}

// Why Google refuses the redirect address; "" for a valid one.
std::string redirect_error(const std::string& uri) {
  const auto url = net::parse_url(uri);
  if (!url) return "The redirect address is not valid.";
  if (url->scheme != "https" && !net::is_loopback(*url))
    return "The redirect address must use https.";
  if (uri.find('#') != std::string::npos || uri.find('*') != std::string::npos ||
      uri.find("/..") != std::string::npos)
    return "The redirect address is not valid.";
  return "";
}

std::string redirect_address(const std::string& uri, const net::Parameters& parameters) {
  return uri + (uri.find('?') == std::string::npos ? "?" : "&") + net::form_encode(parameters);
}

Response redirect(const std::string& uri, const net::Parameters& parameters) {
  Response response = empty_response(302);
  response.headers = {{"Location", redirect_address(uri, parameters)},
                      {"Cache-Control", "no-store"}};
  return response;
}

Response redirect_error_code(const net::Parameters& asked, const char* error) {
  return redirect(get(asked, "redirect_uri"), {{"error", error}, {"state", get(asked, "state")}});
}

// The scopes of calendars. With one of them, the user grants it with the sign-in; with more, they
// choose.
std::ptrdiff_t count_optional(const Scopes& wanted) {
  return std::count_if(wanted.begin(), wanted.end(),
                       [](const std::string& scope) { return !is_sign_in(scope); });
}

bool verifier_fits(const AuthorizationCode& code, const std::string& verifier) {
  if (verifier.size() < 43 || verifier.size() > 128) return false;
  if (code.challenge_method == "plain") return verifier == code.challenge;
  return base::pkce_challenge(verifier) == code.challenge;
}

}  // namespace

bool OAuthApi::serves(const std::string& path) {
  return std::find(kPaths.begin(), kPaths.end(), path) != kPaths.end();
}

Response OAuthApi::handle(const Request& request) {
  const std::string& path = request.path;
  const bool post = request.method == "POST";
  if (path == "/o/oauth2/v2/auth" || path == "/o/oauth2/auth")
    return post ? decide(request) : authorize(request);
  if (path == "/token" || path == "/o/oauth2/token" || path == "/oauth2/v4/token")
    return post ? token(request) : oauth_error(405, "invalid_request", "Method Not Allowed");
  if (path == "/revoke" || path == "/o/oauth2/revoke") return revoke(request);
  if (path.ends_with("tokeninfo")) return token_info(request);
  if (path == "/oauth2/v3/certs") return json_response(200, key_.jwks());
  if (path == "/oauth2/v1/certs")
    return json_response(200, key_.certificates(google_.now_ms() / 1000));
  if (path == "/.well-known/openid-configuration") return metadata(request);
  return user_info(request, path == "/oauth2/v2/userinfo" || path == "/oauth2/v1/userinfo" ||
                                path == "/userinfo/v2/me");
}

// The parameters of an authorization request (RFC 6749, section 4.1.1, and Google's own).
struct OAuthApi::Authorization {
  const net::Parameters& asked;
  pages::Language language;
  std::string client_id, redirect_uri;
  Scopes scopes, prompt;

  Authorization(const net::Parameters& parameters, const Request& request)
      : asked(parameters),
        language(pages::language(get(asked, "hl"), header(request.headers, "Accept-Language"))),
        client_id(get(asked, "client_id")),
        redirect_uri(get(asked, "redirect_uri")),
        scopes(split_scopes(get(asked, "scope"))),
        prompt(split_scopes(get(asked, "prompt"))) {}

  // The request without the account that the user has chosen.
  net::Parameters without_account() const {
    net::Parameters original;
    for (const auto& field : asked)
      if (field.first != "emulator_account") original.push_back(field);
    return original;
  }
  std::string app_name(const Tokens& tokens) const {
    const auto registration = tokens.clients.find(client_id);
    return registration == tokens.clients.end() || registration->second.name.empty()
               ? client_id
               : registration->second.name;
  }
};

std::optional<Response> OAuthApi::refuse_authorization(const Authorization& authorization) const {
  const net::Parameters& asked = authorization.asked;
  const std::string& client_id = authorization.client_id;
  const std::string& uri = authorization.redirect_uri;
  const Scopes& prompt = authorization.prompt;
  const auto refuse = [&](const char* code, const std::string& why) {
    return html_response(400, pages::refusal(authorization.language, code, why));
  };
  if (client_id.empty()) return refuse("invalid_request", "Missing required parameter: client_id");
  if (uri.empty()) return refuse("invalid_request", "Missing required parameter: redirect_uri");
  if (!tokens_.clients.empty()) {
    const auto client = tokens_.clients.find(client_id);
    if (client == tokens_.clients.end())
      return refuse("invalid_client", "The OAuth client was not found.");
    if (!client->second.redirect_uris.empty() && !is_registered(client->second, uri))
      return refuse(
          "redirect_uri_mismatch",
          "The redirect address of the request does not match those of the client: " + uri);
  }
  if (const std::string why = redirect_error(uri); !why.empty())
    return refuse("invalid_request", why);
  if (get(asked, "response_type") != "code")
    return refuse("invalid_request", "Invalid response_type");
  if (authorization.scopes.empty())
    return refuse("invalid_request", "Missing required parameter: scope");
  const std::string method = get(asked, "code_challenge_method");
  if (!method.empty() && method != "S256" && method != "plain")
    return refuse("invalid_request", "Invalid code_challenge_method");
  if (!method.empty() && get(asked, "code_challenge").empty())
    return refuse("invalid_request", "Missing code_challenge");
  if (prompt.contains("none") && prompt.size() > 1)
    return refuse("invalid_request", "Invalid prompt: none must stand alone");
  return std::nullopt;
}

// The account that the user has chosen, or that the client names; "" when the user has to choose.
std::string OAuthApi::chosen_account(const Authorization& authorization) const {
  std::string chosen = lower(get(authorization.asked, "emulator_account"));
  if (!chosen.empty() || authorization.prompt.contains("select_account")) return chosen;
  const std::string hint = lower(get(authorization.asked, "login_hint"));
  std::string email;
  for (const auto& [address, account] : google_.accounts())
    if (address == hint || account.sub == hint) email = address;
  if (email.empty() && authorization.prompt.contains("none") && google_.accounts().size() == 1)
    email = google_.accounts().begin()->first;
  return email;
}

Response OAuthApi::choose_account(const Authorization& authorization) {
  const net::Parameters& asked = authorization.asked;
  const std::string hint = lower(get(asked, "login_hint"));
  std::vector<pages::AccountChoice> choices;
  for (const auto& [address, account] : google_.accounts()) {
    net::Parameters chosen = authorization.without_account();
    chosen.emplace_back("emulator_account", address);
    choices.push_back({address, account.name, "/o/oauth2/v2/auth?" + net::form_encode(chosen)});
  }
  std::stable_sort(choices.begin(), choices.end(), [&](const auto& a, const auto& b) {
    return (a.email == hint) > (b.email == hint);
  });
  const std::string cancelled = redirect_address(
      authorization.redirect_uri, {{"error", "access_denied"}, {"state", get(asked, "state")}});
  return html_response(200, pages::chooser(authorization.language, authorization.app_name(tokens_),
                                           choices, cancelled));
}

Response OAuthApi::ask_consent(const Authorization& authorization, const Account& account,
                               const Scopes& wanted) {
  const bool may_choose = count_optional(wanted) > 1;
  std::vector<pages::ConsentScope> shown;
  for (const std::string& scope : wanted)
    shown.push_back({scope, !is_sign_in(scope) && may_choose});
  return html_response(
      200, pages::consent(authorization.language, authorization.app_name(tokens_), account.email,
                          account.name, net::form_encode(authorization.without_account()), shown));
}

Response OAuthApi::authorize(const Request& request) {
  const net::Parameters asked = read_form(request.query);
  const Authorization authorization(asked, request);
  if (auto refused = refuse_authorization(authorization)) return *std::move(refused);
  const std::string email = chosen_account(authorization);
  const Account* account = email.empty() ? nullptr : google_.account(email);
  const bool silent = authorization.prompt.contains("none");
  if (!account)
    return silent ? redirect_error_code(asked, "interaction_required")
                  : choose_account(authorization);
  const Scopes known = tokens_.consented(email, authorization.client_id);
  const Scopes wanted = full_scopes(authorization.scopes);
  const bool has_all =
      !known.empty() && std::includes(known.begin(), known.end(), wanted.begin(), wanted.end());
  if (has_all && !authorization.prompt.contains("consent"))
    return finish(authorization.without_account(), email, wanted, false);
  if (silent) return redirect_error_code(asked, "consent_required");
  return ask_consent(authorization, *account, wanted);
}

Response OAuthApi::decide(const Request& request) {
  const net::Parameters form = read_form(request.body);
  const net::Parameters asked = read_form(get(form, "request"));
  const auto language =
      pages::language(get(asked, "hl"), header(request.headers, "Accept-Language"));
  // The form comes from a browser, so the request is checked again.
  Request again = request;
  again.method = "GET";
  again.query = get(form, "request");
  Response checked = authorize(again);
  if (checked.status == 400) return checked;
  const std::string email = lower(get(form, "account"));
  if (get(form, "decision") != "allow") return redirect_error_code(asked, "access_denied");
  if (!google_.account(email))
    return html_response(400, pages::refusal(language, "invalid_request", "No such account."));
  const Scopes wanted = full_scopes(split_scopes(get(asked, "scope")));
  const bool may_choose = count_optional(wanted) > 1;
  Scopes granted;
  for (const std::string& scope : wanted) {
    const bool ticked = std::any_of(form.begin(), form.end(), [&](const auto& field) {
      return field.first == "scope" && field.second == scope;
    });
    if (ticked || is_sign_in(scope) || !may_choose) granted.insert(scope);
  }
  const bool first_time = tokens_.consented(email, get(asked, "client_id")).empty() ||
                          split_scopes(get(asked, "prompt")).contains("consent");
  tokens_.consent(email, get(asked, "client_id"), granted);
  return finish(asked, email, granted, first_time);
}

Response OAuthApi::finish(const net::Parameters& asked, const std::string& email,
                          const Scopes& granted, bool first_time) {
  AuthorizationCode code;
  code.email = email;
  code.client_id = get(asked, "client_id");
  code.redirect_uri = get(asked, "redirect_uri");
  code.challenge = get(asked, "code_challenge");
  code.challenge_method =
      get(asked, "code_challenge_method").empty() ? "plain" : get(asked, "code_challenge_method");
  code.nonce = get(asked, "nonce");
  code.scopes = granted;
  code.offline = get(asked, "access_type") == "offline" && first_time;
  net::Parameters back;
  if (net::parameter_count(asked, "state") > 0) back.emplace_back("state", get(asked, "state"));
  back.emplace_back("code", tokens_.issue_code(std::move(code)));
  back.emplace_back("scope", join_scopes(granted));
  back.emplace_back("authuser", "0");
  back.emplace_back("prompt", first_time ? "consent" : "none");
  return redirect(get(asked, "redirect_uri"), back);
}

Response OAuthApi::token(const Request& request) {
  net::Parameters form = read_form(request.body);
  std::string client_id = get(form, "client_id"), secret = get(form, "client_secret");
  bool has_secret = net::parameter_count(form, "client_secret") > 0;
  if (const std::string basic = header(request.headers, "Authorization");
      lower(basic.substr(0, 6)) == "basic ") {
    const auto raw = base::from_base64(basic.substr(6));
    const std::string text = raw ? std::string(raw->begin(), raw->end()) : "";
    const std::size_t colon = text.find(':');
    if (colon == std::string::npos || colon == 0)
      return oauth_error(400, "invalid_request", "Bad Request");
    const auto decoded_id = net::percent_decode(text.substr(0, colon)),
               decoded_secret = net::percent_decode(text.substr(colon + 1));
    client_id = decoded_id ? *decoded_id : "";
    secret = decoded_secret ? *decoded_secret : "";
    has_secret = true;
  }
  if (client_id.empty())
    return oauth_error(400, "invalid_request", "Could not determine client ID from request.");
  if (!tokens_.clients.empty()) {
    const auto client = tokens_.clients.find(client_id);
    if (client == tokens_.clients.end())
      return oauth_error(401, "invalid_client", "The OAuth client was not found.");
    if (!client->second.secret.empty() && !has_secret)
      return oauth_error(400, "invalid_request", "client_secret is missing.");
    if (!client->second.secret.empty() && client->second.secret != secret)
      return oauth_error(401, "invalid_client", "Unauthorized");
  }
  const std::string grant = get(form, "grant_type");
  if (grant == "authorization_code") return exchange(form, client_id);
  if (grant == "refresh_token") return refresh(form, client_id);
  if (grant.empty())
    return oauth_error(400, "invalid_request", "Missing required parameter: grant_type");
  return oauth_error(400, "unsupported_grant_type", "Invalid grant_type: " + grant.substr(0, 60));
}

Response OAuthApi::exchange(const net::Parameters& form, const std::string& client_id) {
  const std::string text = get(form, "code");
  if (text.empty()) return oauth_error(400, "invalid_request", "Missing required parameter: code");
  AuthorizationCode* code = tokens_.code(text);
  if (!code) return oauth_error(400, "invalid_grant", "Malformed auth code.");
  if (code->used || code->expires <= google_.now_ms() || code->client_id != client_id)
    return oauth_error(400, "invalid_grant", "Bad Request");
  if (net::parameter_count(form, "redirect_uri") == 0)
    return oauth_error(400, "invalid_request", "Missing parameter: redirect_uri");
  if (get(form, "redirect_uri") != code->redirect_uri)
    return oauth_error(400, "redirect_uri_mismatch", "Bad Request");
  if (!code->challenge.empty()) {
    const std::string verifier = get(form, "code_verifier");
    if (verifier.empty()) return oauth_error(400, "invalid_grant", "Missing code verifier.");
    if (!verifier_fits(*code, verifier))
      return oauth_error(400, "invalid_grant", "Invalid code verifier.");
  }
  code->used = true;
  const std::string refresh =
      code->offline ? tokens_.issue_refresh(code->email, client_id, code->scopes) : "";
  Json body = token_answer(code->email, client_id, code->scopes, refresh, code->nonce);
  if (!refresh.empty()) {
    body.set("refresh_token", refresh);
    if (tokens_.grant_seconds > 0) body.set("refresh_token_expires_in", tokens_.grant_seconds);
  }
  return json_response(200, body);
}

Response OAuthApi::refresh(const net::Parameters& form, const std::string& client_id) {
  const std::string text = get(form, "refresh_token");
  if (text.empty())
    return oauth_error(400, "invalid_request", "Missing required parameter: refresh_token");
  const RefreshToken* known = tokens_.refresh(text);
  if (!known || known->client_id != client_id)
    return oauth_error(400, "invalid_grant", "Bad Request");
  if (known->revoked || !google_.account(known->email))
    return oauth_error(400, "invalid_grant", "Token has been expired or revoked.");
  if (!tokens_.rotate)
    return json_response(200, token_answer(known->email, client_id, known->scopes, text, ""));
  const RefreshToken old = *known;
  tokens_.refresh(text)->revoked = true;
  const std::string next = tokens_.issue_refresh(old.email, client_id, old.scopes);
  Json body = token_answer(old.email, client_id, old.scopes, next, "");
  body.set("refresh_token", next);
  return json_response(200, body);
}

Json OAuthApi::token_answer(const std::string& email, const std::string& client_id,
                            const Scopes& scopes, const std::string& refresh_token,
                            const std::string& nonce) {
  const std::string access = tokens_.issue_access(email, client_id, scopes, refresh_token);
  Json body = Json::object({{"access_token", access},
                            {"expires_in", tokens_.lifetime_seconds},
                            {"scope", join_scopes(scopes)},
                            {"token_type", "Bearer"}});
  if (!scopes.contains("openid")) return body;
  const Account& account = *google_.account(email);
  const std::int64_t now = google_.now_ms() / 1000;
  const auto digest = base::sha256(base::as_bytes(access));
  Json claims =
      Json::object({{"iss", "https://accounts.google.com"},
                    {"azp", client_id},
                    {"aud", client_id},
                    {"sub", account.sub},
                    {"at_hash", base::to_base64url(base::ByteView(digest).subspan(0, 16))},
                    {"iat", now},
                    {"exp", now + 3600}});
  if (scopes.contains("https://www.googleapis.com/auth/userinfo.email")) {
    claims.set("email", email);
    claims.set("email_verified", true);
  }
  if (scopes.contains("https://www.googleapis.com/auth/userinfo.profile"))
    claims.set("name", account.name);
  if (!nonce.empty()) claims.set("nonce", nonce);
  body.set("id_token", key_.sign(claims));
  return body;
}

Response OAuthApi::revoke(const Request& request) {
  std::string text = get(read_form(request.body), "token");
  if (text.empty()) text = get(read_form(request.query), "token");
  if (text.empty()) return oauth_error(400, "invalid_request", "Missing required parameter: token");
  if (!tokens_.revoke(text)) return oauth_error(400, "invalid_token", "Token expired or revoked");
  return json_response(200, Json::object());
}

Response OAuthApi::token_info(const Request& request) {
  // In the query, in a form, or in the Authorization header as newer clients send it.
  std::string text = get(read_form(request.query), "access_token");
  if (text.empty()) text = get(read_form(request.body), "access_token");
  if (text.empty()) text = bearer(request);
  const AccessToken* access = tokens_.access(text);
  if (!access) return oauth_error(400, "invalid_token", "Invalid Value");
  const std::int64_t left = (access->expires - google_.now_ms()) / 1000;
  Json body = Json::object({{"azp", access->client_id},
                            {"aud", access->client_id},
                            {"scope", join_scopes(access->scopes)},
                            {"exp", std::to_string(access->expires / 1000)},
                            {"expires_in", std::to_string(left)},
                            {"access_type", "offline"}});
  const Account* account = google_.account(access->email);
  if (account && access->scopes.contains("openid")) body.set("sub", account->sub);
  if (access->scopes.contains("https://www.googleapis.com/auth/userinfo.email")) {
    body.set("email", access->email);
    body.set("email_verified", "true");
  }
  return json_response(200, body);
}

Response OAuthApi::user_info(const Request& request, bool legacy) {
  std::string text = bearer(request);
  if (text.empty()) text = get(read_form(request.query), "access_token");
  const AccessToken* access = tokens_.access(text);
  const Account* account = access ? google_.account(access->email) : nullptr;
  if (!account) return oauth_error(401, "invalid_request", "Invalid Credentials");
  Json body = Json::object({{legacy ? "id" : "sub", account->sub}});
  if (access->scopes.contains("https://www.googleapis.com/auth/userinfo.email")) {
    body.set("email", account->email);
    body.set(legacy ? "verified_email" : "email_verified", true);
  }
  if (access->scopes.contains("https://www.googleapis.com/auth/userinfo.profile"))
    body.set("name", account->name);
  return json_response(200, body);
}

Response OAuthApi::metadata(const Request& request) {
  // A client that uses Google's host names reaches the emulator under all of them.
  const bool by_google_name = request.origin == "https://accounts.google.com";
  const auto at = [&](const char* host) {
    return by_google_name ? std::string("https://") + host : request.origin;
  };
  return json_response(
      200, Json::object(
               {{"issuer", "https://accounts.google.com"},
                {"authorization_endpoint", request.origin + "/o/oauth2/v2/auth"},
                {"token_endpoint", at("oauth2.googleapis.com") + "/token"},
                {"userinfo_endpoint", at("openidconnect.googleapis.com") + "/v1/userinfo"},
                {"revocation_endpoint", at("oauth2.googleapis.com") + "/revoke"},
                {"jwks_uri", at("www.googleapis.com") + "/oauth2/v3/certs"},
                {"response_types_supported", Json::array({"code"})},
                {"subject_types_supported", Json::array({"public"})},
                {"id_token_signing_alg_values_supported", Json::array({"RS256"})},
                {"scopes_supported", Json::array({"openid", "email", "profile"})},
                {"token_endpoint_auth_methods_supported",
                 Json::array({"client_secret_post", "client_secret_basic"})},
                {"code_challenge_methods_supported", Json::array({"plain", "S256"})},
                {"grant_types_supported", Json::array({"authorization_code", "refresh_token"})}}));
}

}  // namespace emulator
