// Sign-in: Google's pages for choosing an account and for consent.
#include "tests/google_contract/facts/sign_in.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

using namespace sign_in;

// The error is shown on Google's page: a redirect to an address that is not trusted would leak it.
void expect_refused_page(EmulatorOnly& client, const Fields& changes) {
  const Response response = consent_page(client, authorization_request(client.me, changes));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.header("Location"), "");
  EXPECT_NE(response.body.find("invalid_request"), std::string::npos) << response.body;
}

SECTION("oauth.page");

FACT(EmulatorOnly, "without client_id: shown on Google's page, not redirected", documented) {
  expect_refused_page(client, {{"client_id", "(none)"}});
}

FACT(EmulatorOnly, "without redirect_uri: shown, not redirected", documented) {
  expect_refused_page(client, {{"redirect_uri", "(none)"}});
}

FACT(EmulatorOnly, "plain http to a host that is not this machine is refused", documented) {
  expect_refused_page(client, {{"redirect_uri", "http://crm.example.com/back"}});
}

FACT(EmulatorOnly, "a fragment in redirect_uri is refused", documented) {
  expect_refused_page(client, {{"redirect_uri", "http://127.0.0.1:9/back#x"}});
}

FACT(EmulatorOnly, "a wildcard in redirect_uri is refused", documented) {
  expect_refused_page(client, {{"redirect_uri", "https://a.example.com/*"}});
}

FACT(EmulatorOnly, "path traversal in redirect_uri is refused", documented) {
  expect_refused_page(client, {{"redirect_uri", "https://a.example.com/x/../y"}});
}

FACT(EmulatorOnly, "a redirect_uri that is no address is refused", documented) {
  expect_refused_page(client, {{"redirect_uri", "javascript:alert(1)"}});
}

FACT(EmulatorOnly, "response_type other than code is refused", documented) {
  expect_refused_page(client, {{"response_type", "token"}});
}

FACT(EmulatorOnly, "without scope: refused", documented) {
  expect_refused_page(client, {{"scope", "(none)"}});
}

FACT(EmulatorOnly, "an unknown challenge method is refused", documented) {
  expect_refused_page(client, {{"code_challenge_method", "S512"}});
}

FACT(EmulatorOnly, "a method without a challenge is refused", documented) {
  expect_refused_page(client, {{"code_challenge", "(none)"}});
}

FACT(EmulatorOnly, "prompt=none must be the only value", documented) {
  expect_refused_page(client, {{"prompt", "none consent"}});
}

FACT(EmulatorOnly, "the consent page shows a tick box for each scope that is not for signing in",
     documented) {
  const Response response = consent_page(client, authorization_request(client.me));
  EXPECT_EQ(response.status, 200);
  EXPECT_NE(
      response.body.find("name=\"scope\" value=\"" + std::string(kEventsScope) + "\" checked>"),
      std::string::npos);
  EXPECT_NE(response.body.find("userinfo.email\" checked disabled"), std::string::npos);
}

FACT(EmulatorOnly, "one single scope beside signing in has no tick box", documented) {
  const Response response = consent_page(
      client, authorization_request(client.me, {{"scope", std::string("openid ") + kEventsScope}}));
  EXPECT_NE(response.body.find("value=\"" + std::string(kEventsScope) + "\" checked disabled"),
            std::string::npos);
}

FACT(EmulatorOnly, "prompt=select_account shows the chooser although there is a hint", documented) {
  EXPECT_NE(
      consent_page(client, authorization_request(client.me, {{"prompt", "select_account consent"}}))
          .body.find("Choose an account"),
      std::string::npos);
}

FACT(EmulatorOnly, "the pages speak German to a German browser", guessed) {
  EXPECT_NE(
      consent_page(client, authorization_request(client.me), "de-DE,de").body.find("Erlauben"),
      std::string::npos);
  EXPECT_NE(consent_page(client, authorization_request(client.me), "en").body.find(">Allow<"),
            std::string::npos);
}

FACT(EmulatorOnly, "login_hint takes the sub as well", documented) {
  std::string sub;
  for (const Json& account : client.control("GET", "/accounts").list("accounts"))
    if (account.string("email") == client.me.email) sub = account.string("sub");
  EXPECT_NE(consent_page(client, authorization_request(client.me, {{"login_hint", sub}}))
                .body.find(client.me.email),
            std::string::npos);
}

FACT(EmulatorOnly, "a hostile client_id is escaped on the page", guessed) {
  EXPECT_EQ(consent_page(client, authorization_request(client.me, {{"client_id", "<script>x"}}))
                .body.find("<script>x"),
            std::string::npos);
}

FACT(EmulatorOnly,
     "prompt=none without an earlier consent: consent_required to the redirect address",
     documented) {
  const Response response =
      consent_page(client, authorization_request(client.me, {{"prompt", "none"}}));
  EXPECT_EQ(response.status, 302);
  EXPECT_EQ(redirect_parameter(response, "error"), "consent_required");
}

FACT(EmulatorOnly, "allowing redirects with code, the granted scopes and the unchanged state",
     documented) {
  const Response response = submit_consent(client, authorization_request(client.me), "allow");
  EXPECT_EQ(response.status, 302);
  EXPECT_TRUE(response.header("Location").starts_with(kRedirectUri));
  EXPECT_EQ(redirect_parameter(response, "state"), "st 1");
  EXPECT_TRUE(redirect_parameter(response, "code").starts_with("4/0A"));
  EXPECT_NE(redirect_parameter(response, "scope").find(kEventsScope), std::string::npos);
}

FACT(EmulatorOnly, "a code has at most 256 bytes", documented) {
  EXPECT_LE(authorization_code(client).size(), 256u);
}

FACT(EmulatorOnly, "cancelling redirects with access_denied and the state", documented) {
  const Response response = submit_consent(client, authorization_request(client.me), "cancel");
  EXPECT_EQ(redirect_parameter(response, "error"), "access_denied");
  EXPECT_EQ(redirect_parameter(response, "state"), "st 1");
  EXPECT_EQ(redirect_parameter(response, "code"), "");
}

FACT(EmulatorOnly, "an unticked scope is not granted", documented) {
  const std::string scope = redirect_parameter(
      submit_consent(client, authorization_request(client.me), "allow", {kEventsScope}), "scope");
  EXPECT_NE(scope.find(kEventsScope), std::string::npos);
  EXPECT_EQ(scope.find("calendarlist"), std::string::npos);
}

FACT(EmulatorOnly, "without prompt a person who has consented is not asked again", documented) {
  (void)submit_consent(client, authorization_request(client.me), "allow");
  EXPECT_EQ(consent_page(client, authorization_request(client.me, {{"prompt", "(none)"}})).status,
            302);
}

FACT(EmulatorOnly, "more scopes than before: the person is asked again", documented) {
  (void)submit_consent(client, authorization_request(client.me, {{"scope", kEventsScope}}),
                       "allow");
  EXPECT_EQ(consent_page(client, authorization_request(client.me, {{"prompt", "(none)"}})).status,
            200);
}

FACT(EmulatorOnly, "the older address /o/oauth2/auth serves as well", observed) {
  EXPECT_EQ(client.raw("GET", "/o/oauth2/auth?" + form(authorization_request(client.me))).status,
            200);
}

}  // namespace
}  // namespace contract
