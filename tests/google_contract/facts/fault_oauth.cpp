// Faults of sign-in, which the emulator makes on demand.
#include "tests/google_contract/facts/fault_fixtures.hpp"
#include "tests/google_contract/facts/sign_in.hpp"
#include "tests/google_contract/harness/fact.hpp"

namespace contract {
namespace {

using namespace sign_in;

// Of the token endpoint.
void token_fault(EmulatorOnly& client, const std::string& effect) {
  const Json rule = json("{'match':{'method':'POST','path':'/token'},'effect':" + effect + "}");
  EXPECT_EQ(client.control("POST", "/faults", rule).status, 200) << effect;
}

SECTION("faults.oauth");

FACT(OAuthFaults, "a code that ran out", guessed) {
  const std::string text = authorization_code(client);
  (void)client.control("POST", "/clock", json("{'advance':601}"));
  EXPECT_EQ(post_token(client, token_request(text)).text("error"), "invalid_grant");
}

FACT(OAuthFaults, "the exchange took effect, but its answer is lost: the code is spent", guessed) {
  const std::string text = authorization_code(client);
  token_fault(client, "{'drop':true,'when':'after'}");
  EXPECT_EQ(post_token(client, token_request(text)).status, 0);
  EXPECT_EQ(post_token(client, token_request(text)).text("error"), "invalid_grant");
}

FACT(OAuthFaults, "set: a smaller scope than asked, an expires_in of 0, negative, huge, no number",
     guessed) {
  token_fault(client, "{'set':{'scope':'openid'}}");
  EXPECT_EQ(new_tokens(client).text("scope"), "openid");
  for (const char* seconds : {"0", "-5", "9223372036854775807", "\"soon\""}) {
    token_fault(client, std::string("{'set':{'expires_in':") + seconds + "}}");
    EXPECT_EQ(new_tokens(client).dump("expires_in"), seconds);
  }
}

FACT(OAuthFaults, "access_seconds 0: the token is dead at once", guessed) {
  (void)client.control("POST", "/oauth", json("{'access_seconds':0}"));
  const Response made = new_tokens(client);
  EXPECT_EQ(made.dump("expires_in"), "0");
  EXPECT_EQ(
      client.as({client.me.email, made.text("access_token")}, "GET", "/calendars/primary/events")
          .status,
      401);
}

FACT(OAuthFaults, "omit: no refresh token comes", guessed) {
  token_fault(client, "{'omit':['refresh_token']}");
  EXPECT_EQ(new_tokens(client).dump("refresh_token"), "absent");
}

FACT(OAuthFaults, "the token endpoint fails, is slow, talks nonsense", guessed) {
  const std::string refresh = new_tokens(client).text("refresh_token");
  token_fault(client, "{'status':503}");
  EXPECT_EQ(post_refresh(client, refresh).status, 503);
  token_fault(client, "{'delay_ms':50}");
  EXPECT_EQ(post_refresh(client, refresh).status, 200);
  token_fault(client, "{'garbage':true}");
  EXPECT_TRUE(post_refresh(client, refresh).json.is_null());
  token_fault(client,
              "{'status':400,'body':{'error':'invalid_grant',"
              "'error_description':'Token has been expired or revoked.'}}");
  EXPECT_EQ(post_refresh(client, refresh).text("error"), "invalid_grant");
  EXPECT_EQ(post_refresh(client, refresh).status, 200);
}

FACT(OAuthFaults, "the rotated refresh token is lost with the answer: neither serves", guessed) {
  const std::string refresh = new_tokens(client).text("refresh_token");
  (void)client.control("POST", "/oauth", json("{'rotate_refresh_tokens':true}"));
  token_fault(client, "{'drop':true,'when':'after'}");
  EXPECT_EQ(post_refresh(client, refresh).status, 0);
  EXPECT_EQ(post_refresh(client, refresh).text("error"), "invalid_grant");
}

FACT(OAuthFaults, "the access is withdrawn in the middle of work", guessed) {
  const Response made = new_tokens(client);
  const User user{client.me.email, made.text("access_token")};
  EXPECT_EQ(client.as(user, "GET", "/calendars/primary/events").status, 200);
  (void)client.control("POST", "/tokens/revoke", Json::object({{"email", client.me.email}}));
  EXPECT_EQ(client.as(user, "GET", "/calendars/primary/events").status, 401);
  EXPECT_EQ(post_refresh(client, made.text("refresh_token")).text("error"), "invalid_grant");
}

FACT(OAuthFaults, "the secret was changed: invalid_client", guessed) {
  const std::string refresh = new_tokens(client).text("refresh_token");
  token_fault(client,
              "{'status':401,'body':{'error':'invalid_client',"
              "'error_description':'Unauthorized'}}");
  const Response response = post_refresh(client, refresh);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.text("error"), "invalid_client");
}

FACT(OAuthFaults, "another account is chosen when connecting again: another sub", guessed) {
  const auto sub = [&](const Response& response) {
    return client
        .raw("GET", "/v1/userinfo", "",
             {{"Authorization", "Bearer " + response.text("access_token")}})
        .text("sub");
  };
  const std::string first = sub(new_tokens(client));
  client.me = client.another_user();
  const std::string second = sub(new_tokens(client));
  EXPECT_NE(first, "");
  EXPECT_NE(second, "");
  EXPECT_NE(first, second);
}

FACT(OAuthFaults, "clock skew: an hour ahead, an hour behind, and a Date header that lies",
     guessed) {
  const auto now = [&] { return client.control("GET", "/clock").text("now"); };
  const std::string before = now();
  (void)client.control("POST", "/clock", json("{'advance':3600}"));
  EXPECT_GT(now(), before);
  (void)client.control("POST", "/clock", json("{'advance':-7200}"));
  EXPECT_LT(now(), before);
  (void)client.control("POST", "/clock", json("{'advance':3600}"));
  token_fault(client, "{'headers':{'Date':'Mon, 01 Jan 2001 00:00:00 GMT'}}");
  EXPECT_EQ(new_tokens(client).header("Date"), "Mon, 01 Jan 2001 00:00:00 GMT");
}

}  // namespace
}  // namespace contract
