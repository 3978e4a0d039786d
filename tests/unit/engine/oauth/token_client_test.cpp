#include "src/engine/oauth/token_client.hpp"

#include <gtest/gtest.h>

#include "src/common/base/bytes.hpp"
#include "src/common/base/json.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/scripted_http.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::oauth {
namespace {

TEST(AuthorizationUrl, ShowsTheAccountChooserAndRequestsOnlyOurScopes) {  // S-10
  AuthorizationRequest request;
  request.client_id = "id";
  request.redirect_uri = "https://crm.example.com/cb?x=1";
  request.state = "st&ate";
  request.challenge = "ch";
  const std::string url = authorization_url({}, request);
  const auto query = net::form_decode(url.substr(url.find('?') + 1));
  ASSERT_TRUE(query);
  EXPECT_EQ(net::parameter(*query, "prompt"), "select_account consent");
  EXPECT_EQ(net::parameter(*query, "access_type"), "offline");
  EXPECT_EQ(net::parameter(*query, "code_challenge_method"), "S256");
  EXPECT_EQ(net::parameter(*query, "state"), "st&ate");
  EXPECT_EQ(net::parameter(*query, "redirect_uri"), request.redirect_uri);
  EXPECT_EQ(net::parameter(*query, "scope"),
            "openid email https://www.googleapis.com/auth/calendar.events "
            "https://www.googleapis.com/auth/calendar.calendarlist.readonly");
  EXPECT_EQ(net::parameter_count(*query, "include_granted_scopes"), 0u);
  EXPECT_EQ(net::parameter_count(*query, "login_hint"), 0u);
}

struct TokenClientTest : testing::Test {
  support::ScriptedHttp http;
  support::NoPause pause;
  support::SeededRandom random{1};
  support::ManualClock clock;
  TokenClient client{Endpoints::at("http://127.0.0.1:1/"), http, {random, clock, pause}};
  ClientCredentials credentials{"id", "s3cret"};

