// The hosting library as a vendor's web server calls it, without the server of crm_host: what
// handle() checks by itself.
#include <gmock/gmock.h>

#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

using crm_hosting::Admission;
using crm_hosting::Asks;
using crm_hosting::Identity;
using crm_hosting::Request;
using crm_hosting::Response;
using ::testing::HasSubstr;

std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [known, value] : response.headers)
    if (known == name) return value;
  return {};
}

std::string key_of(const Response& response) {
  const auto body = Json::parse(response.body);
  return body ? (*body)["error"].string("key") : std::string();
}

class VendorServer : public WebTest {
 protected:
  Response handle(const std::string& method, const std::string& path, const Identity& identity,
                  const std::string& body = {}) {
    Request request{method, path, {}, {}, body, "192.0.2.1"};
    if (!body.empty()) request.headers.push_back({"content-type", "application/json"});
    return hosting->handle(std::move(request), identity);
  }
  Identity user(std::string_view email) const {
    const auto users = crm->users().list();
    for (const User& one : *users)
      if (one.email == email) return {one.id, one.role == "admin", "a session", "en", true, true};
    ADD_FAILURE() << "no user " << email;
    return {};
  }
};

TEST_F(VendorServer, WithoutAUserOnlyTextsAreServed) {
  EXPECT_EQ(handle("GET", "/api/accounts", {}).status, 401);
  EXPECT_EQ(handle("POST", "/plugins/com.example.diary/own", {}).status, 401);
  EXPECT_EQ(handle("GET", "/api/strings/de", {}).status, 200);
}

