// Sign-in: who it is, discovery, revocation; and the faults of sign-in on demand.
#include "src/common/base/bytes.hpp"
#include "tests/google_contract/facts/contract.hpp"
#include "tests/google_contract/facts/sign_in.hpp"

namespace contract {
namespace {

using enum Known;
using namespace sign_in;
namespace base = gcal::base;

void identity_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"oauth.identity", fact, known, std::move(run)});
  };
  const auto claims = [](const Answer& answer) {
    const std::string jwt = answer.text("id_token");
    const std::size_t first = jwt.find('.'), second = jwt.rfind('.');
    if (first == std::string::npos || first == second) return Json();
    const auto raw = base::from_base64url(jwt.substr(first + 1, second - first - 1));
    return raw ? js(std::string(raw->begin(), raw->end())) : Json();
  };
  add("openid gives an id_token with iss, aud, azp, sub, iat, exp, at_hash", documented,
      [claims](Emulated& p) {
        const Json body = claims(token(p, exchange(code(p))));
        EXPECT_EQ(body.string("iss"), "https://accounts.google.com");
        EXPECT_EQ(body.string("aud"), "crm");
        EXPECT_EQ(body.string("azp"), "crm");
        for (const char* name : {"sub", "iat", "exp", "at_hash"})
          EXPECT_TRUE(body.contains(name)) << name;
      });
  add("the e-mail scope puts email and email_verified into it", documented, [claims](Emulated& p) {
    const Json body = claims(token(p, exchange(code(p))));
    EXPECT_EQ(body.string("email"), p.me.email);
    EXPECT_TRUE(body["email_verified"].as_bool());
  });
  add("a nonce comes back in it", documented, [claims](Emulated& p) {
    EXPECT_EQ(claims(token(p, exchange(code(p, {{"nonce", "n-1"}})))).string("nonce"), "n-1");
  });
  add("without openid there is none", documented, [](Emulated& p) {
    EXPECT_EQ(token(p, exchange(code(p, {{"scope", kEvents}}))).dump("id_token"), "absent");
  });
  add("the key that signed it is in the JWKS", documented, [](Emulated& p) {
    const std::string jwt = token(p, exchange(code(p))).text("id_token");
    const auto raw = base::from_base64url(jwt.substr(0, jwt.find('.')));
    ASSERT_TRUE(raw);
    const Json head = js(std::string(raw->begin(), raw->end()));
    const Answer keys = p.raw("GET", "/oauth2/v3/certs");
    EXPECT_EQ(head.string("alg"), "RS256");
    EXPECT_EQ(keys.text("keys.0.kid"), head.string("kid"));
    EXPECT_EQ(keys.text("keys.0.kty"), "RSA");
    EXPECT_EQ(keys.text("keys.0.use"), "sig");
  });
  add("the same key as a certificate, by its kid", documented, [](Emulated& p) {
    const Answer certificates = p.raw("GET", "/oauth2/v1/certs");
    EXPECT_EQ(certificates.status, 200);
    const Json* pem = certificates.json.find(p.raw("GET", "/oauth2/v3/certs").text("keys.0.kid"));
    ASSERT_TRUE(pem);
    EXPECT_TRUE(pem->as_string().starts_with("-----BEGIN CERTIFICATE-----"));
  });
  add("userinfo: sub and email, by their scopes", documented, [](Emulated& p) {
    const Answer info =
        p.raw("GET", "/v1/userinfo", "",
              {{"Authorization", "Bearer " + token(p, exchange(code(p))).text("access_token")}});
    EXPECT_EQ(info.status, 200);
    EXPECT_EQ(info.text("email"), p.me.email);
    EXPECT_NE(info.dump("sub"), "absent");
  });
  add("the older userinfo says id and verified_email", documented, [](Emulated& p) {
    const Answer info =
        p.raw("GET", "/oauth2/v2/userinfo", "",
              {{"Authorization", "Bearer " + token(p, exchange(code(p))).text("access_token")}});
    EXPECT_NE(info.dump("id"), "absent");
    EXPECT_EQ(info.dump("verified_email"), "true");
    EXPECT_EQ(info.dump("sub"), "absent");
  });
  add("userinfo with a dead token: 401", documented, [](Emulated& p) {
    EXPECT_EQ(p.raw("GET", "/v1/userinfo", "", {{"Authorization", "Bearer nope"}}).status, 401);
  });
  add("tokeninfo names client, scope and the seconds left", documented, [](Emulated& p) {
    const Answer info = p.raw("GET", "/tokeninfo?access_token=" +
                                         escape(token(p, exchange(code(p))).text("access_token")));
    EXPECT_EQ(info.status, 200);
    EXPECT_EQ(info.text("aud"), "crm");
    EXPECT_NE(info.text("scope").find(kEvents), std::string::npos);
    EXPECT_GT(std::stoi(info.text("expires_in")), 0);
  });
  add("tokeninfo takes the token from the Authorization header, as Google's Node client sends it",
      observed, [](Emulated& p) {
        const std::string access = token(p, exchange(code(p))).text("access_token");
        EXPECT_EQ(
            p.raw("POST", "/tokeninfo", "", {{"Authorization", "Bearer " + access}}).text("email"),
            p.me.email);
      });
  add("tokeninfo of a dead token: 400", documented,
      [](Emulated& p) { EXPECT_EQ(p.raw("GET", "/tokeninfo?access_token=nope").status, 400); });
  add("the discovery document names endpoints, grants, PKCE methods", documented, [](Emulated& p) {
    const Answer document = p.raw("GET", "/.well-known/openid-configuration");
    EXPECT_EQ(document.text("issuer"), "https://accounts.google.com");
    EXPECT_EQ(document.text("token_endpoint"), p.base + "/token");
    EXPECT_EQ(document.text("jwks_uri"), p.base + "/oauth2/v3/certs");
    EXPECT_EQ(document.dump("code_challenge_methods_supported"), "[\"plain\",\"S256\"]");
  });
  add("revoking a refresh token answers 200 and kills its access tokens", documented,
      [](Emulated& p) {
        const Answer made = token(p, exchange(code(p)));
        EXPECT_EQ(p.raw("POST", "/revoke", form({{"token", made.text("refresh_token")}}),
                        {{"Content-Type", kForm}})
                      .status,
                  200);
        EXPECT_EQ(p.as({p.me.email, made.text("access_token")}, "GET", "/calendars/primary/events")
                      .status,
                  401);
        EXPECT_EQ(renew(p, made.text("refresh_token")).text("error"), "invalid_grant");
      });
  add("revoking an access token revokes its refresh token", documented, [](Emulated& p) {
    const Answer made = token(p, exchange(code(p)));
    EXPECT_EQ(p.raw("POST", "/revoke", form({{"token", made.text("access_token")}}),
                    {{"Content-Type", kForm}})
                  .status,
              200);
    EXPECT_EQ(renew(p, made.text("refresh_token")).text("error"), "invalid_grant");
  });
  add("revoking a dead token: 400 invalid_token", observed, [](Emulated& p) {
    const Answer answer =
        p.raw("POST", "/revoke", form({{"token", "nope"}}), {{"Content-Type", kForm}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.text("error"), "invalid_token");
  });
  add("after a revocation the person is asked for consent again", documented, [](Emulated& p) {
    const Answer made = token(p, exchange(code(p)));
    (void)p.raw("POST", "/revoke", form({{"token", made.text("refresh_token")}}),
                {{"Content-Type", kForm}});
    EXPECT_EQ(page(p, request(p.me, {{"prompt", "(none)"}})).status, 200);
  });
}

