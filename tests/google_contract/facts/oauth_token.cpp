// Sign-in: the token endpoint and its errors.
#include "src/common/base/bytes.hpp"
#include "tests/google_contract/facts/sign_in.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

using namespace sign_in;
namespace base = gcal::base;

// Exchanges a good code with these `changes` of the request.
void expect_token_error(EmulatorOnly& client, const Fields& changes, const std::string& error,
                        const std::string& description) {
  const Response response = post_token(client, token_request(authorization_code(client), changes));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.text("error"), error);
  EXPECT_EQ(response.text("error_description"), description);
}

void expect_token_endpoint(EmulatorOnly& client, const std::string& path) {
  EXPECT_EQ(client
                .raw("POST", path, form(token_request(authorization_code(client))),
                     {{"Content-Type", kFormType}})
                .status,
            200);
}

SECTION("oauth.token");

FACT(EmulatorOnly, "no client id", observed) {
  expect_token_error(client, {{"client_id", "(none)"}}, "invalid_request",
                     "Could not determine client ID from request.");
}

FACT(EmulatorOnly, "code absent", observed) {
  expect_token_error(client, {{"code", "(none)"}}, "invalid_request",
                     "Missing required parameter: code");
}

FACT(EmulatorOnly, "nonsense code", observed) {
  expect_token_error(client, {{"code", "nonsense"}}, "invalid_grant", "Malformed auth code.");
}

FACT(EmulatorOnly, "verifier absent", observed) {
  expect_token_error(client, {{"code_verifier", "(none)"}}, "invalid_grant",
                     "Missing code verifier.");
}

FACT(EmulatorOnly, "verifier wrong", observed) {
  expect_token_error(client, {{"code_verifier", std::string(50, 'x')}}, "invalid_grant",
                     "Invalid code verifier.");
}

FACT(EmulatorOnly, "redirect_uri absent", observed) {
  expect_token_error(client, {{"redirect_uri", "(none)"}}, "invalid_request",
                     "Missing parameter: redirect_uri");
}

FACT(EmulatorOnly, "redirect_uri other than in the first step", observed) {
  expect_token_error(client, {{"redirect_uri", "http://127.0.0.1:9/other"}},
                     "redirect_uri_mismatch", "Bad Request");
}

FACT(EmulatorOnly, "unknown grant type", observed) {
  expect_token_error(client, {{"grant_type", "foo"}}, "unsupported_grant_type",
                     "Invalid grant_type: foo");
}

FACT(EmulatorOnly, "the code of another client", observed) {
  expect_token_error(client, {{"client_id", "other"}}, "invalid_grant", "Bad Request");
}

FACT(EmulatorOnly, "GET of the token address gives 405", observed) {
  EXPECT_EQ(client.raw("GET", "/token").status, 405);
}

FACT(EmulatorOnly, "an empty Basic header is refused", observed) {
  const Response response = post_token(client, token_request(authorization_code(client)),
                                       {{"Authorization", "Basic Og=="}});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.text("error"), "invalid_request");
}

FACT(EmulatorOnly, "the client may authenticate with Basic", documented) {
  const Response response =
      post_token(client,
                 token_request(authorization_code(client),
                               {{"client_id", "(none)"}, {"client_secret", "(none)"}}),
                 {{"Authorization", "Basic " + base::to_base64(base::as_bytes("crm:s"))}});
  EXPECT_EQ(response.status, 200);
}

FACT(EmulatorOnly, "the answer has access_token, expires_in, scope, token_type Bearer",
     documented) {
  const Response response = new_tokens(client);
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(response.text("access_token").starts_with("ya29."));
  EXPECT_EQ(response.text("token_type"), "Bearer");
  EXPECT_GT(response.json["expires_in"].as_integer(), 0);
  EXPECT_NE(response.text("scope").find(kEventsScope), std::string::npos);
}

FACT(EmulatorOnly, "access_type=offline at the first consent gives a refresh token", documented) {
  const std::string refresh = new_tokens(client).text("refresh_token");
  EXPECT_TRUE(refresh.starts_with("1//"));
  EXPECT_LE(refresh.size(), 512u);
}

FACT(EmulatorOnly, "an access token has at most 2048 bytes", documented) {
  EXPECT_LE(new_tokens(client).text("access_token").size(), 2048u);
}

FACT(EmulatorOnly, "access_type=online gives no refresh token", documented) {
  EXPECT_EQ(new_tokens(client, {{"access_type", "online"}}).dump("refresh_token"), "absent");
}

FACT(EmulatorOnly, "prompt=consent gives a refresh token again", documented) {
  (void)new_tokens(client);
  EXPECT_NE(new_tokens(client).dump("refresh_token"), "absent");
}

FACT(EmulatorOnly, "a second sign-in without prompt gives no refresh token", documented) {
  (void)new_tokens(client);
  const std::string again = redirect_parameter(
      consent_page(client, authorization_request(client.me, {{"prompt", "(none)"}})), "code");
  const Response response = post_token(client, token_request(again));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.dump("refresh_token"), "absent");
}

FACT(EmulatorOnly, "a code works once", observed) {
  const std::string text = authorization_code(client);
  EXPECT_EQ(post_token(client, token_request(text)).status, 200);
  const Response again = post_token(client, token_request(text));
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.text("error"), "invalid_grant");
  EXPECT_EQ(again.text("error_description"), "Bad Request");
}

