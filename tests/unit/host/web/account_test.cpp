// The page "Calendar accounts": what it shows and commands, and what the browser gets when a plugin
// or the host cannot serve a request.
#include <algorithm>

#include "src/host/web/static_files.hpp"
#include "src/hosting/web/rate_limit.hpp"
#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

constexpr const char* kPlugin = "com.example.diary";

class AccountPage : public WebTest {
 protected:
  AccountPage() {
    const auto users = crm->users().list();
    for (const User& user : *users)
      if (user.email == "anna@example.com") user_ = user.id;
    const auto created = crm->accounts().finish_setup({.id = {},
                                                       .plugin = kPlugin,
                                                       .user = user_,
                                                       .unique_id = "sub-1",
                                                       .title = "Nord",
                                                       .identity = "me@provider.example"});
    if (created) account_ = created->id;
  }
  std::string path(const char* rest) const { return "/api/accounts/" + account_ + rest; }

  std::string user_, account_;
  Browser page_ = anna();
};

TEST_F(AccountPage, AccountIsShownWithItsCalendarsAndItsDefault) {
  const auto id = crm->plugin_calendars().put(
      kPlugin, {account_, "work", "Work", "#0b57d0", "owner", "two_way"});
  ASSERT_TRUE(id);
  ASSERT_EQ(page_.put("/api/calendars/default", Json::object({{"calendar", *id}})).status, 200);
  const Json list = page_.get("/api/accounts").json();
  ASSERT_EQ(list.items().size(), 1u);
  const Json& one = list.items()[0];
  EXPECT_EQ(one.string("title") + " " + one.string("identity") + " " + one.string("state"),
            "Nord me@provider.example active");
  EXPECT_EQ(one.string("default_calendar"), *id);
  EXPECT_EQ(one["calendars"].items().size(), 1u);
  EXPECT_FALSE(one.contains("config")) << "it belongs to the plugin";
}

// Nothing would carry what is made in its calendars to the other side.
TEST_F(AccountPage, PluginThatDoesNotRunIsSaidAndItsCalendarIsNoDefault) {
  const auto id = crm->plugin_calendars().put(
      kPlugin, {account_, "work", "Work", "#0b57d0", "owner", "two_way"});
  ASSERT_TRUE(id);
  const Json wanted = Json::object({{"calendar", *id}});
  const auto event = Json::object(
      {{"event",
        *Json::parse(
            R"({"title":"Visit","start":{"date":"2026-03-02"},"end":{"date":"2026-03-03"}})")}});
  const auto calendar_of_a_new_one = [&] {
    const Reply created = page_.post("/api/events", event);
    EXPECT_EQ(created.status, 201) << created.body;
    return page_.get("/api/events/" + created.json().string("id")).json().string("calendar");
  };
  ASSERT_EQ(page_.put("/api/calendars/default", wanted).status, 200);
  EXPECT_EQ(page_.get("/api/accounts").json().items()[0].string("plugin_state"), "running");
  EXPECT_EQ(calendar_of_a_new_one(), *id);
  for (const char* state : {"refused", "stopped", "stuck"}) {
    script.list[0].state = state;
    const Json account = page_.get("/api/accounts").json().items()[0];
    EXPECT_EQ(account.string("plugin_state"), state);
    EXPECT_FALSE(account["calendars"].items()[0]["is_carried"].as_bool());
    EXPECT_EQ(page_.put("/api/calendars/default", wanted).status, 400) << state;
    EXPECT_NE(calendar_of_a_new_one(), *id) << state;
  }
  script.list.clear();
  EXPECT_EQ(page_.get("/api/accounts").json().items()[0].string("plugin_state"), "missing");
}

