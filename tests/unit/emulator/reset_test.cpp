// Reset to the world with which the emulator was started, or to a world that comes with the call.
#include <gtest/gtest.h>

#include <chrono>

#include "src/emulator/load/saved_state.hpp"
#include "src/emulator/load/world.hpp"
#include "tests/unit/emulator/in_process.hpp"

namespace emulator {
namespace {

using gcal::base::Json;

constexpr const char* kEvents = "/calendar/v3/calendars/primary/events";
constexpr const char* kToWorld = R"({"to":"world"})";
constexpr const char* kEvent = R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}})";
constexpr const char* kWorld =
    R"({"clients":[{"client_id":"crm","client_secret":"s"}],)"
    R"("accounts":[{"email":"anna@example.com","name":"Anna",)"
    R"("tokens":[{"access_token":"anna-access","refresh_token":"anna-refresh"}],)"
    R"("calendars":[{"primary":true,"events":[)"
    R"({"summary":"No id","start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}},)"
    R"({"id":"serie1","summary":"S","start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"},)"
    R"("recurrence":["RRULE:FREQ=DAILY;COUNT=5"]}]},{"summary":"Second"}]},)"
    R"({"email":"ben@example.com"}]})";

Json parsed(const std::string& text) {
  return *Json::parse(text);
}

WorldSource source(const std::string& text) {
  return [world = parsed(text)](NewWorld& into) -> Outcome<LoadReport> {
    return load_world(into.google, into.tokens, world);
  };
}

// An emulator that was started with kWorld; its token is one of the world.
class StartedWithWorld {
 public:
  explicit StartedWithWorld(std::uint64_t seed = 1) : google(seed) {
    EXPECT_TRUE(google.emulator.start_with(source(kWorld)));
    google.token = "anna-access";
  }
  Response call(const std::string& method, const std::string& target,
                const std::string& body = "") {
    return google.call(method, target, body);
  }
  // Everything that a client and a tester can read, and what the next writes are answered.
  std::string everything() {
    std::string all;
    for (const char* path :
         {"/calendar/v3/users/me/calendarList", "/calendar/v3/calendars/primary/acl",
          "/calendar/v3/calendars/primary/events?showDeleted=true", "/_emulator/accounts",
          "/_emulator/faults", "/_emulator/channels", "/_emulator/stats", "/_emulator/clock",
          "/tokeninfo?access_token=anna-access"})
      all += call("GET", path).body + "\n";
    all += call("POST", kEvents, kEvent).body;
    all += call("POST", "/_emulator/tokens", R"({"email":"ben@example.com"})").body;
    all += call("POST", "/_emulator/accounts", R"({"email":"new@example.com"})").body;
    return all + call("POST", "/_emulator/faults", R"({"effect":{"status":503},"skip":999})").body;
  }

  InProcess google;
};

