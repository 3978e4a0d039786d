// Sign-in: identity, discovery, revocation.
#include <set>

#include "src/common/base/bytes.hpp"
#include "tests/google_contract/facts/sign_in.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

using namespace sign_in;
namespace base = gcal::base;

// The claims of the ID token; its signature is not checked.
Json claims(const Response& response) {
  const std::string jwt = response.text("id_token");
  const std::size_t first = jwt.find('.'), second = jwt.rfind('.');
  if (first == std::string::npos || first == second) return Json();
  const auto raw = base::from_base64url(jwt.substr(first + 1, second - first - 1));
  return raw ? json(std::string(raw->begin(), raw->end())) : Json();
}

SECTION("oauth.identity");

FACT(EmulatorOnly, "openid gives an id_token with iss, aud, azp, sub, iat, exp, at_hash",
     documented) {
  const Json body = claims(new_tokens(client));
  EXPECT_EQ(body.string("iss"), "https://accounts.google.com");
  EXPECT_EQ(body.string("aud"), "crm");
  EXPECT_EQ(body.string("azp"), "crm");
  for (const char* name : {"sub", "iat", "exp", "at_hash"})
    EXPECT_TRUE(body.contains(name)) << name;
}

FACT(EmulatorOnly, "the e-mail scope puts email and email_verified into it", documented) {
  const Json body = claims(new_tokens(client));
  EXPECT_EQ(body.string("email"), client.me.email);
  EXPECT_TRUE(body["email_verified"].as_bool());
}

FACT(EmulatorOnly, "a nonce comes back in it", documented) {
  EXPECT_EQ(claims(new_tokens(client, {{"nonce", "n-1"}})).string("nonce"), "n-1");
}

FACT(EmulatorOnly, "without openid there is none", documented) {
  EXPECT_EQ(new_tokens(client, {{"scope", kEventsScope}}).dump("id_token"), "absent");
}

FACT(EmulatorOnly, "the key that signed it is in the JWKS", documented) {
  const std::string jwt = new_tokens(client).text("id_token");
  const auto raw = base::from_base64url(jwt.substr(0, jwt.find('.')));
  ASSERT_TRUE(raw);
  const Json head = json(std::string(raw->begin(), raw->end()));
  const Response keys = client.raw("GET", "/oauth2/v3/certs");
  EXPECT_EQ(head.string("alg"), "RS256");
  EXPECT_EQ(keys.text("keys.0.kid"), head.string("kid"));
  EXPECT_EQ(keys.text("keys.0.kty"), "RSA");
  EXPECT_EQ(keys.text("keys.0.use"), "sig");
}

FACT(EmulatorOnly, "the same key as a certificate, by its kid", documented) {
  const Response certificates = client.raw("GET", "/oauth2/v1/certs");
  EXPECT_EQ(certificates.status, 200);
  const Json* pem =
      certificates.json.find(client.raw("GET", "/oauth2/v3/certs").text("keys.0.kid"));
  ASSERT_TRUE(pem);
  EXPECT_TRUE(pem->as_string().starts_with("-----BEGIN CERTIFICATE-----"));
}

FACT(EmulatorOnly, "userinfo: sub and email, by their scopes", documented) {
  const Response info =
      client.raw("GET", "/v1/userinfo", "",
                 {{"Authorization", "Bearer " + new_tokens(client).text("access_token")}});
  EXPECT_EQ(info.status, 200);
  EXPECT_EQ(info.text("email"), client.me.email);
  EXPECT_NE(info.dump("sub"), "absent");
}

FACT(EmulatorOnly, "the older userinfo says id and verified_email", documented) {
  const Response info =
      client.raw("GET", "/oauth2/v2/userinfo", "",
                 {{"Authorization", "Bearer " + new_tokens(client).text("access_token")}});
  EXPECT_NE(info.dump("id"), "absent");
  EXPECT_EQ(info.dump("verified_email"), "true");
  EXPECT_EQ(info.dump("sub"), "absent");
}

FACT(EmulatorOnly, "userinfo with a dead token: 401", documented) {
  EXPECT_EQ(client.raw("GET", "/v1/userinfo", "", {{"Authorization", "Bearer nope"}}).status, 401);
}