  Result<Tokens> refresh() { return support::run_task(client.refresh(credentials, "r3fresh")); }
  Result<Tokens> exchange() {
    return support::run_task(client.exchange(credentials, "c0de", "v3rifier", "https://crm/cb"));
  }
};

TEST_F(TokenClientTest, ExchangeSendsTheVerifierAndReturnsTheTokens) {
  http.answers(200, R"({"access_token":"ya29.a","expires_in":3599,"refresh_token":"1//r",)"
                    R"("scope":"a b  c","token_type":"Bearer","id_token":"x"})");
  const auto tokens = exchange();
  ASSERT_TRUE(tokens);
  EXPECT_EQ(tokens->access_token, "ya29.a");
  EXPECT_EQ(tokens->scopes, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(http.requests[0].url, "http://127.0.0.1:1/token");
  const auto form = net::form_decode(http.requests[0].body);
  EXPECT_EQ(net::parameter(*form, "code_verifier"), "v3rifier");
  EXPECT_EQ(net::parameter(*form, "grant_type"), "authorization_code");
}

TEST_F(TokenClientTest, OnlyInvalidGrantIsNeedsAuth) {  // P-16
  const std::pair<const char*, Code> cases[] = {
      {"invalid_grant", Code::needs_auth},     {"invalid_client", Code::denied},
      {"unauthorized_client", Code::denied},   {"redirect_uri_mismatch", Code::denied},
      {"invalid_request", Code::invalid},      {"unsupported_grant_type", Code::invalid},
      {"admin_policy_enforced", Code::denied}, {"something_new", Code::invalid}};
  for (const auto& [error, code] : cases) {
    http.answers(400, std::string(R"({"error":")") + error +
                          R"(","error_description":"Token has been expired or revoked."})");
    const Error answer = refresh().error();
    EXPECT_EQ(answer.code, code) << error;
    EXPECT_EQ(answer.scope, Scope::account) << error;
  }
}

TEST_F(TokenClientTest, TransientFailureOfARefreshIsRepeated) {  // P-16
  http.fails(Code::timeout);
  http.answers(503);
  http.answers(200, R"({"access_token":"a","expires_in":100})");
  EXPECT_TRUE(refresh());
  for (int i = 0; i < 4; ++i) http.answers(500, "<html>");
  EXPECT_EQ(refresh().error().code, Code::unavailable);
  http.answers(200, "<html>captive portal</html>");
  EXPECT_EQ(refresh().error().code, Code::unavailable);
}

TEST_F(TokenClientTest, ExchangeIsNotRepeatedAfterALostAnswer) {
  http.fails(Code::timeout);
  EXPECT_EQ(exchange().error().code, Code::timeout);
  EXPECT_EQ(http.requests.size(), 1u);
}

TEST_F(TokenClientTest, LifetimeOfATokenIsBounded) {
  for (const char* text : {"0", "-5", "1e9", "99999999999", "\"3600\"", "null"}) {
    http.answers(200, std::string(R"({"access_token":"a","expires_in":)") + text + "}");
    const auto tokens = refresh();
    ASSERT_TRUE(tokens) << text;
    EXPECT_GE(tokens->expires_in.count(), 60) << text;
    EXPECT_LE(tokens->expires_in.count(), 86'400) << text;
  }
}

TEST_F(TokenClientTest, TokenThatDoesNotFitAHeaderIsRefused) {
  for (const char* token : {"", "a b", "a\\r\\nX-Evil: 1", "a\\u0000b", "\\u00fc"}) {
    http.answers(200, std::string(R"({"expires_in":100,"access_token":")") + token + "\"}");
    EXPECT_FALSE(refresh()) << token;
  }
}

TEST_F(TokenClientTest, ErrorMessagesContainNoSecret) {
  for (const char* body : {R"({"error":"invalid_grant","error_description":"r3fresh s3cret"})",
                           "r3fresh s3cret", R"({"error":"r3fresh"})"}) {
    http.answers(400, body);
    const std::string message = refresh().error().message;
    EXPECT_EQ(message.find("r3fresh"), std::string::npos);
    EXPECT_EQ(message.find("s3cret"), std::string::npos);
  }
  EXPECT_EQ(http.requests[0].url.find("s3cret"), std::string::npos);
}

TEST_F(TokenClientTest, RevokingAnInvalidTokenSucceeds) {
  http.answers(200);
  EXPECT_TRUE(support::run_task(client.revoke("t")));
  http.answers(400, R"({"error":"invalid_token","error_description":"Token expired or revoked"})");
  EXPECT_TRUE(support::run_task(client.revoke("t")));
  http.answers(400, R"({"error":"invalid_request"})");
  EXPECT_FALSE(support::run_task(client.revoke("t")));
}

TEST_F(TokenClientTest, UserinfoNamesTheAccountOfAnAccessToken) {
  const auto userinfo = [&] { return support::run_task(client.userinfo("ya29.a")); };
  http.answers(503);
  http.answers(200, R"({"sub":"123","email":"me@example.com"})");
  const auto identity = userinfo();
  ASSERT_TRUE(identity) << identity.error().message;
  EXPECT_EQ(identity->sub, "123");
  EXPECT_EQ(identity->email, "me@example.com");
  EXPECT_EQ(http.requests.back().url, "http://127.0.0.1:1/v1/userinfo");
  EXPECT_EQ(http.requests.back().headers.get("Authorization"), "Bearer ya29.a");
  http.answers(401);
  EXPECT_EQ(userinfo().error().code, Code::needs_auth);
  http.answers(403, R"({"error":"access_denied"})");
  EXPECT_EQ(userinfo().error().code, Code::denied);
  for (const char* other : {"<html>captive portal</html>", "{}", R"({"email":"me@example.com"})"}) {
    http.answers(200, other);
    EXPECT_EQ(userinfo().error(),
              (Error{Code::unavailable, "what answered is not Google's sign-in", {}}))
        << other;
  }
}

TEST(MissingScopes, ListsTheScopesThatWereNotGranted) {
  EXPECT_TRUE(missing_scopes({kCalendarListScope, "openid", kEventsScope}).empty());
  EXPECT_EQ(missing_scopes({kEventsScope}), std::vector<std::string>{kCalendarListScope});
  EXPECT_EQ(missing_scopes({}).size(), 2u);
}

std::string id_token(const std::string& claims) {
  return "head." + base::to_base64url(base::as_bytes(claims)) + ".signature";
}

const ExpectedToken kExpected{"id", "n", base::Instant(std::chrono::seconds(1000))};

// The claims of a right token, some of them replaced.
std::string claims(std::string_view iss = "https://accounts.google.com",
                   std::string_view aud = "id", std::string_view nonce = "n", int exp = 2000,
                   std::string_view sub = "123") {
  return base::Json::object({{"iss", iss},
                             {"aud", aud},
                             {"nonce", nonce},
                             {"exp", exp},
                             {"sub", sub},
                             {"email", "me@example.com"}})
      .dump();
}

Code refusal(const std::string& claims) {
  const auto identity = identity_of(id_token(claims), kExpected);
  return identity ? Code::ok : identity.error().code;
}

TEST(IdentityOf, ReadsSubAndEmailAndRefusesForeignTokens) {
  const auto identity = identity_of(id_token(claims()), kExpected);
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->sub, "123");
  EXPECT_EQ(identity->email, "me@example.com");
  constexpr std::string_view kGoogle = "https://accounts.google.com";
  EXPECT_EQ(refusal(claims("accounts.google.com")), Code::ok);
  EXPECT_EQ(refusal(claims("https://accounts.google.com.evil.example")), Code::denied);
  EXPECT_EQ(refusal(claims(kGoogle, "other")), Code::denied);
  EXPECT_EQ(refusal(claims(kGoogle, "id", "n", 2000, "")), Code::invalid);
  for (const char* text : {"", ".", "a.b", "a.!.c", "a..c"})
    EXPECT_EQ(identity_of(text, kExpected).error().code, Code::invalid) << text;
}

TEST(IdentityOf, RefusesTheTokenOfAnotherConsentAndAnOldOne) {
  constexpr std::string_view kGoogle = "https://accounts.google.com";
  EXPECT_EQ(refusal(claims(kGoogle, "id", "another")), Code::denied);
  EXPECT_EQ(refusal(claims(kGoogle, "id", "")), Code::denied);
  EXPECT_EQ(refusal(claims(kGoogle, "id", "n", 701)), Code::ok) << "a clock may be wrong";
  EXPECT_EQ(refusal(claims(kGoogle, "id", "n", 700)), Code::denied);
  EXPECT_EQ(refusal(claims(kGoogle, "id", "n", 0)), Code::denied);
  EXPECT_NE(nonce_of("a"), nonce_of("b"));
  EXPECT_EQ(nonce_of("a").size(), 43u);
}

}  // namespace
}  // namespace gcal::oauth
