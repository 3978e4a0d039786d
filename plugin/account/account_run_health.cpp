// The parts of a run for what the accounts page shows and when the account runs again.
#include <algorithm>

#include "plugin/account/account_run.hpp"
#include "plugin/account/refusals.hpp"
#include "plugin/adapters/key_value_store.hpp"

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Json;
using base::Milliseconds;
using sync::Pair;
using sync::PairState;

constexpr Milliseconds kDay = std::chrono::hours{24};
// How long the accounts page reports a deletion in bulk.
constexpr Milliseconds kBulkDeletionNotice = std::chrono::days{7};

}  // namespace

std::string AccountRun::calendar_name(const std::string& remote_calendar) const {
  for (const settings::RemoteCalendar& remote : account_.config.visible)
    if (remote.id == remote_calendar) return calendar_for(account_, remote).name;
  return remote_calendar;
}

Task<> AccountRun::record_bulk_deletion(std::size_t count) {
  KeyValueStore values(context_.database, context_.blocking, fence_);
  const Json note =
      Json::object({{"count", count}, {"at", context_.clock.now().time_since_epoch().count()}});
  co_return co_await values.put("cleared:" + id_, note.dump());
}

Task<> AccountRun::publish_health(std::optional<Progress> progress) {
  HealthFacts facts;
  facts.account_state = account_.state;
  facts.config = &account_.config;
  facts.error = outcome_.error;
  facts.progress = progress;
  CO_TRY(const std::vector<Pair> pairs, co_await journal_.pairs(id_));
  for (const Pair& pair : pairs) {
    facts.synced_at = std::max(facts.synced_at, pair.synced_at);
    if (pair.state != PairState::gone) continue;
    if (pair.remote_calendar == account_.config.default_calendar)
      facts.default_gone = calendar_name(pair.remote_calendar);
    else
      facts.gone.push_back(calendar_name(pair.remote_calendar));
  }
  for (const settings::RemoteCalendar& remote : account_.config.visible)
    if (remote.id == account_.config.default_calendar && !remote.writable())
      facts.default_read_only = calendar_name(remote.id);
  CO_TRY(const auto held, co_await journal_.held_reasons(id_));
  for (const auto& [reason, count] : held) {
    if (reason == sync::kRetired) continue;
    if (reason == sync::kHeldInferred) facts.held += count;
    if (reason == sync::kHeldConflict) facts.conflicts += count;
    if (reason == sync::kHeldForeign) facts.foreign += count;
  }
  CO_TRY(const std::vector<sync::HeldItem> items, co_await journal_.held_items_of_account(id_));
  count_held(items, facts);
  for (const auto& [pair, memory] : memory_.pairs)
    facts.no_creations |= memory.no_creations_before > context_.clock.now();
  KeyValueStore values(context_.database, context_.blocking, fence_);
  CO_TRY(const std::string cleared, co_await values.get("cleared:" + id_));
  if (const Result<Json> note = Json::parse(cleared.empty() ? "{}" : cleared);
      note && note->contains("at")) {
    const Instant at{Milliseconds{(*note)["at"].as_integer()}};
    if (context_.clock.now() - at < kBulkDeletionNotice)
      facts.bulk_deleted = static_cast<std::size_t>((*note)["count"].as_integer());
  }
  co_return co_await context_.host.set_health(id_, health_of(facts));
}

Instant AccountRun::next_run() const {
  const Instant now = context_.clock.now();
  if (outcome_.error) {
    const sync::Activity activity{
        sync::Push::unconfirmed, false, {}, memory_.failures, outcome_.error->retry_after};
    return now + sync::with_jitter(sync::next_poll_delay(activity), context_.random);
  }
  Instant next = now + kDay;
  for (const Pair& pair : pairs_.live) {
    const auto known = memory_.pairs.find(pair.id);
    if (pair.state != PairState::live || known == memory_.pairs.end()) continue;
    next = std::min(next, known->second.due_at);
    if (known->second.retry_at != Instant{}) next = std::min(next, known->second.retry_at);
    if (known->second.no_creations_before > now)
      next = std::min(next, known->second.no_creations_before);
    if (known->second.channel_check_at != Instant{})
      next = std::min(next, known->second.channel_check_at);
  }
  return std::max(next, now);
}

}  // namespace gcal::plugin