FACT(EmulatorOnly, "an absent challenge method means plain", documented) {
  const std::string text = authorization_code(
      client, {{"code_challenge", kVerifier}, {"code_challenge_method", "(none)"}});
  EXPECT_EQ(post_token(client, token_request(text)).status, 200);
}

FACT(EmulatorOnly, "a verifier under 43 characters is refused", documented) {
  const std::string text =
      authorization_code(client, {{"code_challenge", "short"}, {"code_challenge_method", "plain"}});
  EXPECT_EQ(post_token(client, token_request(text, {{"code_verifier", "short"}})).text("error"),
            "invalid_grant");
}

FACT(EmulatorOnly, "without a challenge no verifier is asked", documented) {
  const std::string text = authorization_code(
      client, {{"code_challenge", "(none)"}, {"code_challenge_method", "(none)"}});
  EXPECT_EQ(post_token(client, token_request(text, {{"code_verifier", "(none)"}})).status, 200);
}

FACT(EmulatorOnly, "the older address /o/oauth2/token serves as well", observed) {
  expect_token_endpoint(client, "/o/oauth2/token");
}

FACT(EmulatorOnly, "the older address /oauth2/v4/token serves as well", observed) {
  expect_token_endpoint(client, "/oauth2/v4/token");
}

FACT(EmulatorOnly, "a refresh gives a new access token and no refresh token", documented) {
  const Response first = new_tokens(client);
  const Response next = post_refresh(client, first.text("refresh_token"));
  EXPECT_EQ(next.status, 200);
  EXPECT_NE(next.text("access_token"), first.text("access_token"));
  EXPECT_EQ(next.dump("refresh_token"), "absent");
  EXPECT_EQ(next.text("scope"), first.text("scope"));
}

FACT(EmulatorOnly, "a refreshed token works at the API", documented) {
  User again{client.me.email,
             post_refresh(client, new_tokens(client).text("refresh_token")).text("access_token")};
  EXPECT_EQ(client.as(again, "GET", "/calendars/primary/events").status, 200);
}

FACT(EmulatorOnly, "a malformed refresh token: invalid_grant, Bad Request", observed) {
  const Response response = post_refresh(client, "1//nonsense");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.text("error"), "invalid_grant");
  EXPECT_EQ(response.text("error_description"), "Bad Request");
}

FACT(EmulatorOnly, "the refresh token of another client: invalid_grant, Bad Request", observed) {
  const Response response = post_refresh(client, new_tokens(client).text("refresh_token"), "other");
  EXPECT_EQ(response.text("error"), "invalid_grant");
  EXPECT_EQ(response.text("error_description"), "Bad Request");
}

FACT(EmulatorOnly, "a withdrawn access: invalid_grant, Token has been expired or revoked.",
     observed) {
  const std::string refresh = new_tokens(client).text("refresh_token");
  (void)client.control("POST", "/tokens/revoke", Json::object({{"email", client.me.email}}));
  const Response response = post_refresh(client, refresh);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.text("error"), "invalid_grant");
  EXPECT_EQ(response.text("error_description"), "Token has been expired or revoked.");
}

FACT(EmulatorOnly, "a time-limited grant: refresh_token_expires_in, then invalid_grant",
     documented) {
  (void)client.control("POST", "/oauth", json("{'grant_seconds':604800}"));
  const Response made = new_tokens(client);
  (void)client.control("POST", "/oauth", json("{'grant_seconds':0}"));
  EXPECT_EQ(made.dump("refresh_token_expires_in"), "604800");
  EXPECT_EQ(post_refresh(client, made.text("refresh_token")).status, 200);
  (void)client.control("POST", "/clock", json("{'advance':604801}"));
  const Response later = post_refresh(client, made.text("refresh_token"));
  EXPECT_EQ(later.text("error"), "invalid_grant");
  EXPECT_EQ(later.text("error_description"), "Token has been expired or revoked.");
}

FACT(EmulatorOnly, "a rotated refresh token replaces the old one", documented) {
  const std::string first = new_tokens(client).text("refresh_token");
  (void)client.control("POST", "/oauth", json("{'rotate_refresh_tokens':true}"));
  const std::string next = post_refresh(client, first).text("refresh_token");
  (void)client.control("POST", "/oauth", json("{'rotate_refresh_tokens':false}"));
  EXPECT_NE(next, "");
  EXPECT_EQ(post_refresh(client, first).text("error"), "invalid_grant");
  EXPECT_EQ(post_refresh(client, next).status, 200);
}

FACT(EmulatorOnly, "the 101st refresh token of a user and client ends the oldest one silently",
     documented) {
  const auto made = [&] {
    return client
        .control("POST", "/tokens",
                 Json::object(
                     {{"email", client.me.email}, {"scopes", "calendar"}, {"client_id", "many"}}))
        .text("refresh_token");
  };
  const std::string oldest = made();
  std::string newest;
  for (int i = 0; i < 100; ++i) newest = made();
  EXPECT_EQ(post_refresh(client, oldest, "many").text("error"), "invalid_grant");
  EXPECT_EQ(post_refresh(client, newest, "many").status, 200);
}

}  // namespace
}  // namespace contract