void oauth_faults(Checks& checks) {
  const auto add = [&](const char* fact, Run run) {
    checks.push_back(
        {"faults.oauth", fact, guessed, [run = std::move(run)](Emulated& p) {
           run(p);
           (void)p.control("DELETE", "/faults");
           (void)p.control(
               "POST", "/oauth",
               js("{'access_seconds':3599,'grant_seconds':0,'rotate_refresh_tokens':false}"));
         }});
  };
  static const auto fault = [](Emulated& p, const std::string& effect) {
    EXPECT_EQ(p.control("POST", "/faults",
                        js("{'match':{'method':'POST','path':'/token'},'effect':" + effect + "}"))
                  .status,
              200)
        << effect;
  };
  add("a code that ran out", [](Emulated& p) {
    const std::string text = code(p);
    (void)p.control("POST", "/clock", js("{'advance':601}"));
    EXPECT_EQ(token(p, exchange(text)).text("error"), "invalid_grant");
  });
  add("the exchange took effect, but its answer is lost: the code is spent", [](Emulated& p) {
    const std::string text = code(p);
    fault(p, "{'drop':true,'when':'after'}");
    EXPECT_EQ(token(p, exchange(text)).status, 0);
    EXPECT_EQ(token(p, exchange(text)).text("error"), "invalid_grant");
  });
  add("set: a smaller scope than asked, an expires_in of 0, negative, huge, no number",
      [](Emulated& p) {
        fault(p, "{'set':{'scope':'openid'}}");
        EXPECT_EQ(token(p, exchange(code(p))).text("scope"), "openid");
        for (const char* seconds : {"0", "-5", "9223372036854775807", "\"soon\""}) {
          fault(p, std::string("{'set':{'expires_in':") + seconds + "}}");
          EXPECT_EQ(token(p, exchange(code(p))).dump("expires_in"), seconds);
        }
      });
  add("access_seconds 0: the token is dead at once", [](Emulated& p) {
    (void)p.control("POST", "/oauth", js("{'access_seconds':0}"));
    const Answer made = token(p, exchange(code(p)));
    EXPECT_EQ(made.dump("expires_in"), "0");
    EXPECT_EQ(
        p.as({p.me.email, made.text("access_token")}, "GET", "/calendars/primary/events").status,
        401);
  });
  add("omit: no refresh token comes", [](Emulated& p) {
    fault(p, "{'omit':['refresh_token']}");
    EXPECT_EQ(token(p, exchange(code(p))).dump("refresh_token"), "absent");
  });
  add("the token endpoint fails, is slow, talks nonsense", [](Emulated& p) {
    const std::string refresh = token(p, exchange(code(p))).text("refresh_token");
    fault(p, "{'status':503}");
    EXPECT_EQ(renew(p, refresh).status, 503);
    fault(p, "{'delay_ms':50}");
    EXPECT_EQ(renew(p, refresh).status, 200);
    fault(p, "{'garbage':true}");
    EXPECT_TRUE(renew(p, refresh).json.is_null());
    fault(p,
          "{'status':400,'body':{'error':'invalid_grant','error_description':'Token has been "
          "expired or revoked.'}}");
    EXPECT_EQ(renew(p, refresh).text("error"), "invalid_grant");
    EXPECT_EQ(renew(p, refresh).status, 200);
  });
  add("the rotated refresh token is lost with the answer: neither serves", [](Emulated& p) {
    const std::string refresh = token(p, exchange(code(p))).text("refresh_token");
    (void)p.control("POST", "/oauth", js("{'rotate_refresh_tokens':true}"));
    fault(p, "{'drop':true,'when':'after'}");
    EXPECT_EQ(renew(p, refresh).status, 0);
    EXPECT_EQ(renew(p, refresh).text("error"), "invalid_grant");
  });
  add("the access is withdrawn in the middle of work", [](Emulated& p) {
    const Answer made = token(p, exchange(code(p)));
    const Person person{p.me.email, made.text("access_token")};
    EXPECT_EQ(p.as(person, "GET", "/calendars/primary/events").status, 200);
    (void)p.control("POST", "/tokens/revoke", Json::object({{"email", p.me.email}}));
    EXPECT_EQ(p.as(person, "GET", "/calendars/primary/events").status, 401);
    EXPECT_EQ(renew(p, made.text("refresh_token")).text("error"), "invalid_grant");
  });
  add("the secret was changed: invalid_client", [](Emulated& p) {
    const std::string refresh = token(p, exchange(code(p))).text("refresh_token");
    fault(p, "{'status':401,'body':{'error':'invalid_client','error_description':'Unauthorized'}}");
    const Answer answer = renew(p, refresh);
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(answer.text("error"), "invalid_client");
  });
  add("another account is chosen when connecting again: another sub", [](Emulated& p) {
    const auto sub = [&](const Answer& answer) {
      return p
          .raw("GET", "/v1/userinfo", "",
               {{"Authorization", "Bearer " + answer.text("access_token")}})
          .text("sub");
    };
    const std::string first = sub(token(p, exchange(code(p))));
    p.me = p.another();
    const std::string second = sub(token(p, exchange(code(p))));
    EXPECT_NE(first, "");
    EXPECT_NE(second, "");
    EXPECT_NE(first, second);
  });
  add("clock skew: an hour ahead, an hour behind, and a Date header that lies", [](Emulated& p) {
    const auto now = [&] { return p.control("GET", "/clock").text("now"); };
    const std::string before = now();
    (void)p.control("POST", "/clock", js("{'advance':3600}"));
    EXPECT_GT(now(), before);
    (void)p.control("POST", "/clock", js("{'advance':-7200}"));
    EXPECT_LT(now(), before);
    (void)p.control("POST", "/clock", js("{'advance':3600}"));
    fault(p, "{'headers':{'Date':'Mon, 01 Jan 2001 00:00:00 GMT'}}");
    EXPECT_EQ(token(p, exchange(code(p))).header("Date"), "Mon, 01 Jan 2001 00:00:00 GMT");
  });
}

}  // namespace

void oauth_identity_checks(Checks& checks) {
  identity_checks(checks);
  oauth_faults(checks);
}

}  // namespace contract
