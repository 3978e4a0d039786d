// Sign-in: the authorisation page, the token endpoint with its errors.
#include "src/common/base/bytes.hpp"
#include "tests/google_contract/facts/contract.hpp"
#include "tests/google_contract/facts/sign_in.hpp"

namespace contract {
namespace {

using enum Known;
using namespace sign_in;
namespace base = gcal::base;

struct Refused {
  const char* fact;
  Known known;
  Fields changes;
  const char* code;
};

struct TokenCase {
  const char* fact;
  Fields changes;
  int status;
  const char* error;
  const char* description;
};

void page_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"oauth.page", fact, known, std::move(run)});
  };
  const Refused refused[] = {
      {"without client_id: shown on Google's page, not redirected",
       documented,
       {{"client_id", "(none)"}},
       "invalid_request"},
      {"without redirect_uri: shown, not redirected",
       documented,
       {{"redirect_uri", "(none)"}},
       "invalid_request"},
      {"plain http to a host that is not this machine is refused",
       documented,
       {{"redirect_uri", "http://crm.example.com/back"}},
       "invalid_request"},
      {"a fragment in redirect_uri is refused",
       documented,
       {{"redirect_uri", "http://127.0.0.1:9/back#x"}},
       "invalid_request"},
      {"a wildcard in redirect_uri is refused",
       documented,
       {{"redirect_uri", "https://a.example.com/*"}},
       "invalid_request"},
      {"path traversal in redirect_uri is refused",
       documented,
       {{"redirect_uri", "https://a.example.com/x/../y"}},
       "invalid_request"},
      {"a redirect_uri that is no address is refused",
       documented,
       {{"redirect_uri", "javascript:alert(1)"}},
       "invalid_request"},
      {"response_type other than code is refused",
       documented,
       {{"response_type", "token"}},
       "invalid_request"},
      {"without scope: refused", documented, {{"scope", "(none)"}}, "invalid_request"},
      {"an unknown challenge method is refused",
       documented,
       {{"code_challenge_method", "S512"}},
       "invalid_request"},
      {"a method without a challenge is refused",
       documented,
       {{"code_challenge", "(none)"}},
       "invalid_request"},
      {"prompt=none must stand alone", documented, {{"prompt", "none consent"}}, "invalid_request"},
  };
  for (const Refused& one : refused)
    add(one.fact, one.known, [one](Emulated& p) {
      const Answer answer = page(p, request(p.me, one.changes));
      EXPECT_EQ(answer.status, 400);
      EXPECT_EQ(answer.header("Location"), "");
      EXPECT_NE(answer.body.find(one.code), std::string::npos) << answer.body;
    });
  add("the consent page shows a tick box for each scope that is not for signing in", documented,
      [](Emulated& p) {
        const Answer answer = page(p, request(p.me));
        EXPECT_EQ(answer.status, 200);
        EXPECT_NE(
            answer.body.find("name=\"scope\" value=\"" + std::string(kEvents) + "\" checked>"),
            std::string::npos);
        EXPECT_NE(answer.body.find("userinfo.email\" checked disabled"), std::string::npos);
      });
  add("one single scope beside signing in has no tick box", documented, [](Emulated& p) {
    const Answer answer = page(p, request(p.me, {{"scope", std::string("openid ") + kEvents}}));
    EXPECT_NE(answer.body.find("value=\"" + std::string(kEvents) + "\" checked disabled"),
              std::string::npos);
  });
  add("prompt=select_account shows the chooser although there is a hint", documented,
      [](Emulated& p) {
        EXPECT_NE(page(p, request(p.me, {{"prompt", "select_account consent"}}))
                      .body.find("Choose an account"),
                  std::string::npos);
      });
  add("the pages speak German to a German browser", guessed, [](Emulated& p) {
    EXPECT_NE(page(p, request(p.me), "de-DE,de").body.find("Erlauben"), std::string::npos);
    EXPECT_NE(page(p, request(p.me), "en").body.find(">Allow<"), std::string::npos);
  });
  add("login_hint takes the sub as well", documented, [](Emulated& p) {
    std::string sub;
    for (const Json& account : p.control("GET", "/accounts").list("accounts"))
      if (account.string("email") == p.me.email) sub = account.string("sub");
    EXPECT_NE(page(p, request(p.me, {{"login_hint", sub}})).body.find(p.me.email),
              std::string::npos);
  });
  add("a hostile client_id is escaped on the page", guessed, [](Emulated& p) {
    EXPECT_EQ(page(p, request(p.me, {{"client_id", "<script>x"}})).body.find("<script>x"),
              std::string::npos);
  });
  add("prompt=none without an earlier consent: consent_required to the redirect address",
      documented, [](Emulated& p) {
        const Answer answer = page(p, request(p.me, {{"prompt", "none"}}));
        EXPECT_EQ(answer.status, 302);
        EXPECT_EQ(back(answer, "error"), "consent_required");
      });
  add("allowing redirects with code, the granted scopes and the unchanged state", documented,
      [](Emulated& p) {
        const Answer answer = decide(p, request(p.me), "allow");
        EXPECT_EQ(answer.status, 302);
        EXPECT_TRUE(answer.header("Location").starts_with(kBack));
        EXPECT_EQ(back(answer, "state"), "st 1");
        EXPECT_TRUE(back(answer, "code").starts_with("4/0A"));
        EXPECT_NE(back(answer, "scope").find(kEvents), std::string::npos);
      });
  add("a code has at most 256 bytes", documented,
      [](Emulated& p) { EXPECT_LE(code(p).size(), 256u); });
  add("cancelling redirects with access_denied and the state", documented, [](Emulated& p) {
    const Answer answer = decide(p, request(p.me), "cancel");
    EXPECT_EQ(back(answer, "error"), "access_denied");
    EXPECT_EQ(back(answer, "state"), "st 1");
    EXPECT_EQ(back(answer, "code"), "");
  });
  add("an unticked scope is not granted", documented, [](Emulated& p) {
    const std::string scope = back(decide(p, request(p.me), "allow", {kEvents}), "scope");
    EXPECT_NE(scope.find(kEvents), std::string::npos);
    EXPECT_EQ(scope.find("calendarlist"), std::string::npos);
  });
  add("without prompt a person who has consented is not asked again", documented, [](Emulated& p) {
    (void)decide(p, request(p.me), "allow");
    EXPECT_EQ(page(p, request(p.me, {{"prompt", "(none)"}})).status, 302);
  });
  add("more scopes than before: the person is asked again", documented, [](Emulated& p) {
    (void)decide(p, request(p.me, {{"scope", kEvents}}), "allow");
    EXPECT_EQ(page(p, request(p.me, {{"prompt", "(none)"}})).status, 200);
  });
  add("the older address /o/oauth2/auth serves as well", observed, [](Emulated& p) {
    EXPECT_EQ(p.raw("GET", "/o/oauth2/auth?" + form(request(p.me))).status, 200);
  });
}