TEST_F(AccountPage, AccountIsRemovedByTheHostOnlyWhileItsPluginDoesNotRun) {
  const auto id = crm->plugin_calendars().put(
      kPlugin, {account_, "work", "Work", "#0b57d0", "owner", "two_way"});
  ASSERT_TRUE(id);
  ASSERT_TRUE(crm->plugin_calendars().set_default(user_, *id));
  EXPECT_EQ(page_.erase(path("")).status, 409) << "the plugin revokes its access first";
  script.list[0].state = "refused";
  EXPECT_EQ(bert().erase(path("")).status, 404);
  EXPECT_EQ(page_.erase(path("")).status, 200);
  EXPECT_TRUE(page_.get("/api/accounts").json().items().empty());
  const auto calendar = crm->calendars().get(*id);
  ASSERT_TRUE(calendar);
  EXPECT_EQ(calendar->state, "gone");
  EXPECT_FALSE(calendar->is_default);
}

// A user who has left cannot do it.
TEST_F(AccountPage, AdministratorEndsTheAccountOfAnotherUserAfterThePassword) {
  const auto id = crm->plugin_calendars().put(
      kPlugin, {account_, "work", "Work", "#0b57d0", "owner", "two_way"});
  ASSERT_TRUE(id);
  ASSERT_EQ(page_.put("/api/calendars/default", Json::object({{"calendar", *id}})).status, 200);
  const std::string other = "/api/accounts/" + account_;
  EXPECT_EQ(bert().erase(other).status, 404) << "no administrator";
  const auto users = crm->users().list();
  for (const User& user : *users) {
    if (user.email == "bert@example.com") {
      ASSERT_TRUE(crm->users().set_role(user.id, "admin"));
    }
  }
  Browser administrator = bert();
  const Json seen = administrator.get("/api/plugins/com.example.diary/accounts").json();
  ASSERT_EQ(seen.items().size(), 1u);
  EXPECT_EQ(seen.items()[0]["user"].string("id"), user_);
  EXPECT_FALSE(seen.items()[0].contains("config"));
  EXPECT_EQ(administrator.get("/api/users/" + user_ + "/accounts").json().items().size(), 1u);
  clock.advance(std::chrono::minutes(16));
  const Reply refused = administrator.erase(other);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.error_key(), "error.confirm");
  EXPECT_EQ(crm->accounts().any(account_)->state, "active");
  ASSERT_EQ(
      administrator.post("/api/session/confirm", Json::object({{"password", "a good password"}}))
          .status,
      200);
  EXPECT_EQ(administrator.erase(other).status, 200);
  EXPECT_EQ(crm->accounts().any(account_)->state, "disconnected");
  EXPECT_EQ(crm->plugin_calendars().list(kPlugin, account_)->at(0).state, "gone");
  EXPECT_FALSE(crm->plugin_calendars().list(kPlugin, account_)->at(0).is_default);
  EXPECT_EQ(administrator.erase(other).status, 404) << "it is gone";
  EXPECT_EQ(administrator.get("/api/plugins/com.example.diary/accounts").json().items().size(), 0u);
  const auto lines = log.lines();
  EXPECT_TRUE(std::ranges::any_of(lines, [&](const Json& line) {
    return line.string("action") == "account_removed" && line.string("object") == account_;
  }));
}

TEST_F(AccountPage, DisconnectedAccountDoesNotExist) {
  ASSERT_TRUE(crm->accounts().set_state(account_, "disconnected", kPlugin));
  EXPECT_EQ(page_.get(path("/status")).status, 404);
  for (const char* command : {"/pause", "/resume", "/sync"}) {
    const Reply reply = page_.post(path(command));
    EXPECT_EQ(reply.status, 404) << command;
    EXPECT_EQ(reply.error_key(), "error.not_found");
  }
}

TEST_F(AccountPage, StatusIsThePluginsAnswerAboutThisAccount) {
  script.status = [&](const Json& request, PluginAnswer answer) {
    EXPECT_EQ(request.string("account"), account_);
    EXPECT_EQ(request.string("user"), user_);
    answer(std::string(R"({"calendars":[]})"));
  };
  EXPECT_EQ(page_.get(path("/status")).json().dump(), R"({"calendars":[]})");
  script.status = [](const Json&, PluginAnswer answer) { answer(std::string("nonsense")); };
  const Reply reply = page_.get(path("/status"));
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.error_key(), "error.internal");
  EXPECT_EQ(reply.json()["error"].string("message"),
            "the request failed inside the host; its log says why");
}