TEST_F(VendorServer, UncheckedRequestReadsButChangesNothing) {
  Identity anna = user("anna@example.com");
  anna.is_csrf_checked = false;
  EXPECT_EQ(handle("GET", "/api/accounts", anna).status, 200);
  const Response refused = handle("POST", "/api/flows", anna, R"({"plugin":"com.example.diary"})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(key_of(refused), "error.csrf");
  EXPECT_EQ(handle("POST", "/plugins/com.example.diary/own", anna).status, 403);
}

TEST_F(VendorServer, OnlyAdministratorsSeeThePlugins) {
  EXPECT_EQ(handle("GET", "/api/plugins", user("bert@example.com")).status, 403);
  EXPECT_EQ(handle("GET", "/api/plugins", user("anna@example.com")).status, 200);
}

TEST_F(VendorServer, BodyBeyondTheLimitIsRefusedBeforeAnythingElse) {
  const Admission admission =
      hosting->admit({"POST", "/plugins/com.example.diary/webhook", {}, {}, {}, "192.0.2.1"});
  EXPECT_FALSE(admission.refusal);
  EXPECT_EQ(admission.max_body, 16u);
  EXPECT_EQ(admission.asks, Asks::no_one);
  EXPECT_EQ(handle("POST", "/plugins/com.example.diary/webhook", {}, "seventeen bytes!!").status,
            413);
}

// A plugin is given JSON.
TEST_F(VendorServer, WhatIsNoTextDoesNotReachAPlugin) {
  Request request{"POST", "/plugins/com.example.diary/webhook", {}, {}, {}, "192.0.2.1"};
  EXPECT_NE(hosting->handle(request, {}).status, 400);
  request.headers.push_back({"x-a", "\xff"});
  EXPECT_EQ(hosting->handle(request, {}).status, 400);
  request.headers.clear();
  request.query = "a=\xff";
  EXPECT_EQ(hosting->handle(request, {}).status, 400);
}

TEST_F(VendorServer, OptionsThatCannotWorkAreRefusedByName) {
  const auto refusal = [this](auto change) {
    crm_hosting::Options options;
    options.data = folder / "vendor";
    change(options);
    const auto opened = crm_hosting::Hosting::open(std::move(options), crm->port());
    EXPECT_FALSE(opened);
    return opened ? std::string() : opened.error().message;
  };
  EXPECT_THAT(refusal([](auto& options) { options.program.clear(); }), HasSubstr("::program"));
  EXPECT_THAT(refusal([](auto& options) { options.data.clear(); }), HasSubstr("::data"));
  EXPECT_THAT(refusal([](auto& options) {
                options.database = "/file";
                options.postgres_url = "postgresql://crm@localhost/crm";
              }),
              HasSubstr("::database"));
  EXPECT_THAT(refusal([](auto&) {}), HasSubstr("CrmPort::public_url")) << "this CRM has none";
  for (const char* page : {"", "settings", "//evil.example/", "https://evil.example/"})
    EXPECT_THAT(refusal([=](auto& options) { options.settings_page = page; }),
                HasSubstr("::settings_page"))
        << page;
  EXPECT_THAT(refusal([](auto& options) { options.stop_deadline = std::chrono::milliseconds(-1); }),
              HasSubstr("::stop_deadline"));
}

TEST_F(VendorServer, PathsOfTheCrmItselfAreUnknown) {
  for (const char* path : {"/", "/api/session", "/api/events", "/plugins", "/plugins/x", "api"}) {
    const Admission admission = hosting->admit({"GET", path, {}, {}, {}, {}});
    ASSERT_TRUE(admission.refusal) << path;
    EXPECT_EQ(admission.refusal->status, 404) << path;
  }
  const Response wrong_method = handle("PUT", "/api/accounts", user("anna@example.com"));
  EXPECT_EQ(wrong_method.status, 405);
  EXPECT_EQ(header_of(wrong_method, "Allow"), "GET");
}

TEST_F(VendorServer, ReturnWithoutASessionSaysSoOnTheSettingsPage) {
  const Response response = handle("GET", "/plugins/com.example.diary/callback", {});
  EXPECT_EQ(response.status, 303);
  EXPECT_THAT(header_of(response, "Location"), HasSubstr("?error=flow.session_ended"));
}

TEST_F(VendorServer, EveryAnswerForbidsCaching) {
  for (const char* path : {"/api/accounts", "/api/strings/de", "/nothing"})
    EXPECT_EQ(header_of(handle("GET", path, user("anna@example.com")), "Cache-Control"), "no-store")
        << path;
}

// Their accounts are shown no more at once, and each plugin is asked to forget them by a task that
// outlives the process.
TEST_F(VendorServer, UserWhoLeftIsForgottenByTheirPlugins) {
  const std::string bert = user("bert@example.com").user, anna = user("anna@example.com").user;
  for (const std::string& owner : {bert, anna})
    ASSERT_TRUE(crm->accounts().finish_setup(
        {"", "com.example.diary", owner, "diary of " + owner, "Diary", owner + "@example.org"}));
  EXPECT_EQ(hosting->user_removed(anna).error().code, hosting::Code::conflict) << "is still there";
  ASSERT_TRUE(crm->database().write([&bert](hosting::Connection& c) {
    return c.run("UPDATE users SET email=?1 WHERE id=?1", bert);
  })) << "as a user without an address, crm_host shows one who left";
  ASSERT_TRUE(hosting->user_removed(bert));
  ASSERT_TRUE(hosting->user_removed(bert)) << "once more";
  ASSERT_TRUE(hosting->user_removed("never-there"));
  EXPECT_TRUE(crm->accounts().of_user(bert)->empty());
  EXPECT_EQ(crm->accounts().of_user(anna)->size(), 1u);
  std::vector<std::string> tasks;
  ASSERT_TRUE(crm->database().read([&](hosting::Connection& c) {
    return c.each("SELECT plugin || ' ' || key FROM tasks",
                  [&](const hosting::Row& row) { tasks.push_back(row.text(0)); });
  }));
  EXPECT_EQ(tasks, std::vector<std::string>{"com.example.diary crm:forget/" + bert});
}

// A CRM may carry its sessions in Authorization; a web hook of another service needs it.
TEST_F(VendorServer, AuthorizationReachesOnlyRoutesWithoutASession) {
  Json seen;
  script.http = [&seen](const Json& request, std::string, PluginAnswer answer) {
    seen = request["headers"];
    answer(std::string(R"({"status":204,"headers":{}})"));
  };
  const auto post = [&](const char* path, const Identity& identity) {
    Request request{"POST", path, {}, {{"Authorization", "Bearer of the CRM"}}, {}, "192.0.2.1"};
    EXPECT_EQ(hosting->handle(std::move(request), identity).status, 204) << path;
  };
  post("/plugins/com.example.diary/own", user("anna@example.com"));
  EXPECT_FALSE(seen.contains("authorization"));
  post("/plugins/com.example.diary/webhook", {});
  EXPECT_EQ(seen.string("authorization"), "Bearer of the CRM");
}

// A browser is asked to come again, instead of waiting for a plugin that is gone.
TEST_F(VendorServer, RequestsAfterStopAreAnswered) {
  EXPECT_TRUE(hosting->stop().empty());
  EXPECT_EQ(handle("GET", "/api/accounts", user("anna@example.com")).status, 503);
  EXPECT_TRUE(hosting->stop().empty()) << "once more";
}

}  // namespace
}  // namespace host