void token_checks(Checks& checks) {
  const auto add = [&](const char* fact, Known known, Run run) {
    checks.push_back({"oauth.token", fact, known, std::move(run)});
  };
  const TokenCase cases[] = {
      {"no client id",
       {{"client_id", "(none)"}},
       400,
       "invalid_request",
       "Could not determine client ID from request."},
      {"code absent",
       {{"code", "(none)"}},
       400,
       "invalid_request",
       "Missing required parameter: code"},
      {"nonsense code", {{"code", "nonsense"}}, 400, "invalid_grant", "Malformed auth code."},
      {"verifier absent",
       {{"code_verifier", "(none)"}},
       400,
       "invalid_grant",
       "Missing code verifier."},
      {"verifier wrong",
       {{"code_verifier", std::string(50, 'x')}},
       400,
       "invalid_grant",
       "Invalid code verifier."},
      {"redirect_uri absent",
       {{"redirect_uri", "(none)"}},
       400,
       "invalid_request",
       "Missing parameter: redirect_uri"},
      {"redirect_uri other than in the first step",
       {{"redirect_uri", "http://127.0.0.1:9/other"}},
       400,
       "redirect_uri_mismatch",
       "Bad Request"},
      {"unknown grant type",
       {{"grant_type", "foo"}},
       400,
       "unsupported_grant_type",
       "Invalid grant_type: foo"},
      {"the code of another client", {{"client_id", "other"}}, 400, "invalid_grant", "Bad Request"},
  };
  for (const TokenCase& one : cases)
    add(one.fact, observed, [one](Emulated& p) {
      const Answer answer = token(p, exchange(code(p), one.changes));
      EXPECT_EQ(answer.status, one.status);
      EXPECT_EQ(answer.text("error"), one.error);
      EXPECT_EQ(answer.text("error_description"), one.description);
    });
  add("GET of the token address gives 405", observed,
      [](Emulated& p) { EXPECT_EQ(p.raw("GET", "/token").status, 405); });
  add("an empty Basic header is refused", observed, [](Emulated& p) {
    const Answer answer = token(p, exchange(code(p)), {{"Authorization", "Basic Og=="}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.text("error"), "invalid_request");
  });
  add("the client may authenticate with Basic", documented, [](Emulated& p) {
    const Answer answer =
        token(p, exchange(code(p), {{"client_id", "(none)"}, {"client_secret", "(none)"}}),
              {{"Authorization", "Basic " + base::to_base64(base::as_bytes("crm:s"))}});
    EXPECT_EQ(answer.status, 200);
  });
  add("the answer has access_token, expires_in, scope, token_type Bearer", documented,
      [](Emulated& p) {
        const Answer answer = token(p, exchange(code(p)));
        EXPECT_EQ(answer.status, 200);
        EXPECT_TRUE(answer.text("access_token").starts_with("ya29."));
        EXPECT_EQ(answer.text("token_type"), "Bearer");
        EXPECT_GT(answer.json["expires_in"].as_integer(), 0);
        EXPECT_NE(answer.text("scope").find(kEvents), std::string::npos);
      });
  add("access_type=offline at the first consent gives a refresh token", documented,
      [](Emulated& p) {
        const std::string refresh = token(p, exchange(code(p))).text("refresh_token");
        EXPECT_TRUE(refresh.starts_with("1//"));
        EXPECT_LE(refresh.size(), 512u);
      });
  add("an access token has at most 2048 bytes", documented, [](Emulated& p) {
    EXPECT_LE(token(p, exchange(code(p))).text("access_token").size(), 2048u);
  });
  add("access_type=online gives no refresh token", documented, [](Emulated& p) {
    EXPECT_EQ(token(p, exchange(code(p, {{"access_type", "online"}}))).dump("refresh_token"),
              "absent");
  });
  add("prompt=consent gives a refresh token again", documented, [](Emulated& p) {
    (void)token(p, exchange(code(p)));
    EXPECT_NE(token(p, exchange(code(p))).dump("refresh_token"), "absent");
  });
  add("a second sign-in without prompt gives no refresh token", documented, [](Emulated& p) {
    (void)token(p, exchange(code(p)));
    const std::string again = back(page(p, request(p.me, {{"prompt", "(none)"}})), "code");
    const Answer answer = token(p, exchange(again));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.dump("refresh_token"), "absent");
  });
  add("a code works once", observed, [](Emulated& p) {
    const std::string text = code(p);
    EXPECT_EQ(token(p, exchange(text)).status, 200);
    const Answer again = token(p, exchange(text));
    EXPECT_EQ(again.status, 400);
    EXPECT_EQ(again.text("error"), "invalid_grant");
    EXPECT_EQ(again.text("error_description"), "Bad Request");
  });
  add("an absent challenge method means plain", documented, [](Emulated& p) {
    const std::string text =
        code(p, {{"code_challenge", kVerifier}, {"code_challenge_method", "(none)"}});
    EXPECT_EQ(token(p, exchange(text)).status, 200);
  });
  add("a verifier under 43 characters is refused", documented, [](Emulated& p) {
    const std::string text =
        code(p, {{"code_challenge", "short"}, {"code_challenge_method", "plain"}});
    EXPECT_EQ(token(p, exchange(text, {{"code_verifier", "short"}})).text("error"),
              "invalid_grant");
  });
  add("without a challenge no verifier is asked", documented, [](Emulated& p) {
    const std::string text =
        code(p, {{"code_challenge", "(none)"}, {"code_challenge_method", "(none)"}});
    EXPECT_EQ(token(p, exchange(text, {{"code_verifier", "(none)"}})).status, 200);
  });
  for (const char* path : {"/o/oauth2/token", "/oauth2/v4/token"})
    checks.push_back(
        {"oauth.token", std::string("the older address ") + path + " serves as well", observed,
         [path](Emulated& p) {
           EXPECT_EQ(p.raw("POST", path, form(exchange(code(p))), {{"Content-Type", kForm}}).status,
                     200);
         }});
  add("a refresh gives a new access token and no refresh token", documented, [](Emulated& p) {
    const Answer first = token(p, exchange(code(p)));
    const Answer next = renew(p, first.text("refresh_token"));
    EXPECT_EQ(next.status, 200);
    EXPECT_NE(next.text("access_token"), first.text("access_token"));
    EXPECT_EQ(next.dump("refresh_token"), "absent");
    EXPECT_EQ(next.text("scope"), first.text("scope"));
  });
  add("a refreshed token works at the API", documented, [](Emulated& p) {
    Person again{p.me.email,
                 renew(p, token(p, exchange(code(p))).text("refresh_token")).text("access_token")};
    EXPECT_EQ(p.as(again, "GET", "/calendars/primary/events").status, 200);
  });
  add("a malformed refresh token: invalid_grant, Bad Request", observed, [](Emulated& p) {
    const Answer answer = renew(p, "1//nonsense");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.text("error"), "invalid_grant");
    EXPECT_EQ(answer.text("error_description"), "Bad Request");
  });
  add("the refresh token of another client: invalid_grant, Bad Request", observed, [](Emulated& p) {
    const Answer answer = renew(p, token(p, exchange(code(p))).text("refresh_token"), "other");
    EXPECT_EQ(answer.text("error"), "invalid_grant");
    EXPECT_EQ(answer.text("error_description"), "Bad Request");
  });
  add("a withdrawn access: invalid_grant, Token has been expired or revoked.", observed,
      [](Emulated& p) {
        const std::string refresh = token(p, exchange(code(p))).text("refresh_token");
        (void)p.control("POST", "/tokens/revoke", Json::object({{"email", p.me.email}}));
        const Answer answer = renew(p, refresh);
        EXPECT_EQ(answer.status, 400);
        EXPECT_EQ(answer.text("error"), "invalid_grant");
        EXPECT_EQ(answer.text("error_description"), "Token has been expired or revoked.");
      });
  add("a time-limited grant: refresh_token_expires_in, then invalid_grant", documented,
      [](Emulated& p) {
        (void)p.control("POST", "/oauth", js("{'grant_seconds':604800}"));
        const Answer made = token(p, exchange(code(p)));
        (void)p.control("POST", "/oauth", js("{'grant_seconds':0}"));
        EXPECT_EQ(made.dump("refresh_token_expires_in"), "604800");
        EXPECT_EQ(renew(p, made.text("refresh_token")).status, 200);
        (void)p.control("POST", "/clock", js("{'advance':604801}"));
        const Answer later = renew(p, made.text("refresh_token"));
        EXPECT_EQ(later.text("error"), "invalid_grant");
        EXPECT_EQ(later.text("error_description"), "Token has been expired or revoked.");
      });
  add("a rotated refresh token replaces the old one", documented, [](Emulated& p) {
    const std::string first = token(p, exchange(code(p))).text("refresh_token");
    (void)p.control("POST", "/oauth", js("{'rotate_refresh_tokens':true}"));
    const std::string next = renew(p, first).text("refresh_token");
    (void)p.control("POST", "/oauth", js("{'rotate_refresh_tokens':false}"));
    EXPECT_NE(next, "");
    EXPECT_EQ(renew(p, first).text("error"), "invalid_grant");
    EXPECT_EQ(renew(p, next).status, 200);
  });
  add("over 100 refresh tokens for one person and client: the oldest dies without a word",
      documented, [](Emulated& p) {
        const auto made = [&] {
          return p
              .control("POST", "/tokens",
                       Json::object(
                           {{"email", p.me.email}, {"scopes", "calendar"}, {"client_id", "many"}}))
              .text("refresh_token");
        };
        const std::string oldest = made();
        std::string newest;
        for (int i = 0; i < 100; ++i) newest = made();
        EXPECT_EQ(renew(p, oldest, "many").text("error"), "invalid_grant");
        EXPECT_EQ(renew(p, newest, "many").status, 200);
      });
}

}  // namespace

void oauth_checks(Checks& checks) {
  page_checks(checks);
  token_checks(checks);
}

}  // namespace contract
