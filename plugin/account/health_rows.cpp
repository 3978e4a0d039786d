#include "plugin/account/health_rows.hpp"

#include <algorithm>

#include "plugin/adapters/key_value_store.hpp"
#include "src/common/base/milliseconds.hpp"
#include "src/engine/store/account_rows.hpp"

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Json;
using base::Milliseconds;

// How long the accounts page reports a deletion in bulk.
constexpr Milliseconds kBulkDeletionNotice = std::chrono::days{7};

// The number of appointments that were deleted in bulk lately, from the note of
// record_bulk_deletion.
std::size_t bulk_deleted(const std::string& note, Instant now) {
  const Result<Json> read = Json::parse(note.empty() ? "{}" : note);
  if (!read || !read->contains("at")) return 0;
  const Instant at = base::instant_of((*read)["at"].as_integer());
  return now - at < kBulkDeletionNotice ? static_cast<std::size_t>((*read)["count"].as_integer())
                                        : 0;
}

// Blocks.
Result<HealthRows> rows_of(PluginContext& context, Account account, Instant now) {
  HealthRows rows;
  std::string note;
  const std::string& id = account.id;
  TRY_VOID(context.database.transact(
      store::Mode::read, 0, [&](store::Connection& connection) -> Result<> {
        TRY(rows.pairs, store::read_pairs(connection, id));
        TRY(rows.held, store::read_held_reasons(connection, id));
        TRY(rows.items, store::read_held_items_of_account(connection, id));
        TRY(rows.reads, store::pair_statuses(connection, id));
        TRY(rows.run, store::account_status(connection, id));
        TRY(note, store::read_value(connection, "cleared:" + id));
        rows.channels.clear();
        for (const sync::Pair& pair : rows.pairs) {
          TRY(std::vector<store::Channel> channels, store::channels_of(connection, pair.id));
          std::ranges::move(channels, std::back_inserter(rows.channels));
        }
        return {};
      }));
  rows.bulk_deleted = bulk_deleted(note, now);
  rows.account = std::move(account);
  return rows;
}

// Blocks.
Result<> publish(PluginContext& context, Account account, std::optional<Progress> progress,
                 Instant now) {
  const std::string id = account.id;
  TRY(HealthRows rows, rows_of(context, std::move(account), now));
  rows.progress = progress;
  return context.host.services().accounts.set_health(id, health_of(rows, now).dump());
}

// Blocks. Writes nothing if nothing changed.
Result<> store_result(PluginContext& context, const std::string& account, const RunResult& result,
                      const AccountMemory& memory, std::int64_t fence, Instant now) {
  std::vector<store::PairStatus> known;
  store::AccountStatus last;
  std::map<std::string, bool> waits;
  const auto read = [&](store::Connection& connection) -> Result<> {
    TRY(known, store::pair_statuses(connection, account));
    TRY(last, store::account_status(connection, account));
    for (const sync::Pair& pair : result.live) {
      if (result.complete.contains(pair.id)) continue;
      const bool two_way = pair.mode == sync::PairMode::two_way;
      TRY(waits[pair.id], store::has_waiting_changes(connection, pair.id, two_way));
    }
    return {};
  };
  TRY_VOID(context.database.transact(store::Mode::read, 0, read));

  std::vector<store::PairStatus> changed;
  for (const sync::Pair& pair : result.live) {
    const auto before = std::ranges::find(known, pair.id, &store::PairStatus::pair);
    store::PairStatus after = before == known.end() ? store::PairStatus{} : *before;
    after.pair = pair.id;
    if (const auto at = result.read_at.find(pair.id); at != result.read_at.end())
      after.read_at = at->second;
    if (!waits[pair.id])
      after.waiting_since = {};
    else if (after.waiting_since == Instant{})
      after.waiting_since = now;
    if (const auto one = memory.pairs.find(pair.id); one != memory.pairs.end())
      after.no_creations_before = one->second.no_creations_before;
    if (before == known.end() || !(*before == after)) changed.push_back(std::move(after));
  }
  store::AccountStatus run;
  run.account = account;
  if (result.error) {
    run.failing_since = last.failing_since == Instant{} ? now : last.failing_since;
    run.retry_at = result.next;
    run.code = result.error->code;
    run.detail = std::string(result.error->detail);
    run.message = result.error->message;
  }
  if (changed.empty() && run == last) return {};
  return context.database.transact(store::Mode::write, fence,
                                   [&](store::Connection& connection) -> Result<> {
                                     for (const store::PairStatus& one : changed)
                                       TRY_VOID(store::put_pair_status(connection, one));
                                     if (!(run == last))
                                       TRY_VOID(store::put_account_status(connection, run));
                                     return {};
                                   });
}

}  // namespace

Task<HealthRows> read_health_rows(PluginContext& context, Account account) {
  std::function<Result<HealthRows>()> read = [&context, &account, now = context.clock.now()] {
    return rows_of(context, std::move(account), now);
  };
  co_return co_await context.blocking.run<HealthRows>(std::move(read));
}

Task<> publish_health(PluginContext& context, Account account, std::optional<Progress> progress) {
  std::function<Result<>()> call = [&, now = context.clock.now()] {
    return publish(context, std::move(account), progress, now);
  };
  co_return co_await context.blocking.run<void>(std::move(call));
}

Task<> store_read(PluginContext& context, std::string pair) {
  const store::PairStatus status{std::move(pair), context.clock.now(), {}, {}};
  std::function<Result<>()> write = [&context, &status] {
    return context.database.transact(store::Mode::write, 0,
                                     [&status](store::Connection& connection) {
                                       return store::put_pair_status(connection, status);
                                     });
  };
  co_return co_await context.blocking.run<void>(std::move(write));
}

Task<> end_run(PluginContext& context, Account account, RunResult result,
               const AccountMemory& memory, std::int64_t fence) {
  std::function<Result<>()> end = [&, now = context.clock.now()]() -> Result<> {
    TRY_VOID(store_result(context, account.id, result, memory, fence, now));
    return publish(context, std::move(account), std::nullopt, now);
  };
  co_return co_await context.blocking.run<void>(std::move(end));
}

}  // namespace gcal::plugin
