// Jobs of a single calendar: import, edits, notifications, rest.
#include "tests/bench/calls/calls.hpp"

namespace gcal::bench {
namespace {

using Jobs = CallsTest;

TEST_F(Jobs, Import1000) {
  fill(kMe, 1'000);
  begin();
  set_up();
  EXPECT_EQ(in_crm(kMe).size(), 1'000u);
  finish("import_1000", 4);
}

TEST_F(Jobs, Import6000) {
  fill(kMe, 6'000);
  begin();
  set_up();
  finish("import_6000", 6);
}

TEST_F(Jobs, ImportTwoCalendars) {
  fill(kMe, 100);
  for (int i = 0; i < 100; ++i) add_at_google(kTeam, google_event("team " + std::to_string(i), i));
  begin();
  set_up("none", {kTeam, kMe});
  EXPECT_EQ(in_crm(kTeam).size(), 100u);
  finish("import_two_calendars", 6);
}

TEST_F(Jobs, Export50) {
  set_up();
  create(50);
  begin();
  settle();
  EXPECT_EQ(at_google(kMe).size(), 50u);
  finish("export_50", 50);
}

TEST_F(Jobs, Edit20) {
  fill(kMe, 20);
  set_up();
  for (int i = 0; i < 20; ++i)
    edit("event " + std::to_string(i), Json::object({{"location", "Room 2"}}));
  begin();
  settle();
  EXPECT_EQ(event_at_google("event 19").string("location"), "Room 2");
  finish("edit_20", 20);
}

TEST_F(Jobs, EditOne5Times) {
  fill(kMe, 1);
  set_up();
  for (int i = 0; i < 5; ++i)
    edit("event 0", Json::object({{"location", "Room " + std::to_string(i)}}));
  begin();
  settle();
  EXPECT_EQ(event_at_google("event 0").string("location"), "Room 4");
  finish("edit_one_5_times", 1);
}

TEST_F(Jobs, Delete20) {
  fill(kMe, 20);
  set_up();
  for (int i = 0; i < 20; ++i) erase("event " + std::to_string(i));
  begin();
  settle();
  EXPECT_TRUE(at_google(kMe).empty());
  finish("delete_20", 20);
}

TEST_F(Jobs, CreateAndDelete) {
  set_up();
  create(1);
  erase("mine 0");
  begin();
  settle();
  finish("create_and_delete", 0);
}

TEST_F(Jobs, NotifiedOnce) {
  fill(kMe, 10);
  set_up();
  patch_at_google(event_at_google("event 3").string("id"), Json::object({{"location", "Room 2"}}));
  notify(kMe);
  begin();
  settle();
  EXPECT_EQ(appointment(kMe, "event 3")["event"].string("location"), "Room 2");
  finish("notified_once", 1);
}

TEST_F(Jobs, Burst200) {
  fill(kMe, 200);
  set_up();
  const Json page = google("GET", std::string("/calendars/primary/events?maxResults=2500"));
  int changed = 0;
  for (const Json& item : page["items"].items()) {
    patch_at_google(item.string("id"), Json::object({{"location", "Room 2"}}));
    if (++changed % 20 == 0) notify(kMe);
  }
  begin();
  settle();
  EXPECT_EQ(appointment(kMe, "event 199")["event"].string("location"), "Room 2");
  finish("burst_200", 1);
}

TEST_F(Jobs, NotifiedWhileReading) {
  fill(kMe, 2);
  set_up();
  const std::string first = event_at_google("event 0").string("id");
  const std::string second = event_at_google("event 1").string("id");
  patch_at_google(first, Json::object({{"location", "Room 2"}}));
  notify(kMe);
  // Google has answered, and the answer is on its way.
  emulated("/faults", Json::object({{"match", Json::object({{"method", "GET"}})},
                                    {"effect", Json::object({{"stale", true}})}}));
  begin();
  http_.when("GET", "/events", [&] {
    patch_at_google(second, Json::object({{"location", "Room 3"}}));
    notify(kMe);
  });
  settle();
  EXPECT_EQ(appointment(kMe, "event 1")["event"].string("location"), "Room 3");
  finish("notified_while_reading", 2);
}

TEST_F(Jobs, Echo20) {
  fill(kMe, 20);
  set_up();
  for (int i = 0; i < 20; ++i)
    edit("event " + std::to_string(i), Json::object({{"location", "Room 2"}}));
  settle();
  for (int i = 0; i < 20; ++i) notify(kMe);
  begin();
  settle();
  finish("echo_20", 1);
}

TEST_F(Jobs, IdleWeek) {
  fill(kMe, 10);
  set_up();
  const auto play = [&](std::chrono::hours length) {
    const base::Instant end = clock_.now() + length;
    for (;;) {
      const plugin::RunOutcome outcome = run();
      confirm_channels();
      const base::Instant next = outcome.next.value_or(end);
      if (next >= end) return clock_.advance(end - clock_.now());
      clock_.advance(std::max(base::Milliseconds{1}, next - clock_.now()));
    }
  };
  play(std::chrono::hours{4 * 24});  // until nothing has changed for long
  begin();
  play(std::chrono::hours{7 * 24});
  finish("idle_week", 58, 67);
}

TEST_F(Jobs, ExpiredToken) {
  fill(kMe, 1'000);
  set_up();
  emulated("/sync_tokens/expire");
  notify(kMe);
  begin();
  settle();
  EXPECT_EQ(in_crm(kMe).size(), 1'000u);
  finish("expired_token", 2);
}

TEST_F(Jobs, EndlessConflict) {
  fill(kMe, 1);
  set_up();
  refuse("PATCH", 412, "conditionNotMet");
  edit("event 0", Json::object({{"location", "Room 2"}}));
  begin();
  run();
  finish("endless_conflict", 3, 6);
}

TEST_F(Jobs, RefusedEdit) {
  fill(kMe, 1);
  set_up();
  refuse("PATCH", 400, "invalid");
  edit("event 0", Json::object({{"description", "refused"}}));
  begin();
  settle();
  Json changed = event_at_google("event 0");
  changed.set("location", "Room 2");
  google("PUT", "/calendars/primary/events/" + changed.string("id"), changed);
  notify(kMe);
  settle();
  EXPECT_EQ(appointment(kMe, "event 0")["event"].string("location"), "Room 2");
  EXPECT_EQ(appointment(kMe, "event 0")["event"].string("description"), "refused");
  finish("refused_edit", 3);
}

}  // namespace
}  // namespace gcal::bench
