// The state of one appointment as a table: rows in, what its page shows out.
#include "plugin/account/event_state.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Json;
using namespace std::chrono_literals;

constexpr Instant kNow{1'767'225'600s};

EventRows in_step() {
  EventRows rows;
  rows.pair.emplace();
  rows.pair->state = sync::PairState::live;
  rows.link.emplace();
  rows.link->link.id = "link";
  rows.link->link.side.crm = {"crm", "r1", true, {}};
  rows.link->link.side.remote = {"remote", "e1", true, {}};
  rows.agreed_at = kNow - 1h;
  return rows;
}

sync::HeldItem item(const char* reason, Instant next) {
  sync::HeldItem held;
  held.link = "link";
  held.reason = reason;
  held.detail = "why";
  held.next_try = next;
  return held;
}

TEST(EventState, FollowsFromTheRows) {  // P-06, P-14
  struct Row {
    const char* what;
    std::function<void(EventRows&)> change;
    const char* shown;  // state, reason
    Instant until = {};
  };
  const Row table[] = {
      {"both sides hold it", [](EventRows&) {}, "in_step "},
      {"of no calendar of an account", [](EventRows& r) { r.pair.reset(); }, ""},
      {"its calendar is hidden", [](EventRows& r) { r.pair->state = sync::PairState::hidden; }, ""},
      {"its calendar is gone", [](EventRows& r) { r.pair->state = sync::PairState::gone; },
       "not_transferred event_state.calendar_gone"},
      {"it moved to another calendar",
       [](EventRows& r) { r.link->link.held_reason = sync::kRetired; }, ""},
      {"new, no run has seen it", [](EventRows& r) { r.link.reset(); }, "waiting "},
      {"not created yet", [](EventRows& r) { r.link->link.side.remote.has_base = false; },
       "waiting "},
      {"edited in the CRM", [](EventRows& r) { r.link->change.crm.emplace(); }, "waiting "},
      {"edited at Google", [](EventRows& r) { r.link->change.remote.emplace(); }, "waiting "},
      {"edited, no run has seen it", [](EventRows& r) { r.link->link.side.crm.version = "r0"; },
       "waiting "},
      {"the answer of a write is not known", [](EventRows& r) { r.intent = true; }, "waiting "},
      {"no creations, and it is new",
       [](EventRows& r) {
         r.link->link.side.remote.has_base = false;
         r.read.no_creations_before = kNow + 6h;
       },
       "waiting refusal.quota", kNow + 6h},
      {"no creations, and it exists", [](EventRows& r) { r.read.no_creations_before = kNow + 6h; },
       "in_step "},
      {"waiting during an outage",
       [](EventRows& r) {
         r.link->change.crm.emplace();
         r.run = {"", kNow, kNow + 2min, Code::unavailable, "", ""};
       },
       "waiting health.waiting", kNow + 2min},
      {"waiting while access is revoked",
       [](EventRows& r) {
         r.link->change.crm.emplace();
         r.run = {"", kNow, {}, Code::needs_auth, "", ""};
       },
       "not_transferred health.needs_auth"},
      {"in step during an outage",
       [](EventRows& r) { r.run = {"", kNow, kNow + 2min, Code::unavailable, "", ""}; },
       "in_step "},
      {"refused", [](EventRows& r) { r.items = {item(sync::kHeldDenied, kNow + 24h)}; },
       "not_transferred held.denied", kNow + 24h},
      {"failing", [](EventRows& r) { r.items = {item(sync::kHeldFailing, kNow + 4min)}; },
       "waiting held.failing", kNow + 4min},
      {"counted, not held", [](EventRows& r) { r.items = {item(sync::kHeldSuspect, {})}; },
       "in_step "},
      {"cannot be read",
       [](EventRows& r) {
         r.link->link.held_reason = sync::kHeldUnreadable;
         r.items = {item(sync::kHeldUnreadable, kNow + 24h)};
       },
       "not_transferred held.unreadable", kNow + 24h},
      {"a conflict waits for the user",
       [](EventRows& r) { r.link->link.held_reason = sync::kHeldConflict; },
       "not_transferred held.conflict"},
  };
  for (const Row& row : table) {
    EventRows rows = in_step();
    row.change(rows);
    const Json state = event_state(rows, "r1", kNow);
    const std::string shown =
        state.is_null() ? "" : state.string("state") + " " + state.string("reason");
    EXPECT_EQ(shown, row.shown) << row.what;
    EXPECT_EQ(Instant{base::Milliseconds{state["until"].as_integer()}}, row.until) << row.what;
  }
}

}  // namespace
}  // namespace gcal::plugin
