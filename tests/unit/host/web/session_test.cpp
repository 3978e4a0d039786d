// Log-in, session, CSRF, and the checks that stand before every request.
#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

class Session : public WebTest {};

TEST_F(Session, LogInSetsAProtectedCookieAndTheSessionWorks) {
  Browser page = browser();
  const Reply reply = page.log_in("Anna@Example.com");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const std::string_view cookie = reply.headers.get("Set-Cookie");
  EXPECT_NE(cookie.find("HttpOnly"), std::string_view::npos);
  EXPECT_NE(cookie.find("SameSite=Lax"), std::string_view::npos);
  EXPECT_EQ(cookie.find("Secure"), std::string_view::npos) << "the page is served over http here";
  const Json me = page.get("/api/session").json();
  EXPECT_EQ(me["user"].string("email"), "anna@example.com");
  EXPECT_EQ(me["user"].string("role"), "admin");
  EXPECT_EQ(me.string("csrf"), page.csrf);
}

TEST_F(Session, FifthWrongPasswordAsksForAPause) {
  Browser page = browser();
  for (int i = 0; i < 5; ++i) {
    const Reply reply = page.log_in("anna@example.com", "a wrong one");
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.error_key(), "login.wrong");
  }
  Reply reply = page.log_in("anna@example.com");
  EXPECT_EQ(reply.status, 429) << "even the right password waits";
  EXPECT_EQ(reply.error_key(), "login.pause");
  EXPECT_EQ(reply.json()["error"]["args"]["seconds"].as_integer(), 1);
  EXPECT_EQ(reply.headers.get("Retry-After"), "1");
  EXPECT_EQ(page.log_in("nobody@example.com", "a wrong one").status, 401)
      << "somebody else's pause is not ours";
  clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(page.log_in("anna@example.com").status, 200);
}

TEST_F(Session, RequestsWithoutASessionAre401) {
  Browser page = browser();
  for (const char* path :
       {"/api/session", "/api/calendars", "/api/occurrences?start=2026-01-01&end=2026-02-01",
        "/api/leads", "/api/accounts", "/api/flows", "/api/live"}) {
    const Reply reply = page.get(path);
    EXPECT_EQ(reply.status, 401) << path;
    EXPECT_EQ(reply.error_key(), "error.no_session") << path;
  }
  page.cookie = "crm_session=made up";
  EXPECT_EQ(page.get("/api/calendars").status, 401);
}

TEST_F(Session, LogOutEndsTheSessionForEveryPage) {
  Browser page = anna();
  EventSource live(page);
  ASSERT_TRUE(live.reads("event: hello"));
  const Reply reply = page.erase("/api/session");
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.headers.get("Set-Cookie").find("Max-Age=0"), std::string_view::npos);
  EXPECT_EQ(page.get("/api/session").status, 401);
  EXPECT_TRUE(live.ends());
}

TEST_F(Session, MissingOrForeignCsrfTokenIs403AndChangesNothing) {
  Browser page = anna();
  const Browser other = anna();
  const std::string mine = page.csrf;
  for (const std::string& token : {std::string(), std::string("wrong"), other.csrf}) {
    page.csrf = token;
    const Reply reply = page.patch("/api/me", Json::object({{"theme", "dark"}}));
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(reply.error_key(), "error.csrf");
  }
  page.csrf = mine;
  EXPECT_EQ(page.get("/api/session").json()["user"].string("theme"), "");
  EXPECT_EQ(page.patch("/api/me", Json::object({{"theme", "dark"}})).json().string("theme"),
            "dark");
}

