#include "src/engine/store/write_batch.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/milliseconds.hpp"
#include "src/engine/calendar/people.hpp"
#include "src/engine/store/remote_items.hpp"
#include "src/engine/store/rows.hpp"

namespace gcal::store {
namespace {

using namespace gcal::sync;

// "$1, $2, ..."
std::string placeholders(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) text += (i == 1 ? "$" : ", $") + std::to_string(i);
  return text;
}

// "a = excluded.a, ..." for every column but those in `fixed`.
std::string assignments(std::string_view columns, const std::set<std::string_view>& fixed) {
  std::string text;
  while (!columns.empty()) {
    const std::size_t comma = columns.find(", ");
    const std::string_view column = columns.substr(0, comma);
    columns = comma == std::string_view::npos ? std::string_view() : columns.substr(comma + 2);
    if (fixed.contains(column)) continue;
    if (!text.empty()) text += ", ";
    text += std::string(column) + " = excluded." + std::string(column);
  }
  return text;
}

std::string upsert(const char* table, std::string_view columns, const char* key,
                   const std::set<std::string_view>& fixed) {
  const auto count = static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ',')) + 1;
  return std::string("INSERT INTO ") + table + "(" + std::string(columns) + ") VALUES (" +
         placeholders(count) + ") ON CONFLICT(" + key + ") DO UPDATE SET " +
         assignments(columns, fixed);
}

// `sql` for each item, with the arguments that row_of answers for it.
template <class Items, class RowOf>
Result<> exec_each(Connection& connection, std::string_view sql, const Items& items,
                   const RowOf& row_of) {
  std::vector<Values> rows;
  rows.reserve(items.size());
  for (const auto& item : items) rows.push_back(row_of(item));
  return connection.exec_many(sql, rows);
}

Values change_key(const ChangeKey& key) {
  return {key.pair, static_cast<std::int64_t>(key.side), key.id};
}

Values only(const std::string& id) {
  return {id};
}

// A statement of each kind for all links together: one after the other would be a round trip each.
Result<> store_links(Connection& connection, const Upserts& upserts,
                     const std::vector<Link>& links) {
  TRY_VOID(exec_each(connection, upserts.link, links, link_values));
  // The addresses in the link, so that a changed lead or contact finds it without reading every
  // link. The last of several rows of one link counts.
  std::map<std::string_view, const Link*> newest;
  for (const Link& link : links) newest[link.id] = &link;
  std::vector<Values> erased, added;
  for (const auto& [id, link] : newest) {
    erased.push_back({std::string(id)});
    // By mailbox too: a record with another spelling of the address is found as well.
    calendar::AddressesToMatch people = calendar::addresses_to_match(link->side.crm.base, {});
    people.addresses.merge(people.mailboxes);
    for (const std::string& address : people.addresses) added.push_back({address, link->id});
  }
  TRY_VOID(connection.exec_many("DELETE FROM link_addresses WHERE link = $1", erased));
  return connection.exec_many("INSERT INTO link_addresses(address, link) VALUES ($1, $2)", added);
}

// A new row is the last one.
Result<> store_invitation(Connection& connection, const sync::Invitation& row) {
  static constexpr std::string_view columns = kInvitationColumns;
  const auto count = static_cast<std::size_t>(std::count(columns.begin(), columns.end(), ',')) + 1;
  const std::string sql = std::string("INSERT INTO invitations(") + kInvitationColumns +
                          ", ordinal) VALUES (" + placeholders(count) +
                          ", (SELECT coalesce(max(ordinal), 0) + 1 FROM invitations)) ON "
                          "CONFLICT(id) DO UPDATE SET " +
                          assignments(columns, {"id"});
  return connection.exec(sql, invitation_values(row));
}

Result<> store_history(Connection& connection, const std::vector<HistoryEntry>& history,
                       std::span<const std::string> ids) {
  std::vector<Values> agreed, entries;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const HistoryEntry& entry = history[i];
    if (!entry.link.empty() && (entry.what == "created" || entry.what == "updated"))
      agreed.push_back({base::milliseconds(entry.at), entry.link});
    entries.push_back({ids[i], entry.pair, entry.link, base::milliseconds(entry.at), entry.what,
                       static_cast<std::int64_t>(entry.side), entry.detail,
                       entry.copy ? series_text(*entry.copy) : std::string()});
  }
  TRY_VOID(connection.exec_many("UPDATE links SET agreed_at = $1 WHERE id = $2", agreed));
  return connection.exec_many(
      "INSERT INTO history(id, pair, link, at, what, side, detail, copy) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT(id) DO NOTHING",
      entries);
}

