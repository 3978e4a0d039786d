// The health document as a table: rows in, state and reason out. No member remembers anything.
#include "plugin/account/health.hpp"

#include <gmock/gmock.h>

#include <functional>

#include "plugin/account/run_memory.hpp"

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Json;
using namespace std::chrono_literals;

constexpr Instant kNow{1'767'225'600s};

sync::Pair pair_of(const char* id, sync::PairState state = sync::PairState::live) {
  sync::Pair pair;
  pair.id = pair.remote_calendar = id;
  pair.state = state;
  return pair;
}

settings::RemoteCalendar remote(const char* id, const char* role = "owner") {
  settings::RemoteCalendar calendar;
  calendar.id = id;
  calendar.name = std::string("Calendar ") + id;
  calendar.role = role;
  return calendar;
}

sync::HeldItem item(const char* reason) {
  sync::HeldItem held;
  held.reason = reason;
  return held;
}

// An account whose calendars "a" (the default) and "b" were read a minute ago.
HealthRows in_step() {
  HealthRows rows;
  rows.account.state = "active";
  rows.account.config.visible = {remote("a"), remote("b")};
  rows.account.config.default_calendar = "a";
  rows.pairs = {pair_of("a"), pair_of("b")};
  rows.reads = {{"a", kNow - 1min, {}, {}}, {"b", kNow - 2min, {}, {}}};
  return rows;
}

store::AccountStatus failure(Code code, const char* detail = "") {
  return {"", kNow - 1h, kNow + 5min, code, detail, "in our words"};
}

store::Channel channel(const char* pair, Instant until, bool confirmed = true) {
  return {std::string("c-") + pair, pair, "", "", until, until, confirmed};
}

struct Row {
  const char* what;
  std::function<void(HealthRows&)> change;
  const char* shown;  // state and reason
};

TEST(Health, TheStateFollowsFromTheRows) {  // P-06, P-14, P-16, S-17, S-30
  using sync::PairState;
  const Row table[] = {
      {"read lately, nothing waits", [](HealthRows&) {}, "ok health.ok"},
      {"no default calendar", [](HealthRows& r) { r.account.config.default_calendar.clear(); },
       "ok health.not_synchronised"},
      {"paused", [](HealthRows& r) { r.account.state = "paused"; }, "off health.off"},
      {"an import runs",
       [](HealthRows& r) {
         r.progress = Progress{3, 10};
       },
       "working health.working"},
      {"a calendar was never read", [](HealthRows& r) { r.reads.pop_back(); },
       "waiting health.late"},
      {"read too long ago", [](HealthRows& r) { r.reads[1].read_at = kNow - 80min; },
       "waiting health.late"},
      {"the same behind notifications",
       [](HealthRows& r) {
         r.reads[1].read_at = kNow - 80min;
         r.channels = {channel("b", kNow + 1h)};
       },
       "ok health.ok"},
      {"and too long ago behind notifications",
       [](HealthRows& r) {
         r.reads[1].read_at = kNow - 8h;
         r.channels = {channel("b", kNow + 1h)};
       },
       "waiting health.late"},
      {"notifications that ended",
       [](HealthRows& r) {
         r.reads[1].read_at = kNow - 80min;
         r.channels = {channel("b", kNow - 1s)};
       },
       "waiting health.late"},
      {"a channel that never notified",
       [](HealthRows& r) {
         r.reads[1].read_at = kNow - 80min;
         r.channels = {channel("b", kNow + 1h, false)};
       },
       "waiting health.late"},
      {"a calendar that is gone is not late",
       [](HealthRows& r) {
         r.pairs[1].state = PairState::gone;
         r.reads.pop_back();
       },
       "ok health.ok"},
      {"nor is a hidden one",
       [](HealthRows& r) {
         r.pairs[1].state = PairState::hidden;
         r.reads.pop_back();
       },
       "ok health.ok"},
      {"a change waits since just now", [](HealthRows& r) { r.reads[0].waiting_since = kNow - 5s; },
       "ok health.ok"},
      {"a change waits", [](HealthRows& r) { r.reads[0].waiting_since = kNow - 5min; },
       "waiting health.behind"},
      {"no creations", [](HealthRows& r) { r.reads[0].no_creations_before = kNow + 5h; },
       "waiting refusal.quota"},
      {"creations are tried again", [](HealthRows& r) { r.reads[0].no_creations_before = kNow; },
       "ok health.ok"},
      {"a write is refused", [](HealthRows& r) { r.items = {item(sync::kHeldDenied)}; },
       "attention health.quarantined"},
      {"a write fails", [](HealthRows& r) { r.items = {item(sync::kHeldFailing)}; },
       "waiting health.failing"},
      {"one cannot be read", [](HealthRows& r) { r.items = {item(sync::kHeldUnreadable)}; },
       "attention health.unreadable"},
      {"counted, not held", [](HealthRows& r) { r.items = {item(sync::kHeldSuspect)}; },
       "ok health.ok"},
      {"deletions wait for the user", [](HealthRows& r) { r.held[sync::kHeldInferred] = 21; },
       "attention health.held"},
      {"conflicts wait for the user", [](HealthRows& r) { r.held[sync::kHeldConflict] = 2; },
       "attention health.conflicts"},
      {"moved to another calendar", [](HealthRows& r) { r.held[sync::kRetired] = 2; },
       "ok health.ok"},
      {"the default is gone", [](HealthRows& r) { r.pairs[0].state = PairState::gone; },
       "attention health.default_gone"},
      {"the default is read-only",
       [](HealthRows& r) { r.account.config.visible[0] = remote("a", "reader"); },
       "attention health.default_read_only"},
      {"an outage", [](HealthRows& r) { r.run = failure(Code::unavailable); },
       "waiting health.waiting"},
      {"too many requests",
       [](HealthRows& r) { r.run = failure(Code::unavailable, "refusal.pace"); },
       "waiting refusal.pace"},
      {"the API is switched off",
       [](HealthRows& r) { r.run = failure(Code::denied, "refusal.api_disabled"); },
       "attention refusal.api_disabled"},
      {"our failure", [](HealthRows& r) { r.run = failure(Code::internal); },
       "attention health.failed"},
      {"access was revoked", [](HealthRows& r) { r.run = failure(Code::needs_auth); },
       "needs_auth health.needs_auth"},
      {"a failure outweighs what is held",
       [](HealthRows& r) {
         r.run = failure(Code::unavailable);
         r.items = {item(sync::kHeldDenied)};
       },
       "waiting health.waiting"},
  };
  for (const Row& row : table) {
    HealthRows rows = in_step();
    row.change(rows);
    const Json health = health_of(rows, kNow);
    EXPECT_EQ(health.string("state") + " " + health.string("reason"), row.shown) << row.what;
  }
}

TEST(Health, SaysSinceWhenAndUntilWhen) {  // P-14
  const auto at = [](const Json& health, const char* member) {
    return Instant{base::Milliseconds{health[member].as_integer()}};
  };
  HealthRows rows = in_step();
  rows.pairs[1].synced_at = kNow - 3h;
  rows.reads[0].waiting_since = kNow - 1min;
  rows.channels = {channel("a", kNow + 5h), channel("b", kNow + 3h)};
  Json health = health_of(rows, kNow);
  EXPECT_EQ(at(health, "read_at"), kNow - 2min) << "of the calendar that was read first";
  EXPECT_EQ(at(health, "read_before"), kNow - 2min + 7h);
  EXPECT_EQ(at(health, "waiting_since"), kNow - 1min);
  EXPECT_EQ(at(health, "push_until"), kNow + 3h);
  EXPECT_EQ(at(health, "synced_at"), kNow - 3h);
  EXPECT_EQ(at(health, "until"), Instant{});
  rows.channels.pop_back();
  EXPECT_EQ(at(health_of(rows, kNow), "push_until"), Instant{}) << "one has no notifications";
  rows.run = failure(Code::unavailable);
  EXPECT_EQ(at(health_of(rows, kNow), "until"), kNow + 5min);
  rows.run = {};
  rows.reads[1].no_creations_before = kNow + 6h;
  EXPECT_EQ(at(health_of(rows, kNow), "until"), kNow + 6h);
}

TEST(Health, EachThingThatNeedsTheUserIsAnItem) {
  HealthRows rows = in_step();
  rows.held[sync::kHeldInferred] = 21;
  rows.held[sync::kHeldForeign] = 1;
  rows.items = {item(sync::kHeldDenied), item(sync::kHeldInvalid)};
  rows.bulk_deleted = 16;
  rows.pairs[1].state = sync::PairState::gone;
  const Json attention = health_of(rows, kNow)["attention"];
  std::vector<std::string> shown;
  for (const Json& one : attention.items())
    shown.push_back(one.string("key") + " " + std::to_string(one["args"]["count"].as_integer()) +
                    one["args"].string("name") + " " + one.string("action"));
  EXPECT_THAT(shown, testing::ElementsAre("health.held 21 options", "health.quarantined 2 options",
                                          "health.foreign 1 ", "health.cleared 16 ",
                                          "health.calendar_gone 0Calendar b "));
}

TEST(RunMemory, SurvivesJsonAndIgnoresUnreadableParts) {
  RunMemory memory;
  const base::Instant due{base::Milliseconds{1'000'000}};
  memory["a"].pairs["p"] = {due, {}, {}, due, sync::Push::active};
  memory["a"].pairs["p"].retry_at = due;
  memory["a"].failures = 3;
  const RunMemory back = run_memory_from_json(to_json(memory));
  EXPECT_EQ(back.at("a").pairs.at("p").due_at, due);
  EXPECT_EQ(back.at("a").pairs.at("p").push, sync::Push::active);
  EXPECT_EQ(back.at("a").pairs.at("p").retry_at, due);
  EXPECT_EQ(back.at("a").failures, 3u);
  EXPECT_TRUE(run_memory_from_json(Json("nonsense")).empty());
  EXPECT_TRUE(
      run_memory_from_json(
          Json::object({{"version", 2}, {"accounts", Json::object({{"a", Json::object()}})}}))
          .empty());
}

}  // namespace
}  // namespace gcal::plugin