TEST_F(Session, ChangesFromAnotherSiteAreRefused) {
  Browser page = anna();
  const std::string body = Json::object({{"theme", "dark"}}).dump();
  EXPECT_EQ(page.send("PATCH", "/api/me", body, {{"Origin", "https://evil.example"}}).status, 403);
  EXPECT_EQ(page.send("PATCH", "/api/me", body, {{"Origin", "null"}}).status, 403);
  EXPECT_EQ(page.send("PATCH", "/api/me", body, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
  EXPECT_EQ(page.send("PATCH", "/api/me", body, {{"Content-Type", "text/plain"}}).status, 400)
      << "what a form can send";
  EXPECT_EQ(page.send("PATCH", "/api/me", body,
                      {{"Origin", "http://127.0.0.1:" + std::to_string(server->port())},
                       {"Sec-Fetch-Site", "same-origin"}})
                .status,
            200);
}

TEST_F(Session, ForeignHostNameIsNotServed) {
  Browser page = anna();
  page.host = "rebound.example:" + std::to_string(server->port());
  EXPECT_EQ(page.get("/").status, 421);
  EXPECT_EQ(page.get("/api/session").status, 421);
  page.host = "LocalHost:" + std::to_string(server->port());
  EXPECT_EQ(page.get("/api/session").status, 200);
  EXPECT_EQ(page.get("/").headers.get("Location"),
            "http://127.0.0.1:" + std::to_string(server->port()) + "/")
      << "a page under a second name would lose its cookie at the consent";
}

TEST_F(Session, KnownSettingsAreStoredAndUnknownOnesNamed) {
  Browser page = anna();
  EXPECT_EQ(page.patch("/api/me", Json::object({{"locale", "de"}, {"time_zone", "Asia/Kathmandu"}}))
                .status,
            200);
  EXPECT_EQ(page.get("/api/session").json()["user"].string("time_zone"), "Asia/Kathmandu");
  const Reply reply = page.patch("/api/me", Json::object({{"role", "admin"}}));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["error"].string("field"), "role");
}

TEST_F(Session, InvalidInputIsExplained) {
  Browser page = anna();
  EXPECT_EQ(page.send("PATCH", "/api/me", "{\"theme\":").status, 400);
  EXPECT_EQ(page.send("PATCH", "/api/me", "[]").status, 400);
  EXPECT_EQ(page.send("PATCH", "/api/me", std::string(200, '[')).status, 400);
  EXPECT_EQ(
      page.send("PATCH", "/api/me", "{\"theme\":\"" + std::string(70'000, 'x') + "\"}").status,
      413);
  EXPECT_EQ(page.get("/api/nothing").status, 404);
  EXPECT_EQ(page.get("/api/events/%00").status, 400);
  const Reply reply = page.put("/api/me", Json::object());
  EXPECT_EQ(reply.status, 405);
  EXPECT_EQ(reply.headers.get("Allow"), "PATCH");
}

TEST_F(Session, AdministratorsPageIs403ForSalesUsers) {
  EXPECT_EQ(bert().get("/api/plugins").status, 403);
  const Json list = anna().get("/api/plugins").json();
  ASSERT_EQ(list.items().size(), 1u);
  EXPECT_EQ(list.items()[0].string("state"), "running");
}

TEST_F(Session, EveryResponseHasTheSecurityHeaders) {
  Browser page = browser();
  for (const char* path : {"/", "/api/session", "/ui/app.js", "/nothing", "/plugins/x/y"}) {
    const Reply reply = page.get(path);
    EXPECT_NE(reply.headers.get("Content-Security-Policy").find("default-src 'self'"),
              std::string_view::npos)
        << path;
    EXPECT_EQ(reply.headers.get("Content-Security-Policy").find("unsafe"), std::string_view::npos)
        << path;
    EXPECT_NE(reply.headers.get("Content-Security-Policy").find("frame-ancestors 'none'"),
              std::string_view::npos)
        << path;
    EXPECT_EQ(reply.headers.get("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(reply.headers.get("Referrer-Policy"), "same-origin") << path;
  }
}

TEST_F(Session, NewLogInEndsTheSessionOfTheCookieThatCameAlong) {
  Browser page = anna();
  const Browser before = page;
  const std::string body =
      Json::object({{"email", "anna@example.com"}, {"password", "a good password"}}).dump();
  EXPECT_EQ(page.send("POST", "/api/session", body).status, 200);
  EXPECT_EQ(Browser(before).get("/api/session").status, 401);
}

TEST_F(Session, DeviceThatHasLoggedInBeforePassesThePauseOfItsNeighbours) {
  Browser page = browser();
  const Reply first = page.log_in("anna@example.com");
  ASSERT_EQ(first.headers.count("Set-Cookie"), 2u);
  for (const auto& [name, value] : first.headers.fields())
    if (value.starts_with("crm_device=")) page.device = value.substr(0, value.find(';'));
  ASSERT_FALSE(page.device.empty());
  Browser stranger = browser();
  for (int i = 0; i < 6; ++i) stranger.log_in("anna@example.com", "a wrong one");
  EXPECT_EQ(stranger.log_in("anna@example.com").status, 429);
  EXPECT_EQ(page.log_in("anna@example.com").status, 200);
}

TEST_F(Session, UserSeesAndEndsOtherSessions) {
  Browser page = anna(), other = anna(), third = anna();
  const Json list = page.get("/api/sessions").json();
  ASSERT_EQ(list.items().size(), 3u);
  int current = 0;
  for (const Json& session : list.items()) current += session["current"].as_bool();
  EXPECT_EQ(current, 1);
  EXPECT_EQ(page.erase("/api/sessions").status, 200);
  EXPECT_EQ(page.get("/api/session").status, 200);
  EXPECT_EQ(other.get("/api/session").status, 401);
  EXPECT_EQ(page.erase("/api/sessions/" + list.items()[0].string("id") + "x").status, 404);
}

TEST_F(Session, PasswordChangeNeedsThePresentPassword) {
  Browser page = anna();
  const auto change = [&](const char* present, const char* wanted) {
    return page.post("/api/me/password", Json::object({{"present", present}, {"wanted", wanted}}));
  };
  EXPECT_EQ(change("a wrong one", "another good one").status, 403);
  EXPECT_EQ(change("a good password", "football").json()["error"].string("field"), "password");
  EXPECT_EQ(change("a good password", "another good one").status, 200);
  EXPECT_EQ(page.get("/api/session").status, 200);
  EXPECT_EQ(browser().log_in("anna@example.com", "another good one").status, 200);
}

TEST_F(Session, ChangesOfUsersAskForAFreshPassword) {
  Browser page = anna();
  const std::string bert = this->bert().get("/api/session").json()["user"].string("id");
  clock.advance(std::chrono::minutes(16));
  const Json lock = Json::object({{"locked", true}});
  Reply reply = page.patch("/api/users/" + bert, lock);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.error_key(), "error.confirm");
  EXPECT_EQ(page.post("/api/session/confirm", Json::object({{"password", "a wrong one"}})).status,
            403);
  EXPECT_EQ(
      page.post("/api/session/confirm", Json::object({{"password", "a good password"}})).status,
      200);
  EXPECT_EQ(page.patch("/api/users/" + bert, lock).status, 200);
  EXPECT_EQ(browser().log_in("bert@example.com").status, 401);
  EXPECT_EQ(page.patch("/api/users/" + bert, Json::object({{"locked", false}})).status, 200);
  EXPECT_EQ(of("bert@example.com").get("/api/users").status, 403);
  EXPECT_EQ(page.post("/api/users", Json::object({{"email", "carl@example.com"},
                                                  {"name", "Carl"},
                                                  {"password", "a third password"}}))
                .status,
            201);
  EXPECT_EQ(page.get("/api/users").json().items().size(), 3u);
  EXPECT_EQ(page.erase("/api/users/" + bert).status, 200);
  EXPECT_EQ(page.get("/api/users").json().items().size(), 2u);
  const std::string anna = page.get("/api/session").json()["user"].string("id");
  EXPECT_EQ(page.erase("/api/users/" + anna).status, 409) << "the last administrator";
}

TEST_F(Session, AuditNamesWhoDidWhatWithoutWhatWasTyped) {
  Browser page = anna();
  const std::string anna = page.get("/api/session").json()["user"].string("id");
  const std::string bert = this->bert().get("/api/session").json()["user"].string("id");
  browser().log_in("a password in the wrong field", "another good one");
  page.patch("/api/users/" + bert, Json::object({{"locked", true}}));
  page.post("/api/me/password",
            Json::object({{"present", "a good password"}, {"wanted", "another good one"}}));
  page.erase("/api/session");
  std::vector<std::string> actions;
  for (const Json& line : log.lines()) {
    actions.push_back(line.string("action"));
    const std::string text = line.dump();
    for (const char* typed : {"password in", "good", "example.com"})
      EXPECT_EQ(text.find(typed), std::string::npos) << text;
    EXPECT_EQ(line.string("client"), "127.0.0.1");
    if (line.string("action") == "user_lock") {
      EXPECT_EQ(line.string("user"), anna);
      EXPECT_EQ(line.string("object"), bert);
    }
  }
  EXPECT_EQ(actions, (std::vector<std::string>{"log_in", "log_in", "log_in_failed", "user_lock",
                                               "password_change", "log_out"}));
}

TEST_F(Session, RefusalsWithoutACheckDoNotFillTheLog) {
  Browser stranger = browser();
  for (int i = 0; i < 100; ++i) stranger.log_in("anna@example.com", "a wrong one");
  EXPECT_EQ(log.lines().size(), 5u + 20u);
}

class HttpsSession : public WebTest {
 protected:
  HttpsSession() : WebTest("https://crm.example.com") {}
};

TEST_F(HttpsSession, HttpsCookieIsSecureAndThePublicNameIsServed) {
  Browser page = browser();
  page.host = "crm.example.com";
  const Reply reply = page.log_in("anna@example.com");
  ASSERT_EQ(reply.status, 200);
  EXPECT_NE(reply.headers.get("Set-Cookie").find("; Secure"), std::string_view::npos);
  EXPECT_TRUE(reply.headers.get("Set-Cookie").starts_with("__Host-crm_session="));
  EXPECT_NE(reply.headers.get("Strict-Transport-Security").find("includeSubDomains"),
            std::string_view::npos);
  const std::string genuine = page.cookie;
  page.cookie = genuine.substr(7);
  EXPECT_EQ(page.get("/api/session").status, 401) << "a name that another site can set";
  page.cookie = genuine;
  EXPECT_FALSE(reply.headers.get("Strict-Transport-Security").empty());
  EXPECT_EQ(page.send("DELETE", "/api/session", {}, {{"Origin", "https://crm.example.com"}}).status,
            200);
}

}  // namespace
}  // namespace host
