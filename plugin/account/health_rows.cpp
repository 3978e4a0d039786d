#include "plugin/account/health_rows.hpp"

#include <algorithm>

#include "plugin/adapters/key_value_store.hpp"
#include "src/common/base/milliseconds.hpp"
#include "src/engine/store/journal.hpp"

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

}  // namespace

Task<HealthRows> read_health_rows(PluginContext& context, Account account) {
  HealthRows rows;
  store::SqlJournal journal(context.database, context.blocking, context.random, 0);
  CO_TRY(rows.pairs, co_await journal.pairs(account.id));
  CO_TRY(rows.held, co_await journal.held_reasons(account.id));
  CO_TRY(rows.items, co_await journal.held_items_of_account(account.id));
  std::string note;
  std::function<Result<>()> read = [&context, &rows, &note, &id = account.id] {
    return context.database.transact(
        store::Mode::read, 0, [&](store::Connection& connection) -> Result<> {
          TRY(rows.reads, store::pair_statuses(connection, id));
          TRY(rows.run, store::account_status(connection, id));
          TRY(note, store::read_value(connection, "cleared:" + id));
          rows.channels.clear();
          for (const sync::Pair& pair : rows.pairs) {
            TRY(std::vector<store::Channel> channels, store::channels_of(connection, pair.id));
            std::ranges::move(channels, std::back_inserter(rows.channels));
          }
          return {};
        });
  };
  CO_TRY_VOID(co_await context.blocking.run<void>(std::move(read)));
  rows.bulk_deleted = bulk_deleted(note, context.clock.now());
  rows.account = std::move(account);
  co_return rows;
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

Task<> store_run_result(PluginContext& context, const std::string& account, RunResult result,
                        const AccountMemory& memory, std::int64_t fence) {
  const Instant now = context.clock.now();
  std::function<Result<>()> write = [&]() -> Result<> {
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
  };
  co_return co_await context.blocking.run<void>(std::move(write));
}

}  // namespace gcal::plugin
