// The model and the API in process: what the contract suite cannot check over HTTP.
#include <gtest/gtest.h>

#include "src/emulator/load/saved_state.hpp"
#include "src/emulator/load/world.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr const char* kEvents = "/calendar/v3/calendars/primary/events";
constexpr const char* kTimed =
    R"({"id":"abcde1","summary":"A","start":{"dateTime":"2026-03-01T10:00:00Z"},)"
    R"("end":{"dateTime":"2026-03-01T11:00:00Z"}})";
constexpr const char* kSeries =
    R"({"id":"serie1","summary":"S",)"
    R"("start":{"dateTime":"2026-03-01T09:00:00","timeZone":"Europe/Berlin"},)"
    R"("end":{"dateTime":"2026-03-01T09:30:00","timeZone":"Europe/Berlin"},)"
    R"("recurrence":["RRULE:FREQ=DAILY;COUNT=5"]})";

Json parsed(const std::string& text) {
  return *Json::parse(text);
}

TEST(EmulatorInProcess, SameSeedAndClockGiveTheSameAnswers) {
  const auto run = [] {
    InProcess google(42);
    std::string all;
    for (int i = 0; i < 5; ++i)
      all += google
                 .call("POST", kEvents,
                       R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}})")
                 .body;
    google.clock.advance(std::chrono::seconds{5});
    all += google.call("GET", kEvents).body;
    return all;
  };
  EXPECT_EQ(run(), run());
}

TEST(EmulatorInProcess, EtagChangesWithEachWriteAtTheSameTime) {
  InProcess google;
  const std::string first = google.json("POST", kEvents, kTimed).string("etag");
  const std::string second =
      google.json("PATCH", std::string(kEvents) + "/abcde1", R"({"summary":"B"})").string("etag");
  EXPECT_NE(first, second);
}

TEST(EmulatorInProcess, ChangedEventQueuesAPushUntilTheChannelExpires) {
  InProcess google;
  (void)google.call("POST", std::string(kEvents) + "/watch",
                    R"({"id":"c","type":"web_hook","address":"https://crm.example.com/hook"})");
  EXPECT_EQ(google.emulator.take_pushes().size(), 1u);
  (void)google.call("POST", kEvents, kTimed);
  const auto pushes = google.emulator.take_pushes();
  ASSERT_EQ(pushes.size(), 1u);
  EXPECT_EQ(header(pushes.front().headers, "X-Goog-Resource-State"), "exists");
  google.clock.advance(std::chrono::hours{24 * 8});
  google.token = google.emulator.tokens().issue_access("anna@example.com", "test",
                                                       full_scopes({"calendar"}), "");
  (void)google.call("POST", kEvents,
                    R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}})");
  EXPECT_TRUE(google.emulator.take_pushes().empty()) << "a channel lives seven days";
}

// A series of five days, split at the fourth by "this and following"; then the first part is
// extended over the second one again.
void split_and_extend(InProcess& google) {
  (void)google.call("POST", kEvents, kSeries);
  ASSERT_EQ(google
                .call("POST", "/_emulator/series",
                      R"({"email":"anna@example.com","calendar":"anna@example.com",)"
                      R"("event":"serie1_20260304T080000Z","scope":"following",)"
                      R"("change":{"summary":"T"}})")
                .status,
            200);
  ASSERT_EQ(google
                .call("PATCH", std::string(kEvents) + "/serie1",
                      R"({"recurrence":["RRULE:FREQ=DAILY;COUNT=6"]})")
                .status,
            200);
}

// "id summary" of each item that is not cancelled, in the order of the answer.
std::vector<std::string> shown(const Json& list) {
  std::vector<std::string> items;
  for (const Json& item : list["items"].items())
    if (item.string("status") != "cancelled")
      items.push_back(item.string("id") + " " + item.string("summary"));
  return items;
}

TEST(SplitSeries, AnIdThatTwoPartsHaveIsOneEventOfTheLaterPart) {
  InProcess google;
  split_and_extend(google);
  const std::string query = "?singleEvents=true&orderBy=startTime&timeMin=2026-03-03T00:00:00Z";
  EXPECT_EQ(shown(google.json("GET", kEvents + query)),
            (std::vector<std::string>{"serie1_20260303T080000Z S", "serie1_20260304T080000Z T",
                                      "serie1_20260305T080000Z T", "serie1_20260306T080000Z S"}));
  const std::string fourth = std::string(kEvents) + "/serie1_20260304T080000Z";
  EXPECT_EQ(google.json("GET", fourth).string("recurringEventId"), "serie1_R20260304T080000");
  EXPECT_EQ(shown(google.json("GET", std::string(kEvents) + "/serie1/instances")).size(), 4u);
}

