// The controls: what they refuse, with which status and sentence, and what those show that no other
// test looks at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kEvents = "/calendar/v3/calendars/primary/events";
constexpr const char* kEvent = R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}})";

class ControlsTest : public ::testing::Test {
 protected:
  std::string control(const std::string& method, const std::string& path,
                      const std::string& body = "") {
    const Response answer = google_.call(method, "/_emulator" + path, body);
    return std::to_string(answer.status) + " " + answer.body;
  }
  Json shown(const std::string& path) { return google_.json("GET", "/_emulator" + path); }
  void watch(const std::string& id, const std::string& calendar = "primary") {
    const Response answer =
        google_.call("POST", "/calendar/v3/calendars/" + calendar + "/events/watch",
                     R"({"id":")" + id + R"(","type":"web_hook","address":"https://a.example/"})");
    ASSERT_EQ(answer.status, 200) << answer.body;
  }
  // "number state" of the notifications that are queued.
  std::vector<std::string> pushes() {
    std::vector<std::string> out;
    for (const Push& push : google_.emulator.take_pushes())
      out.push_back(header(push.headers, "X-Goog-Message-Number") + " " +
                    header(push.headers, "X-Goog-Resource-State"));
    return out;
  }

  InProcess google_;
};

TEST_F(ControlsTest, RefusalsSayWhatIsWanted) {
  const std::tuple<const char*, const char*, const char*, const char*> cases[] = {
      {"POST", "/accounts", "{", "400 {\"error\":"},
      {"POST", "/accounts", R"({"email":"anna"})", R"(400 {"error":"email is missing"})"},
      {"POST", "/groups", R"({"email":"g@x.example"})",
       R"(400 {"error":"a group is {email, members: [addresses]}"})"},
      {"POST", "/tokens", R"({"email":"eve@example.com"})", R"(404 {"error":"no such account"})"},
      {"POST", "/clients", "{}", R"(400 {"error":"client_id is missing"})"},
      {"POST", "/keys", R"({"keys":"x"})", R"(400 {"error":"keys is a list of API keys"})"},
      {"DELETE", "/faults/7", "", R"(404 {"error":"no such fault"})"},
      {"POST", "/faults", R"({"effect":{"status":503},"time":1})",
       R"(400 {"error":"unknown member: time"})"},
      {"POST", "/faults", R"({"effect":{"status":503},"match":{"host":"x"}})",
       R"(400 {"error":"unknown match: host"})"},
      {"POST", "/faults", R"({"effect":{"status":503},"probability":0})",
       R"(400 {"error":"skip and times are at least 0, probability is over 0 and at most 1"})"},
      {"POST", "/push", R"({"lose":2})",
       R"(400 {"error":"lose, duplicate and reorder are probabilities, delay_ms and )"
       R"(delay_seconds are at most an hour"})"},
      {"POST", "/push", R"({"delay_seconds":3601})", "400 {\"error\":\"lose, duplicate"},
      {"POST", "/push/send", R"({"channel":"none"})",
       R"(404 {"error":"there never was such a channel"})"},
      {"POST", "/clock", R"({"advance":"soon"})",
       R"(400 {"error":"advance is a number of seconds"})"},
      {"POST", "/series", R"({"email":"anna@example.com","scope":"some"})",
       R"(400 {"error":"scope is following or all"})"},
      {"POST", "/series", R"({"email":"anna@example.com","scope":"all","event":"x"})",
       R"(400 {"error":"change is an object: the members of the event that change"})"},
      {"POST", "/series", R"({"email":"anna@example.com","calendar":"none","scope":"all"})",
       "404 "},
      {"GET", "/nothing", "", R"(404 {"error":"no such control"})"},
      {"PUT", "/accounts", "", R"(404 {"error":"no such control"})"}};
  for (const auto& [method, path, body, answer] : cases)
    EXPECT_THAT(control(method, path, body), ::testing::StartsWith(answer)) << path << " " << body;
}

TEST_F(ControlsTest, FaultIsRemovedByItsNumber) {
  EXPECT_EQ(control("POST", "/faults", R"({"effect":{"status":503},"times":0})"),
            R"(200 {"id":1})");
  (void)control("POST", "/faults", R"({"effect":{"status":500},"times":0})");
  EXPECT_EQ(google_.call("GET", kEvents).status, 503) << "the earlier one counts";
  EXPECT_EQ(control("DELETE", "/faults/1"), R"(200 {"ok":true})");
  EXPECT_EQ(google_.call("GET", kEvents).status, 500);
  EXPECT_EQ(shown("/faults")["faults"].items().size(), 1u);
  EXPECT_EQ(control("DELETE", "/faults"), R"(200 {"ok":true})");
  EXPECT_EQ(google_.call("GET", kEvents).status, 200);
}