FACT(EmulatorOnly, "tokeninfo names client, scope and the seconds left", documented) {
  const Response info = client.raw(
      "GET", "/tokeninfo?access_token=" + escape(new_tokens(client).text("access_token")));
  EXPECT_EQ(info.status, 200);
  EXPECT_EQ(info.text("aud"), "crm");
  EXPECT_NE(info.text("scope").find(kEventsScope), std::string::npos);
  EXPECT_GT(std::stoi(info.text("expires_in")), 0);
}

FACT(EmulatorOnly, "tokeninfo takes the token from the Authorization header as well", observed) {
  const std::string access = new_tokens(client).text("access_token");
  EXPECT_EQ(
      client.raw("POST", "/tokeninfo", "", {{"Authorization", "Bearer " + access}}).text("email"),
      client.me.email);
}

FACT(EmulatorOnly, "tokeninfo of a dead token: 400", documented) {
  EXPECT_EQ(client.raw("GET", "/tokeninfo?access_token=nope").status, 400);
}

FACT(EmulatorOnly, "the discovery document names endpoints, grants, PKCE methods", documented) {
  const Response document = client.raw("GET", "/.well-known/openid-configuration");
  EXPECT_EQ(document.text("issuer"), "https://accounts.google.com");
  EXPECT_EQ(document.text("token_endpoint"), client.base + "/token");
  EXPECT_EQ(document.text("jwks_uri"), client.base + "/oauth2/v3/certs");
  EXPECT_EQ(document.dump("code_challenge_methods_supported"), "[\"plain\",\"S256\"]");
}

// Google lists the device flow and JWT bearer tokens as well, and serves them.
FACT(EmulatorOnly, "the metadata lists the grant types that the token endpoint serves",
     documented) {
  const Response document = client.raw("GET", "/.well-known/openid-configuration");
  std::set<std::string> listed;
  for (const Json& grant : document.json["grant_types_supported"].items())
    listed.insert(grant.as_string());
  for (const std::string grant : {"authorization_code", "refresh_token", "password",
                                  "urn:ietf:params:oauth:grant-type:device_code",
                                  "urn:ietf:params:oauth:grant-type:jwt-bearer"}) {
    const Response response =
        client.raw("POST", "/token", form({{"client_id", "crm"}, {"grant_type", grant}}),
                   {{"Content-Type", kFormType}});
    EXPECT_EQ(response.text("error") != "unsupported_grant_type", listed.contains(grant)) << grant;
  }
  EXPECT_TRUE(listed.contains("refresh_token"));
}

FACT(EmulatorOnly, "revoking a refresh token answers 200 and kills its access tokens", documented) {
  const Response made = new_tokens(client);
  EXPECT_EQ(client
                .raw("POST", "/revoke", form({{"token", made.text("refresh_token")}}),
                     {{"Content-Type", kFormType}})
                .status,
            200);
  EXPECT_EQ(
      client.as({client.me.email, made.text("access_token")}, "GET", "/calendars/primary/events")
          .status,
      401);
  EXPECT_EQ(post_refresh(client, made.text("refresh_token")).text("error"), "invalid_grant");
}

FACT(EmulatorOnly, "revoking an access token revokes its refresh token", documented) {
  const Response made = new_tokens(client);
  EXPECT_EQ(client
                .raw("POST", "/revoke", form({{"token", made.text("access_token")}}),
                     {{"Content-Type", kFormType}})
                .status,
            200);
  EXPECT_EQ(post_refresh(client, made.text("refresh_token")).text("error"), "invalid_grant");
}

FACT(EmulatorOnly, "revoking a dead token: 400 invalid_token", observed) {
  const Response response =
      client.raw("POST", "/revoke", form({{"token", "nope"}}), {{"Content-Type", kFormType}});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.text("error"), "invalid_token");
}

FACT(EmulatorOnly, "after a revocation the person is asked for consent again", documented) {
  const Response made = new_tokens(client);
  (void)client.raw("POST", "/revoke", form({{"token", made.text("refresh_token")}}),
                   {{"Content-Type", kFormType}});
  EXPECT_EQ(consent_page(client, authorization_request(client.me, {{"prompt", "(none)"}})).status,
            200);
}

}  // namespace
}  // namespace contract
