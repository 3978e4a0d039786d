// Sign-in and tokens where clients are registered: which redirect addresses and secrets are
// accepted, what a refusal says, and what the consent page says of each scope.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/common/base/bytes.hpp"
#include "src/common/net/url.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;
using ::testing::HasSubstr;
using ::testing::Not;

class OAuth : public ::testing::Test {
 protected:
  OAuth() {
    (void)google_.call("POST", "/_emulator/clients",
                       R"({"client_id":"web","client_secret":"s3cret","name":"The CRM",)"
                       R"("redirect_uris":["https://crm.example/back"]})");
    (void)google_.call("POST", "/_emulator/clients",
                       R"({"client_id":"app","redirect_uris":["http://127.0.0.1/back"]})");
  }

  using Changes = std::vector<std::pair<std::string, std::string>>;
  // The authorization request of "web"; a change with "" leaves the parameter out.
  std::string authorization(const Changes& changes = {}) {
    std::vector<std::pair<std::string, std::string>> all{
        {"client_id", "web"},
        {"redirect_uri", "https://crm.example/back"},
        {"response_type", "code"},
        {"scope", "openid calendar.events"}};
    gcal::net::Parameters sent;
    for (const auto& [name, value] : changes) all.emplace_back(name, value);
    for (auto at = all.begin(); at != all.end(); ++at) {
      const bool later = std::any_of(std::next(at), all.end(),
                                     [&](const auto& one) { return one.first == at->first; });
      if (!later && !at->second.empty()) sent.emplace_back(at->first, at->second);
    }
    return "/o/oauth2/v2/auth?" + gcal::net::form_encode(sent);
  }
  // "status error: description" of a token request.
  std::string token(const std::string& form, const std::string& authorization = "") {
    Request request;
    request.method = "POST";
    request.path = "/token";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    request.body = form;
    const Response answer = google_.emulator.handle(request);
    const Json body = *Json::parse(answer.body);
    return std::to_string(answer.status) + " " + body.string("error") + ": " +
           body.string("error_description");
  }
  static std::string basic(const std::string& text) {
    return "Basic " + gcal::base::to_base64(gcal::base::as_bytes(text));
  }

  InProcess google_;
};

TEST_F(OAuth, RefusedRequestsShowTheReasonInsteadOfRedirecting) {
  const std::pair<Changes, const char*> cases[] = {
      {{{"client_id", ""}}, "Missing required parameter: client_id"},
      {{{"client_id", "other"}}, "The OAuth client was not found."},
      {{{"redirect_uri", ""}}, "Missing required parameter: redirect_uri"},
      {{{"redirect_uri", "https://crm.example/other"}},
       "The redirect address of the request does not match those of the client: "
       "https://crm.example/other"},
      {{{"redirect_uri", "https://crm.example:444/back"}}, "does not match those of the client"},
      {{{"response_type", "token"}}, "Invalid response_type"},
      {{{"scope", ""}}, "Missing required parameter: scope"},
      {{{"code_challenge_method", "S512"}}, "Invalid code_challenge_method"},
      {{{"code_challenge_method", "S256"}}, "Missing code_challenge"},
      {{{"prompt", "none consent"}}, "none must stand alone"}};
  for (const auto& [changes, why] : cases) {
    const Response page = google_.call("GET", authorization(changes));
    EXPECT_EQ(page.status, 400) << why;
    EXPECT_THAT(page.body, HasSubstr(why));
    EXPECT_EQ(header(page.headers, "Location"), "");
  }
  EXPECT_EQ(google_.call("GET", authorization()).status, 200);
}

TEST_F(OAuth, PortOfAnInstalledAppNeedNotBeRegistered) {
  const auto status = [&](const std::string& uri) {
    return google_.call("GET", authorization({{"client_id", "app"}, {"redirect_uri", uri}})).status;
  };
  EXPECT_EQ(status("http://127.0.0.1/back"), 200);
  EXPECT_EQ(status("http://127.0.0.1:41234/back"), 200);
  EXPECT_EQ(status("http://127.0.0.1:41234/other"), 400);
  EXPECT_EQ(status("https://127.0.0.1:41234/back"), 400);
  EXPECT_EQ(status("http://crm.example/back"), 400);
}

TEST_F(OAuth, RedirectAddressIsHttpsOrOfThisMachine) {
  InProcess open;  // no client is registered
  const auto why = [&](const std::string& uri) {
    return open.call("GET", authorization({{"redirect_uri", uri}})).body;
  };
  EXPECT_THAT(why("http://crm.example/back"), HasSubstr("The redirect address must use https."));
  for (const char* uri : {"nonsense", "https://crm.example/back#part", "https://*.example/back",
                          "https://crm.example/a/../back"})
    EXPECT_THAT(why(uri), HasSubstr("The redirect address is not valid.")) << uri;
}

TEST_F(OAuth, ConsentOfAnUnknownAccountIsRefused) {
  const std::string request = authorization().substr(std::string("/o/oauth2/v2/auth?").size());
  const auto decide = [&](const std::string& account, const std::string& decision) {
    return google_.call("POST", "/o/oauth2/v2/auth",
                        gcal::net::form_encode(
                            {{"request", request}, {"account", account}, {"decision", decision}}));
  };
  const Response unknown = decide("eve@example.com", "allow");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(unknown.body, HasSubstr("No such account."));
  EXPECT_THAT(header(decide("anna@example.com", "cancel").headers, "Location"),
              HasSubstr("https://crm.example/back?error=access_denied"));
  EXPECT_THAT(header(decide("anna@example.com", "allow").headers, "Location"),
              HasSubstr("https://crm.example/back?code="));
}

TEST_F(OAuth, PromptNoneIsAnsweredByARedirectOnly) {
  const auto location = [&](const Changes& changes) {
    return header(google_.call("GET", authorization(changes)).headers, "Location");
  };
  EXPECT_THAT(location({{"prompt", "none"}}), HasSubstr("error=consent_required"))
      << "the only account is meant";
  (void)google_.call("POST", "/_emulator/accounts", R"({"email":"ben@example.com"})");
  EXPECT_THAT(location({{"prompt", "none"}}), HasSubstr("error=interaction_required"));
  EXPECT_THAT(location({{"prompt", "none"}, {"login_hint", "Ben@example.com"}}),
              HasSubstr("error=consent_required"));
}

TEST_F(OAuth, TokenRequestsNeedTheRightClient) {
  EXPECT_EQ(token(""), "400 invalid_request: Could not determine client ID from request.");
  EXPECT_EQ(token("client_id=other"), "401 invalid_client: The OAuth client was not found.");
  EXPECT_EQ(token("client_id=web"), "400 invalid_request: client_secret is missing.");
  EXPECT_EQ(token("client_id=web&client_secret=x"), "401 invalid_client: Unauthorized");
  EXPECT_EQ(token("client_id=web&client_secret=s3cret"),
            "400 invalid_request: Missing required parameter: grant_type");
  EXPECT_EQ(token("client_id=app&grant_type=password"),
            "400 unsupported_grant_type: Invalid grant_type: password")
      << "a public client has no secret";
  EXPECT_EQ(token("client_id=app&grant_type=refresh_token"),
            "400 invalid_request: Missing required parameter: refresh_token");
  EXPECT_EQ(token("client_id=app&grant_type=authorization_code"),
            "400 invalid_request: Missing required parameter: code");
  EXPECT_EQ(google_.call("GET", "/token").status, 405);
}

TEST_F(OAuth, ClientMayAuthenticateInTheHeader) {
  const std::string form = "grant_type=refresh_token&refresh_token=x";
  EXPECT_EQ(token(form, basic("web:s3cret")), "400 invalid_grant: Bad Request");
  EXPECT_EQ(token(form, basic("web:s3%63ret")), "400 invalid_grant: Bad Request")
      << "both are form-encoded";
  EXPECT_EQ(token(form, basic("web:wrong")), "401 invalid_client: Unauthorized");
  EXPECT_EQ(token(form, basic("web")), "400 invalid_request: Bad Request");
  EXPECT_EQ(token(form, basic(":s3cret")), "400 invalid_request: Bad Request");
  EXPECT_EQ(token(form, "Basic !"), "400 invalid_request: Bad Request");
}

TEST_F(OAuth, TokensDescribeThemselvesByTheirScopes) {
  const auto issue = [&](const char* scopes) {
    google_.token =
        google_
            .json("POST", "/_emulator/tokens",
                  std::string(R"({"email":"anna@example.com","scopes":")") + scopes + "\"}")
            .string("access_token");
  };
  issue("openid email profile");
  const Json user = google_.json("GET", "/v1/userinfo");
  EXPECT_EQ(user.string("name"), "Anna");
  EXPECT_EQ(user.string("email"), "anna@example.com");
  EXPECT_EQ(google_.json("GET", "/oauth2/v2/userinfo").string("id"), user.string("sub"));
  const Json token = google_.json("GET", "/tokeninfo");
  EXPECT_EQ(token.string("sub"), user.string("sub"));
  EXPECT_EQ(token.string("email_verified"), "true");
  issue("calendar.events");
  EXPECT_FALSE(google_.json("GET", "/v1/userinfo").contains("email"));
  EXPECT_FALSE(google_.json("GET", "/tokeninfo").contains("email"));
  google_.token = "unknown";
  EXPECT_EQ(google_.call("GET", "/v1/userinfo").status, 401);
  EXPECT_EQ(google_.json("GET", "/tokeninfo").string("error"), "invalid_token");
}

TEST_F(OAuth, IdTokenHasTheClaimsOfItsScopes) {
  const Json grant =
      google_.json("POST", "/_emulator/tokens",
                   R"({"email":"anna@example.com","client_id":"app","scopes":"openid profile"})");
  const Json answer = google_.json("POST", "/token",
                                   "client_id=app&grant_type=refresh_token&refresh_token=" +
                                       gcal::net::percent_encode(grant.string("refresh_token")));
  const std::string& id = answer.string("id_token");
  const std::size_t begin = id.find('.') + 1;
  const auto bytes = gcal::base::from_base64url(id.substr(begin, id.find('.', begin) - begin));
  ASSERT_TRUE(bytes) << answer.dump();
  const Json claims = *Json::parse(std::string(bytes->begin(), bytes->end()));
  EXPECT_EQ(claims.string("aud"), "app");
  EXPECT_EQ(claims.string("name"), "Anna");
  EXPECT_FALSE(claims.contains("email"));
  EXPECT_EQ(claims["exp"].as_integer() - claims["iat"].as_integer(), 3600);
}

TEST_F(OAuth, ConsentPageExplainsEachScopeInBothLanguages) {
  const std::tuple<const char*, const char*, const char*> scopes[] = {
      {"openid", "Associate you with your personal info on Google",
       "Sie mit Ihren Google-Daten verknüpfen"},
      {"email", "See your primary Google Account email address", "Ihre E-Mail-Adresse sehen"},
      {"profile", "See your name and picture", "Ihren Namen und Ihr Bild sehen"},
      {"calendar", "See, edit, share and delete all the calendars you can access",
       "Alle Kalender sehen, bearbeiten, teilen und löschen"},
      {"calendar.readonly", "See any calendar you can access", "Alle Kalender ansehen"},
      {"calendar.events", "View and edit events on all your calendars",
       "Termine in allen Kalendern ansehen und bearbeiten"},
      {"calendar.events.readonly", "View events on all your calendars",
       "Termine in allen Kalendern ansehen"},
      {"calendar.calendarlist", "See, add and remove Google calendars you&#39;re subscribed to",
       "Die Liste Ihrer Kalender sehen und ändern"},
      {"calendar.calendarlist.readonly",
       "See the list of Google calendars you&#39;re subscribed to",
       "Die Liste Ihrer Kalender sehen"},
      {"calendar.app.created", "Make secondary calendars, and see and change events on them",
       "Eigene Kalender anlegen und verwalten"},
      {"calendar.settings.readonly", "View your Calendar settings",
       "Ihre Kalendereinstellungen sehen"},
      {"calendar.other", "calendar.other", "calendar.other"}};
  for (const auto& [scope, english, german] : scopes)
    for (const auto& [language, text] : {std::pair("en", english), std::pair("de", german)})
      EXPECT_THAT(google_
                      .call("GET", authorization({{"scope", scope},
                                                  {"login_hint", "anna@example.com"},
                                                  {"hl", language}}))
                      .body,
                  HasSubstr("<span>" + std::string(text) + "<small>"))
          << scope << " " << language;
}

TEST_F(OAuth, PagesEscapeWhatTheClientSays) {
  (void)google_.call("POST", "/_emulator/clients", R"({"client_id":"bad","name":"<script>'\"&"})");
  const std::string page =
      google_.call("GET", authorization({{"client_id", "bad"}, {"login_hint", "anna@example.com"}}))
          .body;
  EXPECT_THAT(page, HasSubstr("<h1>&lt;script&gt;&#39;&quot;&amp; wants access"));
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
}

TEST_F(OAuth, MetadataNamesTheAddressByWhichItWasAsked) {
  Request request;
  request.path = "/.well-known/openid-configuration";
  request.origin = "http://127.0.0.1:8081";
  const auto endpoint = [&] {
    return Json::parse(google_.emulator.handle(request).body)->string("token_endpoint");
  };
  EXPECT_EQ(endpoint(), "http://127.0.0.1:8081/token");
  request.origin = "https://accounts.google.com";
  EXPECT_EQ(endpoint(), "https://oauth2.googleapis.com/token");
}

}  // namespace
}  // namespace emulator