TEST_F(ControlsTest, FaultMeansOnlyWhatItsMatchSays) {
  (void)control("POST", "/faults",
                R"({"match":{"method":"GET","query_contains":"maxResults=7"},)"
                R"("effect":{"status":503},"skip":1,"times":2})");
  const std::string asked = std::string(kEvents) + "?maxResults=7";
  EXPECT_EQ(google_.call("GET", kEvents).status, 200);
  EXPECT_EQ(google_.call("POST", asked, kEvent).status, 200);
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(google_.call("GET", asked).status);
  EXPECT_THAT(statuses, ElementsAre(200, 503, 503, 200));
  EXPECT_EQ(shown("/stats")["fault_hits"].as_integer(), 2);
}

TEST_F(ControlsTest, StatisticsBeginAgain) {
  (void)google_.call("POST", std::string(kEvents) + "?sendUpdates=all",
                     R"({"id":"meet1","start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"},)"
                     R"("attendees":[{"email":"a@x.example"},{"email":"b@x.example"}]})");
  const Json before = shown("/stats");
  EXPECT_EQ(before["writes"].as_integer(), 1);
  EXPECT_EQ(before["mails_by_event"]["meet1"]["invitation"].as_integer(), 2);
  EXPECT_GE(before["total"].as_integer(), 1);
  EXPECT_EQ(control("POST", "/stats/reset"), R"(200 {"ok":true})");
  const Json after = shown("/stats");
  EXPECT_EQ(after["writes"].as_integer(), 0);
  EXPECT_EQ(after["total"].as_integer(), 0);
  EXPECT_TRUE(after["mails"].items().empty() && after["requests"].members().empty());
}

TEST_F(ControlsTest, ProjectAndUserHaveQuotasOfTheirOwn) {
  const auto reason = [&] {
    const Json error = google_.json("GET", kEvents)["error"];
    return error.is_null() ? "" : error["errors"].items().at(0).string("reason");
  };
  (void)control("POST", "/quotas", R"({"per_user_per_minute":2})");
  EXPECT_EQ(reason() + reason(), "");
  EXPECT_EQ(reason(), "userRateLimitExceeded");
  (void)control("POST", "/quotas", R"({"per_project_per_minute":1})");
  EXPECT_EQ(reason(), "");
  EXPECT_EQ(reason(), "rateLimitExceeded");
  EXPECT_EQ(shown("/stats")["quota_refusals"].as_integer(), 1);
  google_.clock.advance(std::chrono::seconds{60});
  EXPECT_EQ(reason(), "") << "a minute slides";
  (void)control("POST", "/quotas", R"({"per_user_per_minute":2,"patch_units":3})");
  EXPECT_EQ(google_.call("PATCH", std::string(kEvents) + "/none", "{}").status, 403)
      << "a PATCH costs three";
}

TEST_F(ControlsTest, ChannelsAreShownWithTheirLastNumber) {
  watch("c1");
  EXPECT_THAT(pushes(), ElementsAre("1 sync"));
  const Json channels = shown("/channels")["channels"];
  ASSERT_EQ(channels.items().size(), 1u);
  const Json& one = channels.items()[0];
  EXPECT_EQ(one.string("id") + " " + one.string("calendar") + " " + one.string("email"),
            "c1 anna@example.com anna@example.com");
  EXPECT_EQ(one["number"].as_integer(), 1);
  EXPECT_GT(one.string("expiration"), shown("/clock").string("now"));
}

TEST_F(ControlsTest, NotificationsAreSentLostDoubledAndOutOfOrder) {
  watch("c1");
  (void)pushes();
  EXPECT_EQ(control("POST", "/push/send", R"({"channel":"c1","count":2,"state":"not_exists"})"),
            R"(200 {"sent":2})");
  EXPECT_THAT(pushes(), ElementsAre("2 not_exists", "3 not_exists"));
  EXPECT_EQ(control("POST", "/push/send", R"({"channel":"c1","number":2})"), R"(200 {"sent":1})");
  EXPECT_THAT(pushes(), ElementsAre("2 exists")) << "as Google sends one again";
  (void)control("POST", "/push", R"({"lose":1})");
  (void)google_.call("POST", kEvents, kEvent);
  EXPECT_TRUE(pushes().empty());
  EXPECT_EQ(shown("/stats")["pushes_lost"].as_integer(), 1);
  (void)control("POST", "/push", R"({"duplicate":1})");
  (void)google_.call("POST", kEvents, kEvent);
  const auto doubled = pushes();
  ASSERT_EQ(doubled.size(), 2u);
  EXPECT_EQ(doubled[0], doubled[1]);
}