void disturb(StartedWithWorld& world) {
  (void)world.call("POST", "/_emulator/clock", R"({"advance":86400})");
  (void)world.call("POST", "/_emulator/load", R"({"accounts":[{"email":"more@example.com"}]})");
  (void)world.call("DELETE", std::string(kEvents) + "/serie1");
  (void)world.call("POST", kEvents,
                   R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"},)"
                   R"("attendees":[{"email":"ben@example.com"}]})");
  (void)world.call("POST", std::string(kEvents) + "/watch",
                   R"({"id":"c1","type":"web_hook","address":"https://example.com/hook"})");
  (void)world.call("POST", "/_emulator/faults", R"({"effect":{"status":503}})");
  EXPECT_EQ(world.call("GET", kEvents).status, 503);
  (void)world.call("POST", "/_emulator/quotas", R"({"per_user_per_minute":1})");
  (void)world.call("POST", "/_emulator/oauth", R"({"rotate_refresh_tokens":true})");
  (void)world.call("POST", "/revoke?token=anna-refresh");
  EXPECT_EQ(world.call("GET", kEvents).status, 401);
}

TEST(ResetToWorld, EverythingIsAsAfterTheStart) {
  StartedWithWorld world;
  const std::string fresh = world.everything();
  for (int i = 0; i < 3; ++i) {
    disturb(world);
    EXPECT_EQ(world.call("POST", "/_emulator/reset", kToWorld).body,
              R"({"ok":true,"events":2,"problems":[]})");
    EXPECT_EQ(world.everything(), fresh);
  }
  EXPECT_TRUE(world.google.emulator.reset_to_start());
  EXPECT_EQ(world.everything(), fresh) << "by the function, too";
}

TEST(ResetToWorld, EtagsAndIdsStayTheSameWhenTimeHasPassed) {
  StartedWithWorld world;
  const std::string list = world.call("GET", kEvents).body;
  world.google.clock.advance(std::chrono::hours{5});
  disturb(world);
  EXPECT_EQ(world.call("POST", "/_emulator/reset", kToWorld).status, 200);
  const Json before = parsed(list), after = world.google.json("GET", kEvents);
  EXPECT_EQ(after["items"], before["items"]);
  EXPECT_EQ(after["nextSyncToken"], before["nextSyncToken"]);
  const Json written = parsed(world.call("POST", kEvents, kEvent).body);
  EXPECT_GT(written.string("created"), before["items"].items().front().string("created"))
      << "the time itself is not set back";
}

TEST(ResetToWorld, SyncTokenOfALaterTimeIsTooOldAfterIt) {
  StartedWithWorld world;
  (void)world.call("POST", kEvents, kEvent);
  const std::string token = world.google.json("GET", kEvents).string("nextSyncToken");
  EXPECT_EQ(world.call("GET", std::string(kEvents) + "?syncToken=" + token).status, 200);
  EXPECT_EQ(world.call("POST", "/_emulator/reset", kToWorld).status, 200);
  EXPECT_EQ(world.call("GET", std::string(kEvents) + "?syncToken=" + token).status, 410);
}

TEST(ResetToWorld, SameSeedAndClockGiveTheSameWorldInTwoEmulators) {
  StartedWithWorld one(7), other(7), different(8);
  const std::string answers = one.everything();
  EXPECT_EQ(other.everything(), answers);
  EXPECT_NE(different.everything(), answers);
}

TEST(ResetToWorld, FailingSourceLeavesEverythingAsItWas) {
  InProcess google;
  bool readable = true;
  ASSERT_TRUE(google.emulator.start_with([&](NewWorld& into) -> Outcome<LoadReport> {
    LoadReport report = load_world(into.google, into.tokens, parsed(kWorld));
    if (!readable) return bad_request("invalid", "world.json: cannot be read");
    return report;
  }));
  google.token = "anna-access";
  (void)google.call("POST", "/_emulator/clock", R"({"advance":3600})");
  (void)google.call("POST", "/_emulator/faults", R"({"effect":{"status":503},"skip":9})");
  (void)google.call("POST", kEvents, kEvent);
  const auto state = [&] {
    return google.call("GET", kEvents).body + google.call("GET", "/_emulator/stats").body +
           google.call("GET", "/_emulator/clock").body +
           google.call("GET", "/_emulator/faults").body;
  };
  readable = false;
  const Json before = google.json("GET", kEvents);
  const std::string clock = google.call("GET", "/_emulator/clock").body;
  const Response refused = google.call("POST", "/_emulator/reset", kToWorld);
  EXPECT_EQ(refused.status, 500);
  EXPECT_EQ(refused.body, R"({"error":"world.json: cannot be read"})");
  EXPECT_FALSE(google.emulator.reset_to_start());
  EXPECT_EQ(google.json("GET", kEvents), before);
  EXPECT_EQ(google.call("GET", "/_emulator/clock").body, clock);
  EXPECT_NE(state().find("\"faults\":[{\"id\":1"), std::string::npos) << "the rule is left";
  readable = true;
  EXPECT_EQ(google.call("POST", "/_emulator/reset", kToWorld).status, 200);
  EXPECT_EQ(google.json("GET", kEvents)["items"].items().size(), 2u);
}

TEST(ResetToWorld, ThrowingSourceLeavesTheClockRunning) {
  StartedWithWorld world;
  (void)world.call("POST", "/_emulator/clock", R"({"advance":3600})");
  const std::string clock = world.call("GET", "/_emulator/clock").body;
  EXPECT_THROW((void)world.google.emulator.start_with(
                   [](NewWorld&) -> Outcome<LoadReport> { throw std::bad_alloc(); }),
               std::bad_alloc);
  EXPECT_EQ(world.call("GET", "/_emulator/clock").body, clock);
  const Json first = parsed(world.call("POST", kEvents, kEvent).body);
  world.google.clock.advance(std::chrono::seconds{5});
  EXPECT_GT(parsed(world.call("POST", kEvents, kEvent).body).string("created"),
            first.string("created"));
}

TEST(ResetToWorld, WithoutAWorldItIsEmpty) {
  InProcess google;
  EXPECT_EQ(google.call("POST", "/_emulator/reset", kToWorld).status, 200);
  EXPECT_EQ(google.call("GET", "/_emulator/accounts").body, R"({"accounts":[]})");
}

TEST(ResetToWorld, WorldOfTheCallReplacesEverythingOrNothing) {
  StartedWithWorld world;
  const std::string posted =
      R"({"to":{"accounts":[{"email":"zoe@example.com","calendars":[{"primary":true,"events":[)"
      R"({"start":{"date":"2026-03-01"},"end":{"date":"2026-03-02"}}]}]}]}})";
  EXPECT_EQ(world.call("POST", "/_emulator/reset", posted).body, R"({"ok":true,"events":1})");
  const std::string accounts = world.call("GET", "/_emulator/accounts").body;
  EXPECT_EQ(accounts.find("anna@"), std::string::npos) << accounts;

  const Response refused = world.call(
      "POST", "/_emulator/reset",
      R"({"to":{"accounts":[{"email":"ok@example.com"},{"email":"yes@example.com","nam":1}]}})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.body, R"({"error":"the world has problems, so nothing was changed",)"
                          R"("problems":["accounts[1]: unknown member nam"]})");
  EXPECT_EQ(world.call("GET", "/_emulator/accounts").body, accounts);

  EXPECT_EQ(world.call("POST", "/_emulator/reset", posted).status, 200);
  EXPECT_EQ(world.call("GET", "/_emulator/accounts").body, accounts) << "the same sub again";
  EXPECT_EQ(world.call("POST", "/_emulator/reset", kToWorld).status, 200);
  EXPECT_NE(world.call("GET", "/_emulator/accounts").body.find("anna@"), std::string::npos)
      << "the start is still that of the process";
}

TEST(ResetToWorld, WrongBodiesAreRefusedAndNothingIsDeleted) {
  StartedWithWorld world;
  const std::string accounts = world.call("GET", "/_emulator/accounts").body;
  for (const char* body :
       {R"({"to":"start"})", R"({"to":1})", R"({"to":null})", R"({"To":"world"})",
        R"({"to":"world","x":1})", R"(["world"])", R"("world")", "{"}) {
    EXPECT_EQ(world.call("POST", "/_emulator/reset", body).status, 400) << body;
    EXPECT_EQ(world.call("GET", "/_emulator/accounts").body, accounts) << body;
  }
}

TEST(ResetToWorld, ResetWithoutATargetStillDeletesEverything) {
  for (const char* body : {"", "{}"}) {
    StartedWithWorld world;
    EXPECT_EQ(world.call("POST", "/_emulator/reset", body).body, R"({"ok":true})");
    EXPECT_EQ(world.call("GET", "/_emulator/accounts").body, R"({"accounts":[]})");
  }
}

TEST(ResetToWorld, SavedStateComesBackWithItsChannels) {
  StartedWithWorld saved;
  (void)saved.call("POST", std::string(kEvents) + "/watch",
                   R"({"id":"c1","type":"web_hook","address":"https://example.com/hook"})");
  const Json state =
      parsed(SavedState::save(saved.google.emulator.google(), saved.google.emulator.tokens(),
                              Json::object({{"channels", saved.google.emulator.save_channels()}})));

  InProcess google;
  ASSERT_TRUE(google.emulator.start_with([&](NewWorld& into) -> Outcome<LoadReport> {
    TRY_VOID(SavedState::load(state, into.google, into.tokens));
    into.channels = state["channels"];
    return LoadReport{};
  }));
  google.token = "anna-access";
  const std::string list = google.call("GET", kEvents).body;
  EXPECT_EQ(list, saved.call("GET", kEvents).body) << "the token of the world was saved";
  (void)google.call("POST", kEvents, kEvent);
  (void)google.call("POST", "/calendar/v3/channels/stop", R"({"id":"c1"})");
  EXPECT_EQ(google.call("POST", "/_emulator/reset", kToWorld).status, 200);
  EXPECT_EQ(google.call("GET", kEvents).body, list);
  EXPECT_EQ(google.json("GET", "/_emulator/channels")["channels"].items().size(), 1u);
}

}  // namespace
}  // namespace emulator
