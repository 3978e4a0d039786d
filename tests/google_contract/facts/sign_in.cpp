#include "tests/google_contract/facts/sign_in.hpp"

#include "src/common/base/bytes.hpp"
#include "src/common/net/url.hpp"

namespace contract::sign_in {
namespace {

std::string s256_challenge(const std::string& verifier) {
  return gcal::base::to_base64url(gcal::base::sha256(gcal::base::as_bytes(verifier)));
}

Fields changed(Fields fields, const Fields& changes) {
  for (const auto& [name, value] : changes) {
    std::erase_if(fields, [&, key = name](const auto& field) { return field.first == key; });
    if (value != "(none)") fields.emplace_back(name, value);
  }
  return fields;
}

}  // namespace

Fields authorization_request(const User& user, const Fields& changes) {
  return changed({{"client_id", "crm"},
                  {"redirect_uri", kRedirectUri},
                  {"response_type", "code"},
                  {"scope", std::string("openid email ") + kEventsScope + " " + kCalendarListScope},
                  {"access_type", "offline"},
                  {"prompt", "consent"},
                  {"state", "st 1"},
                  {"login_hint", user.email},
                  {"code_challenge", s256_challenge(kVerifier)},
                  {"code_challenge_method", "S256"}},
                 changes);
}

Response consent_page(EmulatorOnly& client, const Fields& request, const std::string& language) {
  return client.raw("GET", "/o/oauth2/v2/auth?" + form(request), "",
                    {{"Accept-Language", language}});
}

Response submit_consent(EmulatorOnly& client, const Fields& request, const std::string& decision,
                        const std::vector<std::string>& ticked) {
  Fields sent{{"request", form(request)}, {"account", client.me.email}, {"decision", decision}};
  for (const std::string& scope : ticked) sent.emplace_back("scope", scope);
  return client.raw("POST", "/o/oauth2/v2/auth", form(sent), {{"Content-Type", kFormType}});
}

std::string redirect_parameter(const Response& response, const std::string& name) {
  const std::string location = response.header("Location");
  const std::size_t mark = location.find('?');
  const auto query =
      gcal::net::form_decode(mark == std::string::npos ? "" : location.substr(mark + 1));
  return query ? std::string(gcal::net::parameter(*query, name)) : "";
}

std::string authorization_code(EmulatorOnly& client, const Fields& changes) {
  return redirect_parameter(
      submit_consent(client, authorization_request(client.me, changes), "allow"), "code");
}

Response new_tokens(EmulatorOnly& client, const Fields& changes) {
  return post_token(client, token_request(authorization_code(client, changes)));
}

Fields token_request(const std::string& code, const Fields& changes) {
  return changed({{"code", code},
                  {"client_id", "crm"},
                  {"client_secret", "s"},
                  {"redirect_uri", kRedirectUri},
                  {"grant_type", "authorization_code"},
                  {"code_verifier", kVerifier}},
                 changes);
}

Response post_token(EmulatorOnly& client, Fields fields, Fields headers) {
  headers.emplace_back("Content-Type", kFormType);
  return client.raw("POST", "/token", form(fields), std::move(headers));
}

Response post_refresh(EmulatorOnly& client, const std::string& refresh_token,
                      const std::string& client_id) {
  return post_token(client, {{"client_id", client_id},
                             {"client_secret", "s"},
                             {"grant_type", "refresh_token"},
                             {"refresh_token", refresh_token}});
}

}  // namespace contract::sign_in