TEST_F(AccountPage, EachErrorOfAPluginHasItsStatusAndKey) {
  const std::tuple<Code, int, const char*> cases[] = {{Code::invalid, 400, "error.invalid"},
                                                      {Code::not_found, 404, "error.not_found"},
                                                      {Code::gone, 410, "error.gone"},
                                                      {Code::conflict, 409, "error.conflict"},
                                                      {Code::denied, 403, "error.denied"},
                                                      {Code::needs_auth, 409, "error.needs_auth"},
                                                      {Code::unavailable, 503, "error.unavailable"},
                                                      {Code::timeout, 503, "error.timeout"},
                                                      {Code::cancelled, 503, "error.unavailable"},
                                                      {Code::internal, 500, "error.internal"}};
  for (const auto& [code, status, key] : cases) {
    script.sync = [code = code](const Json&, PluginAnswer answer) {
      answer(Error{code, "title: why", std::chrono::milliseconds(1200)});
    };
    const Reply reply = page_.post(path("/sync"));
    EXPECT_EQ(reply.status, status) << key;
    EXPECT_EQ(reply.error_key(), key);
    EXPECT_EQ(reply.headers.get("Retry-After"), "2") << "whole seconds, rounded up";
    EXPECT_EQ(reply.json()["error"].string("field"), code == Code::invalid ? "title" : "") << key;
  }
}

TEST_F(AccountPage, ConnectorsAreTheRunningPluginsWithASetup) {
  script.list.push_back(
      {"com.example.broken", "1.0.0", "refused", "why", "b", "b", "x", true, true});
  script.list.push_back({"com.example.silent", "1.0.0", "running", "", "s", "s", "x", false, true});
  EXPECT_EQ(page_.get("/api/connectors").json().dump(),
            R"([{"plugin":"com.example.diary","name_key":"diary.name","add_key":"diary.add",)"
            R"("icon":"calendar"}])");
  const Json all = page_.get("/api/plugins").json();
  ASSERT_EQ(all.items().size(), 3u);
  EXPECT_EQ(all.items()[1].string("reason"), "why");
}

TEST_F(AccountPage, LanguageOfAStepIsTheUsersOrThatOfTheBrowser) {
  std::string language;
  script.step = [&](const Json& request, PluginAnswer answer) {
    if (request.string("kind") != "discard") language = request.string("locale");
    answer(std::string(R"({"type":"abort","reason":"abort.refused"})"));
  };
  const auto with = [&](const char* accepted) {
    language.clear();
    (void)page_.send("POST", "/api/flows", R"({"plugin":"com.example.diary","kind":"setup"})",
                     {{"Accept-Language", accepted}});
    return language;
  };
  EXPECT_EQ(with("de-AT,de;q=0.9,en;q=0.8"), "de");
  EXPECT_EQ(with("fr-FR, en;q=0.7, de;q=0.3"), "en") << "the first that there is";
  EXPECT_EQ(with("de"), "de");
  EXPECT_EQ(with("deu, enx"), "en") << "no language that there is";
  EXPECT_EQ(with(" , "), "en");
  ASSERT_EQ(page_.patch("/api/me", Json::object({{"locale", "de"}})).status, 200);
  EXPECT_EQ(with("en"), "de");
}

TEST_F(AccountPage, RouteOfASessionGetsTheUser) {
  script.http = [&](const Json& request, std::string, PluginAnswer answer) {
    answer(Json::object({{"status", 200}, {"body", request.string("user")}}).dump());
  };
  const Reply reply = page_.send("POST", "/plugins/com.example.diary/own");
  EXPECT_EQ(reply.body, user_);
  EXPECT_EQ(reply.headers.get("Content-Type"), "text/plain; charset=utf-8")
      << "the plugin names none";
  EXPECT_EQ(reply.headers.get("Cache-Control"), "no-store");
}

