// The parts of a run for what the user chose in the options: private events, calendars that are
// edited in the CRM.
#include <algorithm>

#include "plugin/account/account_run.hpp"
#include "plugin/adapters/key_value_store.hpp"

namespace gcal::plugin {

using sync::Pair;
using sync::SideName;

// After the choice for private events has changed, each calendar is listed once, so that it holds
// for those that did not change.
Task<> AccountRun::apply_private_policy() {
  const std::string chosen = text_of(account_.config.private_events);
  if (memory_.private_policy == chosen) co_return Result<>{};
  KeyValueStore values(context_.database, context_.blocking, fence_);
  CO_TRY(const std::string applied, co_await values.get("private:" + id_));
  const std::string none = text_of(settings::PrivateEvents::keep);
  if ((applied.empty() ? none : applied) != chosen) {
    private_policy_changed_ = true;
    sync::WriteBatch batch;
    for (Pair& pair : pairs_.live) {
      pair.cursor[SideName::remote].clear();
      batch.pairs.push_back(pair);
    }
    if (!batch.empty()) CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
    CO_TRY_VOID(co_await values.put("private:" + id_, chosen));
  }
  memory_.private_policy = chosen;
  co_return Result<>{};
}

// Whether the calendar holds tasks that the CRM shows itself (D-08). One that the user edits in the
// CRM is shown whole.
bool AccountRun::keeps_tasks(const Pair& pair) const {
  const auto known = std::ranges::find(account_.config.visible, pair.remote_calendar,
                                       &settings::RemoteCalendar::id);
  return pair.mode == sync::PairMode::view_only && known != account_.config.visible.end() &&
         context_.site.is_tasks_calendar(known->name);
}

// What the CRM shows elsewhere changes without Google's calendar: once a day it is compared again.
Task<> AccountRun::list_tasks_again() {
  sync::WriteBatch batch;
  for (Pair& pair : pairs_.live) {
    if (!keeps_tasks(pair)) continue;
    pair.cursor[SideName::remote].clear();
    batch.pairs.push_back(pair);
  }
  if (batch.empty()) co_return Result<>{};
  co_return co_await journal_.commit(std::move(batch));
}

// A calendar that the user no longer edits in the CRM becomes view-only after a cycle has written
// what was pending in it (PD-02).
Task<> AccountRun::lower_to_view_only(Pair& pair) {
  if (pair.mode != sync::PairMode::two_way || pair.is_default || pair.draining ||
      is_raised(account_.config, pair.remote_calendar))
    co_return Result<>{};
  co_return co_await make_view_only(pair);
}

// Conflicts that wait for the user's decision have none to wait for any more: Google's values stay,
// the CRM's go to the history.
Task<> AccountRun::make_view_only(Pair& pair) {
  pair.draining = false;
  pair.mode = sync::PairMode::view_only;
  sync::WriteBatch batch;
  batch.pairs.push_back(pair);
  CO_TRY(std::vector<sync::Link> held, co_await journal_.held(id_));
  for (sync::Link& link : held) {
    if (link.pair != pair.id || link.held_reason != sync::kHeldConflict) continue;
    link.held_reason.clear();
    batch.links.push_back(std::move(link));
  }
  const bool released = !batch.links.empty();
  CO_TRY_VOID(co_await journal_.commit(std::move(batch)));
  if (released) CO_TRY_VOID(co_await try_sync_pair(pair, false));
  co_return Result<>{};
}

}  // namespace gcal::plugin