Result<> delete_links(Connection& connection, const std::vector<std::string>& ids) {
  // Remote items first: which they are is read from the link.
  for (const std::string& id : ids) TRY_VOID(erase_remote_item_of_link(connection, id));
  for (const char* sql :
       {"DELETE FROM links WHERE id = $1", "DELETE FROM link_addresses WHERE link = $1",
        "DELETE FROM held_items WHERE link = $1"})
    TRY_VOID(exec_each(connection, sql, ids, only));
  return {};
}

}  // namespace

Upserts::Upserts()
    : pair(upsert("pairs", kPairColumns, "id", {"id", "dirty"})),
      link(upsert("links", kLinkColumns, "id", {"id"})),
      change(upsert("observed", kChangeColumns, "pair, side, id", {"pair", "side", "id"})),
      held(upsert("held_items", kHeldColumns, "pair, side, id", {"pair", "side", "id"})) {}

Result<> store_batch(Connection& connection, const Upserts& upserts, const WriteBatch& batch,
                     std::span<const std::string> history_ids) {
  // The upsert leaves `dirty` alone: the web hook owns it, and may have set it again during the
  // cycle that stores this pair.
  for (const Pair& pair : batch.pairs) TRY_VOID(connection.exec(upserts.pair, pair_values(pair)));
  for (const sync::CoveredMarks& covered : batch.clear_dirty)
    TRY_VOID(connection.exec("UPDATE pairs SET dirty = 0 WHERE id = $1 AND dirty = $2",
                             {covered.pair, covered.dirty}));
  TRY_VOID(store_links(connection, upserts, batch.links));
  for (const RecordRename& rename : batch.record_renames)  // the sub-select lets it use the index
    TRY_VOID(
        connection.exec("UPDATE links SET crm_id = $1 WHERE pair IN (SELECT id FROM pairs) "
                        "AND crm_id = $2 AND held_reason = $3",
                        {rename.to, rename.from, std::string(kRetired)}));
  TRY_VOID(delete_links(connection, batch.delete_links));
  for (const RemoteItemMove& move : batch.remote_item_moves)
    TRY_VOID(move_remote_item(connection, move));
  for (const ReportedRemoteItem& reported : batch.remote_items)
    TRY_VOID(store_remote_item(connection, reported));
  TRY_VOID(exec_each(connection, upserts.change, batch.changes, change_values));
  TRY_VOID(exec_each(connection, "DELETE FROM observed WHERE pair = $1 AND side = $2 AND id = $3",
                     batch.delete_changes, change_key));
  for (const std::string& pair : batch.clear_acts)
    TRY_VOID(connection.exec("UPDATE observed SET acted_at = 0 WHERE pair = $1", {pair}));
  TRY_VOID(exec_each(
      connection,
      "INSERT INTO intents(op_id, pair, link, side, operation) VALUES ($1, $2, $3, $4, $5) ON "
      "CONFLICT(op_id) DO UPDATE SET "
      "pair = excluded.pair, link = excluded.link, side = excluded.side, operation = "
      "excluded.operation",
      batch.intents, [](const Intent& intent) -> Values {
        return {intent.op_id, intent.pair, intent.link, static_cast<std::int64_t>(SideName::remote),
                operation_text(intent.operation)};
      }));
  TRY_VOID(
      exec_each(connection, "DELETE FROM intents WHERE op_id = $1", batch.delete_intents, only));
  for (const Split& split : batch.splits)
    TRY_VOID(connection.exec(
        "INSERT INTO splits(pair, heir, origin) VALUES ($1, $2, $3) ON CONFLICT(pair, heir) DO "
        "UPDATE SET origin = excluded.origin",
        {split.pair, split.heir, split.origin}));
  for (const Split& split : batch.delete_splits)
    TRY_VOID(connection.exec("DELETE FROM splits WHERE pair = $1 AND heir = $2",
                             {split.pair, split.heir}));
  TRY_VOID(exec_each(connection, upserts.held, batch.held, held_values));
  TRY_VOID(exec_each(connection, "DELETE FROM held_items WHERE pair = $1 AND side = $2 AND id = $3",
                     batch.release_held, change_key));
  TRY_VOID(store_history(connection, batch.history, history_ids));
  for (const sync::Invitation& row : batch.invitations) TRY_VOID(store_invitation(connection, row));
  return {};
}

}  // namespace gcal::store