TEST_F(AccountPage, RouteGetsItsWholeAddressAndAnswersBytes) {
  Json seen;
  script.http = [&](const Json& request, std::string, PluginAnswer answer) {
    seen = request;
    answer(Json::object({{"status", 200}, {"headers", Json::object()}, {"body_base64", "AP8="}})
               .dump());
  };
  const Reply reply = page_.send("POST", "/plugins/com.example.diary/webhook?a=1", "",
                                 {{"X-Part", "one"}, {"X-Part", "two"}, {"Cookie", "other=1"}});
  EXPECT_EQ(reply.body, std::string("\0\xFF", 2));
  EXPECT_EQ(reply.headers.get("Content-Security-Policy"), "sandbox; default-src 'none'");
  EXPECT_EQ(seen.string("mount"), "/plugins/com.example.diary/");
  EXPECT_EQ(seen.string("path"), "webhook");
  const std::string url = seen.string("url"), end = "/plugins/com.example.diary/webhook?a=1";
  EXPECT_TRUE(url.starts_with("http://") && url.ends_with(end)) << url;
  EXPECT_EQ(seen.string("peer"), "127.0.0.1");
  EXPECT_EQ(seen["headers"].string("x-part"), "one, two");
  EXPECT_FALSE(seen["headers"].contains("cookie"));
}

TEST_F(AccountPage, TooManyRequestsOfOnePeerAskForAPause) {
  std::atomic<int> asked = 0;
  script.http = [&](const Json&, std::string, PluginAnswer answer) {
    ++asked;
    answer(std::string(R"({"status":204})"));
  };
  int refused = 0;
  Reply last;
  for (int i = 0; i < 510 && refused == 0; ++i) {  // the clock does not move: no refill
    last = page_.send("POST", "/plugins/com.example.diary/webhook");
    refused += last.status == 429;
  }
  EXPECT_EQ(asked, 500);
  EXPECT_EQ(last.status, 429);
  EXPECT_EQ(last.headers.get("Retry-After"), "1");
  EXPECT_EQ(last.error_key(), "error.too_many");
}

TEST_F(AccountPage, LiveStreamIsOnlyReadAndALogInNeedsBothFields) {
  EXPECT_EQ(page_.post("/api/live").status, 405);
  EXPECT_EQ(browser().get("/api/live").status, 401);
  const Reply reply = browser().post("/api/session", Json::object({{"email", "anna@example.com"}}));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.json()["error"].string("message"), "email and password are needed");
}

TEST(RateLimitTest, OnlyTheBucketsThatSayNothingAreForgotten) {
  using std::chrono::milliseconds;
  RateLimit limit(2, 1);
  for (int i = 0; i < 10'000; ++i)
    ASSERT_TRUE(limit.allows("peer " + std::to_string(i), milliseconds(0)));
  EXPECT_TRUE(limit.allows("another", milliseconds(500))) << "all others share one bucket";
  EXPECT_TRUE(limit.allows("a third", milliseconds(500)));
  EXPECT_FALSE(limit.allows("another", milliseconds(500))) << "all of them wait for their refill";
  EXPECT_TRUE(limit.allows("another", milliseconds(1000)));
  EXPECT_TRUE(limit.allows("peer 1", milliseconds(1000)));
}

TEST_F(AccountPage, FolderWithoutThePageIsNamed) {
  const auto open = [&](const char* ui) {
    const auto files = StaticFiles::open(folder / ui, folder / "web/node_modules");
    return files ? "" : files.error().message;
  };
  EXPECT_EQ(open("web/ui"), "");
  EXPECT_EQ(open("none"), "the page is missing: no index.html in " + (folder / "none").string());
  const std::filesystem::path list = folder / "web/npm_files.txt";
  std::filesystem::remove(list);
  EXPECT_EQ(open("web/ui"), "the list of the page's packages is missing: " + list.string());
}

}  // namespace
}  // namespace host