TEST(SplitSeries, WithoutTheLaterPartItsIdsAreThoseOfTheOlderOneInTheNextIncrement) {
  InProcess google;
  split_and_extend(google);
  const std::string query = std::string(kEvents) + "?singleEvents=true";
  const std::string token = google.json("GET", query).string("nextSyncToken");
  ASSERT_EQ(google.call("DELETE", std::string(kEvents) + "/serie1_R20260304T080000").status, 204);
  EXPECT_EQ(shown(google.json("GET", query + "&syncToken=" + token)),
            (std::vector<std::string>{"serie1_20260304T080000Z S", "serie1_20260305T080000Z S"}));
}

TEST(SavedState, ClientsContinueAfterSaveAndLoad) {
  InProcess before;
  (void)before.call("POST", kEvents, kTimed);
  (void)before.call("POST", kEvents, kSeries);
  const std::string sync = before.json("GET", std::string(kEvents)).string("nextSyncToken");
  (void)before.call("PATCH", std::string(kEvents) + "/serie1_20260302T080000Z",
                    R"({"summary":"Other"})");
  (void)before.call("DELETE", std::string(kEvents) + "/abcde1");
  const std::string etag = before.json("GET", std::string(kEvents) + "/serie1").string("etag");
  const std::string document =
      SavedState::save(before.emulator.google(), before.emulator.tokens(), Json::object());

  gcal::support::ManualClock clock;
  gcal::support::SeededRandom random(7);
  Emulator after(clock, random);
  const auto reread = Json::parse(document);
  ASSERT_TRUE(reread);
  ASSERT_TRUE(SavedState::load(*reread, after.google(), after.tokens()));
  Request request;
  request.headers = {{"Authorization", "Bearer " + before.token}};
  request.path = kEvents;
  request.query = "syncToken=" + gcal::net::percent_encode(sync);
  const Response answer = after.handle(request);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body, before.call("GET", std::string(kEvents) + "?" + request.query).body);
  EXPECT_EQ(parsed(answer.body)["items"].items().size(), 3u);
  request.query.clear();
  request.path = std::string(kEvents) + "/serie1";
  EXPECT_EQ(parsed(after.handle(request).body).string("etag"), etag);
}

TEST(SavedState, WhatAGuestDeletedOrKeepsWithoutItsSeriesStaysSo) {
  InProcess before;
  before.emulator.google().add_account("ben@example.com", "Ben");
  const std::string anna = before.token,
                    ben = before.emulator.tokens().issue_access("ben@example.com", "test",
                                                                full_scopes({"calendar"}), "");
  const std::string events = kEvents, deleted = events + "/serie1_20260302T080000Z",
                    kept = events + "/serie1_20260303T080000Z";
  std::string invitation = kSeries;
  invitation.replace(invitation.rfind('}'), 1, R"(,"attendees":[{"email":"ben@example.com"}]})");
  (void)before.call("POST", events, invitation);
  (void)before.call("PATCH", kept, R"({"summary":"Kept"})");
  before.token = ben;
  EXPECT_EQ(before.call("DELETE", deleted).status, 204);
  before.token = anna;
  (void)before.call("PATCH", events + "/serie1", R"({"attendees":[]})");

  InProcess after;
  const std::string document =
      SavedState::save(before.emulator.google(), before.emulator.tokens(), Json::object());
  ASSERT_TRUE(SavedState::load(parsed(document), after.emulator.google(), after.emulator.tokens()));
  after.token = anna;
  EXPECT_EQ(after.call("PATCH", deleted, R"({"location":"Room"})").status, 200);
  EXPECT_EQ(after.call("PATCH", kept, R"({"location":"Room"})").status, 200);
  after.token = ben;
  EXPECT_EQ(after.json("GET", deleted).string("status"), "cancelled");
  EXPECT_EQ(after.json("GET", kept).string("status"), "confirmed");
  EXPECT_EQ(after.json("GET", kept).string("location"), "Room");
  EXPECT_EQ(after.json("GET", events)["items"].items().size(), 1u);
}

TEST(SavedState, AcceptedBodyOfDeepNestingCanBeReadBack) {
  InProcess google;
  const auto write = [&](std::size_t depth) {
    std::string value = "1";
    for (std::size_t i = 0; i < depth; ++i) value = "{\"a\":" + value + "}";
    return google
        .call(
            "POST", kEvents,
            R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"},"gadget":)" + value + "}")
        .status;
  };
  EXPECT_EQ(write(31), 200);
  EXPECT_EQ(write(32), 400);
  EXPECT_EQ(write(62), 400);
  EXPECT_TRUE(Json::parse(
      SavedState::save(google.emulator.google(), google.emulator.tokens(), Json::object())));
}