TEST_F(ControlsTest, LateNotificationComesWithTheClock) {
  watch("c1");
  (void)pushes();
  (void)control("POST", "/push", R"({"delay_seconds":30})");
  (void)google_.call("POST", kEvents, kEvent);
  EXPECT_TRUE(pushes().empty());
  EXPECT_EQ(google_.emulator.next_push(), 30'000);
  bool notified = false;
  google_.emulator.set_push_listener([&] { notified = true; });
  EXPECT_THAT(control("POST", "/clock", R"({"advance":30})"), HasSubstr("\"now\":"));
  EXPECT_TRUE(notified);
  EXPECT_EQ(pushes().size(), 1u);
  google_.emulator.set_push_listener({});
}

TEST_F(ControlsTest, RevokedTokensOfAnAccountAreRefused) {
  (void)control("POST", "/accounts", R"({"email":"ben@example.com"})");
  EXPECT_EQ(control("POST", "/tokens/revoke", R"({"email":"ben@example.com"})"),
            R"(200 {"revoked":0})");
  EXPECT_EQ(google_.call("GET", kEvents).status, 200);
  EXPECT_EQ(control("POST", "/tokens/revoke", R"({"email":"Anna@example.com"})"),
            R"(200 {"revoked":2})");
  EXPECT_EQ(google_.call("GET", kEvents).status, 401);
}

TEST_F(ControlsTest, GroupIsExpandedToItsMembers) {
  EXPECT_EQ(control("POST", "/groups",
                    R"({"email":"Team@x.example","members":["A@x.example","b@x.example"]})"),
            R"(200 {"ok":true})");
  const Json busy =
      google_.json("POST", "/calendar/v3/freeBusy",
                   R"({"timeMin":"2026-03-01T00:00:00Z","timeMax":"2026-03-02T00:00:00Z",)"
                   R"("items":[{"id":"team@x.example"}]})");
  std::vector<std::string> members;
  for (const Json& one : busy["groups"]["team@x.example"]["calendars"].items())
    members.push_back(one.as_string());
  EXPECT_THAT(members, ElementsAre("a@x.example", "b@x.example")) << busy.dump();
}

TEST_F(ControlsTest, VersionGrowsWithEachRequestAndNotWhileAPageWaits) {
  const Json first = shown("/version");
  EXPECT_EQ(first.string("now"), shown("/clock").string("now"));
  EXPECT_EQ(shown("/version"), first);
  (void)google_.call("GET", kEvents);
  const std::int64_t read = shown("/version")["version"].as_integer();
  EXPECT_GT(read, first["version"].as_integer()) << "the page shows requests, too";
  (void)google_.call("POST", kEvents, kEvent);
  EXPECT_GT(shown("/version")["version"].as_integer(), read);
}

class WorldTest : public ControlsTest {
 protected:
  std::vector<std::string> problems(const std::string& calendars) {
    const Json answer =
        google_.json("POST", "/_emulator/load",
                     R"({"accounts":[{"email":"ben@example.com","calendars":)" + calendars + "}]}");
    std::vector<std::string> out;
    for (const Json& one : answer["problems"].items()) out.push_back(one.as_string());
    return out;
  }
};

TEST_F(WorldTest, ExceptionsMayComeBeforeTheirSeries) {
  EXPECT_THAT(problems(R"([{"id":"team@x.example","events":[
    {"recurringEventId":"serie1","originalStartTime":{"date":"2026-03-02"},"summary":"Other",
     "start":{"date":"2026-03-02"},"end":{"date":"2026-03-03"}},
    {"recurringEventId":"serie1","originalStartTime":{"date":"2026-03-03"},"status":"cancelled"},
    {"id":"serie1","summary":"S","start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"},
     "recurrence":["RRULE:FREQ=DAILY;COUNT=3"]}]}])"),
              ElementsAre());
  google_.token = google_.emulator.tokens().issue_access("ben@example.com", "test",
                                                         full_scopes({"calendar"}), "");
  const Json list = google_.json(
      "GET", "/calendar/v3/calendars/team@x.example/events?singleEvents=true&orderBy=startTime");
  std::vector<std::string> shown;
  for (const Json& item : list["items"].items())
    shown.push_back(item["start"].string("date") + " " + item.string("summary"));
  EXPECT_THAT(shown, ElementsAre("2026-03-01 S", "2026-03-02 Other"));
}

TEST_F(WorldTest, WhatCannotBeLoadedIsNamedAndTheRestIsLoaded) {
  EXPECT_THAT(problems(R"([{"id":"a@x.example","access_role":"boss"},
        {"id":"b@x.example","time_zone":"Mars/Base","events":[
          {"id":"lonely1","recurringEventId":"none","originalStartTime":{"date":"2026-03-02"}},
          {"id":"serie2","start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"},
           "recurrence":["RRULE:FREQ=DAILY;COUNT=3"]},
          {"id":"odd","recurringEventId":"serie2","originalStartTime":{"date":"x"}},
          {"id":"late","recurringEventId":"serie2","status":"cancelled",
           "originalStartTime":{"date":"2027-03-02"}},
          {"id":"without1","summary":"No times"}]}])"),
              ElementsAre("calendar a@x.example of ben@example.com: unknown access_role boss",
                          "calendar b@x.example of ben@example.com: unknown time zone Mars/Base, "
                          "Europe/Berlin is taken",
                          HasSubstr("event \"without1\" of b@x.example: "),
                          "event \"lonely1\" of b@x.example: its series none is missing",
                          HasSubstr("event \"odd\" of b@x.example: "),
                          HasSubstr("event \"late\" of b@x.example: ")));
}

}  // namespace
}  // namespace emulator
