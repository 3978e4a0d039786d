// The live stream: what a page hears after a commit, and what it must not hear.
#include <chrono>
#include <future>
#include <mutex>

#include "tests/unit/host/web/world.hpp"

namespace host {
namespace {

class LiveStream : public WebTest {
 protected:
  static Json event() {
    return Json::object({{"summary", "Secret title"},
                         {"start", Json::object({{"date", "2026-03-10"}})},
                         {"end", Json::object({{"date", "2026-03-11"}})}});
  }
};

TEST_F(LiveStream, SaveInOneTabReportsTheCalendarToTheOther) {
  Browser page = anna();
  EventSource live(page);
  ASSERT_TRUE(live.reads("event: hello"));
  const Reply made = page.post("/api/events", Json::object({{"event", event()}}));
  ASSERT_EQ(made.status, 201);
  const std::string calendar =
      page.get("/api/events/" + made.json().string("id")).json().string("calendar");
  EXPECT_TRUE(live.reads("event: events\ndata: {\"calendar\":\"" + calendar + "\"}"))
      << live.received();
  EXPECT_EQ(live.received().find("Secret"), std::string::npos);
}

TEST_F(LiveStream, OtherUsersLearnNeitherCalendarNorAccount) {
  Browser owner = anna(), other = bert();
  EventSource live(other);
  ASSERT_TRUE(live.reads("event: hello"));
  const Reply made = owner.post("/api/events", Json::object({{"event", event()}}));
  const std::string calendar =
      owner.get("/api/events/" + made.json().string("id")).json().string("calendar");
  const std::string user = owner.get("/api/session").json()["user"].string("id");
  ASSERT_TRUE(crm->accounts().finish_setup(
      {"", "com.example.diary", user, "sub-1", "Diary", "a@b", Json::object()}));
  ASSERT_EQ(owner.patch("/api/calendars/" + calendar, Json::object({{"visible", false}})).status,
            200);
  ASSERT_EQ(owner.post("/api/leads", Json::object({{"name", "For all"}})).status, 201);
  EXPECT_TRUE(live.reads("event: records\ndata: {\"kind\":\"lead\"}")) << live.received();
  EXPECT_NE(live.received().find("event: events\ndata: {\"calendar\":\"\"}"), std::string::npos)
      << "its cards may show the appointment";
  EXPECT_EQ(live.received().find(calendar), std::string::npos);
  EXPECT_EQ(live.received().find("event: accounts"), std::string::npos);
  EXPECT_EQ(live.received().find("event: calendars"), std::string::npos);
}

TEST_F(LiveStream, PluginOfAnAccountLearnsThatAPageIsOpen) {
  Browser page = anna();
  const std::string user = page.get("/api/session").json()["user"].string("id");
  const auto account = crm->accounts().finish_setup(
      {"", "com.example.diary", user, "sub-1", "Diary", "a@b", Json::object()});
  ASSERT_TRUE(account);
  std::promise<Json> asked;
  std::once_flag first;
  script.status = [&](const Json& request, PluginAnswer answer) {
    std::call_once(first, [&] { asked.set_value(request); });
    answer(std::string("{}"));
  };
  EventSource live(page);
  ASSERT_TRUE(live.reads("event: hello"));
  std::future<Json> request = asked.get_future();
  ASSERT_EQ(request.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(request.get(),
            Json::object({{"account", account->id}, {"user", user}, {"viewed", true}}));
}

TEST_F(LiveStream, TooManyStreamsOfOneUserAreRefused) {
  Browser page = anna();
  std::vector<std::unique_ptr<EventSource>> open;
  for (int i = 0; i < 16; ++i) {
    open.push_back(std::make_unique<EventSource>(page));
    ASSERT_TRUE(open.back()->reads("event: hello"));
  }
  EXPECT_EQ(page.get("/api/live").status, 429);
  Browser other = bert();
  EXPECT_TRUE(EventSource(other).reads("event: hello"));
}

}  // namespace
}  // namespace host