TEST(SavedState, OtherDocumentIsRefused) {
  InProcess google;
  EXPECT_FALSE(SavedState::load(parsed("{}"), google.emulator.google(), google.emulator.tokens()));
}

TEST(LoadWorld, FaultyEventIsReportedAndTheOthersAreLoaded) {
  InProcess google;
  const LoadReport report = load_world(google.emulator.google(), google.emulator.tokens(),
                                       parsed(
                                           R"({"accounts":[{"email":"nobody"},
      {"email":"ben@example.com","calendars":[{"primary":true,"events":[
      {"id":"good01","start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}},
      {"id":"bad001","start":{"date":"2026-03-02"},"end":{"date":"2026-03-01"}},
      {"recurringEventId":"missing","originalStartTime":{"date":"2026-03-01"}}]}]}]})"));
  EXPECT_EQ(report.events, 1);
  EXPECT_EQ(report.problems.size(), 3u);
}

TEST(FaultRules, KillPidIsRefusedWithoutAllowKill) {
  InProcess google;
  EXPECT_EQ(google.call("POST", "/_emulator/faults", R"({"effect":{"kill_pid":999999}})").status,
            400);
  google.emulator.allow_kill();
  EXPECT_EQ(google.call("POST", "/_emulator/faults", R"({"effect":{"kill_pid":1}})").status, 400)
      << "never the first process";
  EXPECT_EQ(
      google
          .call("POST", "/_emulator/faults", R"({"effect":{"kill_pid":999999,"when":"sometime"}})")
          .status,
      400);
}

// Damaged requests from a seed: each is answered, and the model stays consistent.
TEST(HostileInput, DamagedRequestsAreAnsweredAndTheListStaysReadable) {
  const std::uint64_t seed = 20261124;
  SCOPED_TRACE("seed " + std::to_string(seed));
  gcal::support::SeededRandom random(seed);
  InProcess google;
  const std::string good[] = {
      kTimed, kSeries,
      R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"},)"
      R"("recurrence":["RRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1",)"
      R"("EXDATE;VALUE=DATE:20260327","RDATE;VALUE=DATE:20260401"],)"
      R"("attendees":[{"email":"x@example.org"}],)"
      R"("reminders":{"useDefault":false,"overrides":[{"method":"popup","minutes":5}]},)"
      R"("extendedProperties":{"private":{"a":"b"}}})"};
  const std::string targets[] = {
      kEvents,
      std::string(kEvents) + "/abcde1",
      std::string(kEvents) + "/serie1",
      std::string(kEvents) + "/serie1_20260302T080000Z",
      std::string(kEvents) +
          "?fields=items(id,start/dateTime)&maxResults=3&timeMin=2026-01-01T00:00:00Z",
      std::string(kEvents) + "/serie1/instances?maxResults=2",
      std::string(kEvents) + "/import",
      "/calendar/v3/freeBusy",
      "/calendar/v3/calendars/primary/acl",
      "/batch/calendar/v3",
      "/token",
      "/o/oauth2/v2/auth?client_id=a"};
  const char* methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  const auto damage = [&](std::string text) {
    for (std::uint64_t times = 1 + random.below(4); times > 0 && !text.empty(); --times) {
      const std::size_t at = random.below(text.size());
      switch (random.below(5)) {
        case 0: text[at] = static_cast<char>(random.below(256)); break;
        case 1: text.erase(at, 1 + random.below(8)); break;
        case 2:
          text.insert(at, text.substr(random.below(text.size()), 1 + random.below(20)));
          break;
        case 3: text.resize(at); break;
        default: text.insert(at, std::to_string(random.next())); break;
      }
    }
    return text;
  };
  for (int round = 0; round < 6'000; ++round) {
    const std::string target = random.below(2) == 0
                                   ? targets[random.below(std::size(targets))]
                                   : damage(targets[random.below(std::size(targets))]);
    const std::string body = random.below(8) == 0 ? good[random.below(std::size(good))]
                                                  : damage(good[random.below(std::size(good))]);
    const Response answer =
        google.call(methods[random.below(std::size(methods))], target.empty() ? "/" : target, body);
    ASSERT_GE(answer.status, 200);
    ASSERT_LT(answer.status, 600);
    ASSERT_NE(answer.status, 500) << target << "\n" << body;
  }
  for (const char* query : {"", "?singleEvents=true", "?showDeleted=true&maxResults=2500"}) {
    const Response list = google.call("GET", std::string(kEvents) + query);
    ASSERT_EQ(list.status, 200);
    ASSERT_TRUE(Json::parse(list.body)) << "the list is JSON";
  }
}

}  // namespace
}  // namespace emulator
