#include "plugin/account/event_state.hpp"

#include <algorithm>

#include "src/common/base/milliseconds.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Json;
using sync::SideName;

constexpr const char* kInStep = "in_step";
constexpr const char* kWaiting = "waiting";
constexpr const char* kNotTransferred = "not_transferred";

Json state(const char* name, Instant since, Instant until = {}, const std::string& reason = {},
           const std::string& detail = {}) {
  Json json = Json::object({{"state", name},
                            {"since", base::milliseconds(since)},
                            {"until", base::milliseconds(until)}});
  if (!reason.empty()) json.set("reason", reason);
  if (!detail.empty()) json.set("detail", detail);
  return json;
}

// What keeps the link as a whole or one of its writes.
std::optional<Json> held_state(const EventRows& rows, Instant now) {
  const std::string& held = rows.link->link.held_reason;
  if (!held.empty() && held != sync::kHeldUnreadable)
    return state(kNotTransferred, rows.agreed_at, {}, held);
  for (const sync::HeldItem& item : rows.items) {
    if (item.reason == sync::kHeldSuspect) continue;
    // What fails is tried again soon; what is refused needs another content, or a right.
    const bool soon = item.reason == sync::kHeldFailing && item.next_try > now;
    return state(soon ? kWaiting : kNotTransferred, rows.agreed_at, item.next_try, item.reason,
                 item.detail);
  }
  return std::nullopt;
}

// Why what waits is not carried over by the next run, if that is known.
Json waiting_state(const EventRows& rows, Instant now) {
  const Instant since = rows.agreed_at;
  if (rows.run.code != Code::ok) {
    const bool lost = rows.run.code == Code::needs_auth;
    const std::string reason = !rows.run.detail.empty() ? rows.run.detail
                               : lost                   ? "health.needs_auth"
                                                        : "health.waiting";
    return state(lost ? kNotTransferred : kWaiting, since, rows.run.retry_at, reason);
  }
  const bool creates = !rows.link || !rows.link->link.side.remote.has_base;
  if (creates && rows.read.no_creations_before > now)
    return state(kWaiting, since, rows.read.no_creations_before, "refusal.quota");
  return state(kWaiting, since);
}

}  // namespace

Json event_state(const EventRows& rows, const std::string& revision, Instant now) {
  if (!rows.pair || rows.pair->state == sync::PairState::draft ||
      rows.pair->state == sync::PairState::hidden)
    return Json();
  if (rows.pair->state == sync::PairState::gone)
    return state(kNotTransferred, rows.agreed_at, {}, "event_state.calendar_gone");
  if (rows.link) {
    if (rows.link->link.held_reason == sync::kRetired) return Json();
    if (std::optional<Json> held = held_state(rows, now)) return *std::move(held);
  }
  const bool both =
      rows.link && rows.link->link.side.crm.has_base && rows.link->link.side.remote.has_base;
  const bool pending = rows.link && (rows.link->change.crm || rows.link->change.remote);
  // A revision that no run has read yet is an edit that waits, or the echo of a transfer.
  const bool unread =
      rows.link && !revision.empty() && rows.link->link.side.crm.version != revision;
  if (!both || pending || unread || rows.intent) return waiting_state(rows, now);
  return state(kInStep, rows.agreed_at);
}

Task<EventRows> read_event_rows(PluginContext& context, std::string account,
                                std::string crm_calendar, std::string event) {
  EventRows rows;
  store::SqlJournal journal(context.database, context.blocking, context.random, 0);
  CO_TRY(std::vector<sync::Pair> pairs, co_await journal.pairs(account));
  const auto pair = std::ranges::find(pairs, crm_calendar, &sync::Pair::crm_calendar);
  if (pair == pairs.end()) co_return rows;
  rows.pair = *pair;
  std::vector<std::string> id{event};
  CO_TRY(std::vector<sync::Link> links,
         co_await journal.links_by_side_id(pair->id, SideName::crm, std::move(id)));
  if (!links.empty()) {
    rows.link.emplace();
    rows.link->link = std::move(links.front());
    const sync::Link& link = rows.link->link;
    for (const SideName side : sync::kBothSides) {
      if (link.side[side].id.empty()) continue;
      std::vector<std::string> of_side{link.side[side].id};
      CO_TRY(std::vector<sync::PendingChange> pending,
             co_await journal.pending_changes(pair->id, side, std::move(of_side)));
      if (!pending.empty()) rows.link->change[side] = std::move(pending.front());
    }
    CO_TRY(rows.items, co_await journal.held_items(pair->id));
    std::erase_if(rows.items, [&](const sync::HeldItem& item) { return item.link != link.id; });
    CO_TRY(const std::vector<sync::Intent> intents, co_await journal.intents(pair->id));
    rows.intent = std::ranges::find(intents, link.id, &sync::Intent::link) != intents.end();
  }
  std::function<Result<>()> read = [&]() -> Result<> {
    return context.database.transact(
        store::Mode::read, 0, [&](store::Connection& connection) -> Result<> {
          TRY(rows.run, store::account_status(connection, account));
          TRY(const std::vector<store::PairStatus> reads,
              store::pair_statuses(connection, account));
          for (const store::PairStatus& one : reads)
            if (one.pair == pair->id) rows.read = one;
          if (!rows.link) return {};
          TRY(rows.agreed_at, store::agreed_at(connection, rows.link->link.id));
          return {};
        });
  };
  CO_TRY_VOID(co_await context.blocking.run<void>(std::move(read)));
  co_return rows;
}

}  // namespace gcal::plugin
