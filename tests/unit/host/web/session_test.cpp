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
  page.cookie = "made up";
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
  EXPECT_FALSE(reply.headers.get("Strict-Transport-Security").empty());
  EXPECT_EQ(page.send("DELETE", "/api/session", {}, {{"Origin", "https://crm.example.com"}}).status,
            200);
}

}  // namespace
}  // namespace host
