#include "src/engine/store/journal.hpp"

#include <algorithm>
#include <set>

#include "src/common/base/ordered_ids.hpp"
#include "src/engine/calendar/people.hpp"
#include "src/engine/store/account_rows.hpp"
#include "src/engine/store/journal_queries.hpp"
#include "src/engine/store/many_rows.hpp"
#include "src/engine/store/remote_items.hpp"
#include "src/engine/store/rows.hpp"
#include "src/engine/store/write_batch.hpp"

namespace gcal::store {
namespace {

using namespace gcal::sync;

void sort_unique(std::vector<std::string>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

template <class T>
Result<> take_rows(T& found, Result<T> rows) {
  TRY(found, std::move(rows));
  return {};
}

}  // namespace

template <class T>
Task<T> SqlJournal::read(Query<T> query) {
  std::function<Result<T>()> job = [this, &query]() -> Result<T> {
    T found{};
    const auto work = [&](Connection& connection) -> Result<> {
      found = T{};
      return query(connection, found);
    };
    TRY_VOID(database_.transact(Mode::read, fence_, work));
    return found;
  };
  co_return co_await blocking_.run<T>(std::move(job));
}

Task<> SqlJournal::write(Database::Work work) {
  std::function<Result<>()> job = [this, &work] {
    return database_.transact(Mode::write, fence_, work);
  };
  co_return co_await blocking_.run<void>(std::move(job));
}

Task<> SqlJournal::commit(WriteBatch batch) {
  base::OrderedIds ids;  // in the order of the entries' times, which is that of reading and pruning
  std::vector<std::string> history_ids;
  history_ids.reserve(batch.history.size());
  for (const HistoryEntry& entry : batch.history)
    history_ids.push_back(ids.next(entry.at, random_));
  if (!inserts_) inserts_.emplace();
  if (!batch.pairs.empty() || !batch.clear_dirty.empty()) known_pairs_.reset();
  Database::Work work = [this, &batch, &history_ids](Connection& connection) {
    return store_batch(connection, *inserts_, batch, history_ids);
  };
  co_return co_await write(std::move(work));
}

Task<std::vector<Pair>> SqlJournal::pairs(std::string account) {
  if (known_pairs_ && known_pairs_->first == account) co_return known_pairs_->second;
  Query<std::vector<Pair>> query = [&](Connection& connection, std::vector<Pair>& found) {
    return take_rows(found, read_pairs(connection, account));
  };
  CO_TRY(std::vector<Pair> found, co_await read<std::vector<Pair>>(std::move(query)));
  if (remembers_pairs_) known_pairs_.emplace(account, found);
  co_return found;
}

Task<std::vector<Pair>> SqlJournal::pairs_of_remote_calendar(std::string remote_calendar) {
  Query<std::vector<Pair>> query = [&](Connection& connection, std::vector<Pair>& found) {
    return connection.exec(std::string("SELECT ") + kPairColumns +
                               " FROM pairs WHERE google_calendar = $1 ORDER BY id",
                           {remote_calendar}, collect_into(found, pair_of));
  };
  co_return co_await read<std::vector<Pair>>(std::move(query));
}

Task<std::optional<Pair>> SqlJournal::pair_of_crm_calendar(std::string crm_calendar) {
  Query<std::vector<Pair>> query = [&](Connection& connection, std::vector<Pair>& found) {
    return connection.exec(
        std::string("SELECT ") + kPairColumns + " FROM pairs WHERE crm_calendar = $1 ORDER BY id",
        {crm_calendar}, collect_into(found, pair_of));
  };
  CO_TRY(std::vector<Pair> found, co_await read<std::vector<Pair>>(std::move(query)));
  if (found.empty()) co_return std::optional<Pair>();
  co_return std::optional<Pair>(std::move(found.front()));
}

Task<std::vector<Intent>> SqlJournal::intents(std::string pair) {
  Query<std::vector<Intent>> query = [&](Connection& connection, std::vector<Intent>& found) {
    return take_rows(found, read_intents(connection, pair));
  };
  co_return co_await read<std::vector<Intent>>(std::move(query));
}

Task<OpenWork> SqlJournal::open_work(std::string pair) {
  Query<OpenWork> query = [&](Connection& connection, OpenWork& found) -> Result<> {
    TRY(found.held, read_held_items(connection, pair));
    TRY(found.intents, read_intents(connection, pair));
    return {};
  };
  co_return co_await read<OpenWork>(std::move(query));
}

Task<bool> SqlJournal::has_changes(std::string pair) {
  Query<bool> query = [&](Connection& connection, bool& found) {
    const auto take = [&](Row) -> Result<> {
      found = true;
      return {};
    };
    return connection.exec(
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM observed WHERE pair = $1) OR EXISTS (SELECT 1 FROM "
        "splits WHERE pair = $1)",
        {pair}, take);
  };
  co_return co_await read<bool>(std::move(query));
}

Task<std::vector<Split>> SqlJournal::splits(std::string pair) {
  Query<std::vector<Split>> query = [&](Connection& connection, std::vector<Split>& found) {
    const auto decode = [](Row row) -> Result<Split> {
      return Split{std::string(row[0].text()), std::string(row[1].text()),
                   std::string(row[2].text())};
    };
    return connection.exec("SELECT pair, heir, origin FROM splits WHERE pair = $1 ORDER BY heir",
                           {pair}, collect_into(found, decode));
  };
  co_return co_await read<std::vector<Split>>(std::move(query));
}

Task<std::vector<HeldItem>> SqlJournal::held_items(std::string pair) {
  Query<std::vector<HeldItem>> query = [&](Connection& connection, std::vector<HeldItem>& found) {
    return take_rows(found, read_held_items(connection, pair));
  };
  co_return co_await read<std::vector<HeldItem>>(std::move(query));
}

Task<std::vector<Link>> SqlJournal::links_by_side_id(std::string pair, SideName side,
                                                     std::vector<std::string> ids) {
  sort_unique(ids);
  Query<std::vector<Link>> query = [&](Connection& connection,
                                       std::vector<Link>& found) -> Result<> {
    const std::string sql = std::string("SELECT ") + kLinkColumns + " FROM links WHERE (pair, " +
                            column_prefix(side) + "_id) IN ";
    TRY_VOID(exec_by_ids_of_pair(connection, sql, {pair}, ids, collect_into(found, link_of)));
    std::ranges::sort(found, {}, [side](const Link& link) {
      return std::pair<std::string_view, std::string_view>(link.side[side].id, link.id);
    });
    return {};
  };
  co_return co_await read<std::vector<Link>>(std::move(query));
}

Task<std::vector<Link>> SqlJournal::links_by_id(std::vector<std::string> ids) {
  Query<std::vector<Link>> query = [&](Connection& connection, std::vector<Link>& found) {
    return take_rows(found, links_of_ids(connection, ids));
  };
  co_return co_await read<std::vector<Link>>(std::move(query));
}

Task<std::vector<PendingChange>> SqlJournal::pending_changes(std::string pair, SideName side,
                                                             std::vector<std::string> ids) {
  sort_unique(ids);
  Query<std::vector<PendingChange>> query = [&](Connection& connection,
                                                std::vector<PendingChange>& found) -> Result<> {
    TRY(ChangesById changes, changes_of_ids(connection, pair, side, ids));
    for (auto& [id, change] : changes) found.push_back(std::move(change));
    return {};
  };
  co_return co_await read<std::vector<PendingChange>>(std::move(query));
}

Task<std::vector<LinkWithChanges>> SqlJournal::links_with_changes(std::string pair,
                                                                  std::string after,
                                                                  std::size_t limit) {
  Query<std::vector<LinkWithChanges>> query = [&](Connection& connection,
                                                  std::vector<LinkWithChanges>& found) {
    return take_rows(found, read_links_with_changes(connection, pair, after, limit));
  };
  co_return co_await read<std::vector<LinkWithChanges>>(std::move(query));
}

Task<std::vector<PendingChange>> SqlJournal::unlinked_changes(std::string pair, SideName side,
                                                              std::string after,
                                                              std::size_t limit) {
  Query<std::vector<PendingChange>> query = [&](Connection& connection,
                                                std::vector<PendingChange>& found) {
    const std::string sql =
        std::string("SELECT ") + kChangeColumns +
        " FROM observed o WHERE o.pair = $1 AND o.side = $2 AND o.id > $3 AND " +
        link_of_change(side, "") + " IS NULL ORDER BY o.id LIMIT $4";
    return connection.exec(
        sql, {pair, static_cast<std::int64_t>(side), after, static_cast<std::int64_t>(limit)},
        collect_into(found, change_of));
  };
  co_return co_await read<std::vector<PendingChange>>(std::move(query));
}

Task<std::vector<Link>> SqlJournal::links_missing_from_listing(std::string pair, SideName side,
                                                               std::uint64_t generation,
                                                               std::string after,
                                                               std::size_t limit) {
  Query<std::vector<Link>> query = [&](Connection& connection, std::vector<Link>& found) {
    const std::string prefix = column_prefix(side);
    // A pending change is newer than the base.
    const std::string sql =
        std::string("SELECT ") + kLinkColumns +
        " FROM links l WHERE l.pair = $1 AND l.id > $4 AND " + "l." + prefix +
        "_generation < $3 AND coalesce((SELECT 1 - o.gone FROM observed o WHERE " +
        "o.pair = l.pair AND o.side = $2 AND o.id = l." + prefix + "_id), l." + prefix +
        "_agreed) = 1 ORDER BY l.id LIMIT $5";
    return connection.exec(
        sql,
        {pair, static_cast<std::int64_t>(side), static_cast<std::int64_t>(generation), after,
         static_cast<std::int64_t>(limit)},
        collect_into(found, link_of));
  };
  co_return co_await read<std::vector<Link>>(std::move(query));
}

Task<RemoteItems> SqlJournal::remote_items(std::string pair, std::vector<std::string> ids) {
  sort_unique(ids);
  Query<RemoteItems> query = [&](Connection& connection, RemoteItems& found) {
    return read_remote_items(connection, pair, ids, found);
  };
  co_return co_await read<RemoteItems>(std::move(query));
}

Task<RemoteItems> SqlJournal::remote_items_by_crm_id(std::string account,
                                                     std::vector<std::string> crm_ids) {
  sort_unique(crm_ids);
  Query<RemoteItems> query = [&](Connection& connection, RemoteItems& found) {
    return read_remote_items_by_crm_id(connection, account, crm_ids, found);
  };
  co_return co_await read<RemoteItems>(std::move(query));
}

Task<std::size_t> SqlJournal::count_links(std::string pair) {
  Query<std::size_t> query = [&](Connection& connection, std::size_t& count) {
    const auto take = [&](Row row) -> Result<> {
      count = static_cast<std::size_t>(row[0].integer());
      return {};
    };
    return connection.exec("SELECT count(*) FROM links WHERE pair = $1", {pair}, take);
  };
  co_return co_await read<std::size_t>(std::move(query));
}

Task<sync::PendingDeletions> SqlJournal::pending_deletions(std::string pair) {
  Query<sync::PendingDeletions> query = [&](Connection& connection,
                                            sync::PendingDeletions& pending) -> Result<> {
    for (const SideName side : kBothSides) {
      const auto take = [&](Row row) -> Result<> {
        const auto all = static_cast<std::size_t>(row[0].integer());
        const auto inferred = static_cast<std::size_t>(row[1].integer());
        if (side == SideName::crm) {
          pending.inferred_in_crm = inferred;
        } else {
          pending.inferred_at_remote = inferred;
          pending.reported_by_remote = all - inferred;
        }
        return {};
      };
      TRY_VOID(connection.exec(
          "SELECT count(*), count(CASE WHEN o.inferred = 1 THEN 1 END) FROM observed o WHERE "
          "o.pair = $1 AND o.side = $2 AND o.gone = 1 AND " +
              link_of_change(side, " AND l.held_reason = ''") + " IS NOT NULL",
          {pair, static_cast<std::int64_t>(side)}, take));
    }
    return {};
  };
  co_return co_await read<sync::PendingDeletions>(std::move(query));
}

Task<std::vector<Link>> SqlJournal::links_by_address(std::string account,
                                                     std::vector<std::string> addresses) {
  sort_unique(addresses);
  Query<std::vector<Link>> query = [&](Connection& connection,
                                       std::vector<Link>& found) -> Result<> {
    const std::string sql = "SELECT " + link_columns_of("l") +
                            " FROM link_addresses a JOIN links l ON l.id = a.link JOIN pairs p ON "
                            "p.id = l.pair WHERE p.account = $1 AND a.address IN ";
    std::set<std::string> met;
    const auto take = [&](Row row) -> Result<> {
      TRY(Link link, link_of(row));
      if (met.insert(link.id).second) found.push_back(std::move(link));
      return {};
    };
    TRY_VOID(exec_by_ids(connection, sql, {account}, addresses, take));
    std::sort(found.begin(), found.end(), [](const Link& a, const Link& b) { return a.id < b.id; });
    return {};
  };
  co_return co_await read<std::vector<Link>>(std::move(query));
}

Task<std::vector<Link>> SqlJournal::links(std::string pair, std::string after, std::size_t limit) {
  Query<std::vector<Link>> query = [&](Connection& connection, std::vector<Link>& found) {
    return connection.exec(std::string("SELECT ") + kLinkColumns +
                               " FROM links WHERE pair = $1 AND id > $2 ORDER BY id LIMIT $3",
                           {pair, after, static_cast<std::int64_t>(limit)},
                           collect_into(found, link_of));
  };
  co_return co_await read<std::vector<Link>>(std::move(query));
}

Task<std::map<std::string, std::size_t>> SqlJournal::held_reasons(std::string account) {
  using Counts = std::map<std::string, std::size_t>;
  Query<Counts> query = [&](Connection& connection, Counts& counts) {
    return take_rows(counts, read_held_reasons(connection, account));
  };
  co_return co_await read<Counts>(std::move(query));
}

Task<std::vector<HeldItem>> SqlJournal::held_items_of_account(std::string account) {
  Query<std::vector<HeldItem>> query = [&](Connection& connection, std::vector<HeldItem>& found) {
    return take_rows(found, read_held_items_of_account(connection, account));
  };
  co_return co_await read<std::vector<HeldItem>>(std::move(query));
}

Task<std::size_t> SqlJournal::count_unlinked_changes(std::string pair, SideName side) {
  Query<std::size_t> query = [&](Connection& connection, std::size_t& count) {
    const auto take = [&](Row row) -> Result<> {
      count = static_cast<std::size_t>(row[0].integer());
      return {};
    };
    const std::string sql =
        "SELECT count(*) FROM observed o WHERE o.pair = $1 AND o.side = $2 AND " +
        link_of_change(side, "") + " IS NULL";
    return connection.exec(sql, {pair, static_cast<std::int64_t>(side)}, take);
  };
  co_return co_await read<std::size_t>(std::move(query));
}

Task<std::vector<Link>> SqlJournal::held(std::string account) {
  Query<std::vector<Link>> query = [&](Connection& connection, std::vector<Link>& found) {
    return take_rows(found, read_held_links(connection, account));
  };
  co_return co_await read<std::vector<Link>>(std::move(query));
}

}  // namespace gcal::store
