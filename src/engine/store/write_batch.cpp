#include "src/engine/store/write_batch.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "src/common/base/milliseconds.hpp"
#include "src/engine/calendar/people.hpp"
#include "src/engine/store/remote_items.hpp"
#include "src/engine/store/rows.hpp"

namespace gcal::store {
namespace {

using namespace gcal::sync;

constexpr std::string_view kIntentColumns = "op_id, pair, link, side, operation";

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

// What makes an INSERT of these columns replace the row of the same key.
std::string or_replace(std::string_view columns, const char* key,
                       const std::set<std::string_view>& fixed) {
  return std::string(" ON CONFLICT(") + key + ") DO UPDATE SET " + assignments(columns, fixed);
}

// The items; of several with one key the last, as if one came after the other.
template <class Item, class KeyOf>
std::vector<const Item*> last_of_each(const std::vector<Item>& items, const KeyOf& key_of) {
  std::map<decltype(key_of(items.front())), const Item*> last;
  for (const Item& item : items) last[key_of(item)] = &item;
  std::vector<const Item*> out;
  out.reserve(last.size());
  for (const auto& [key, item] : last) out.push_back(item);
  return out;
}

template <class Item, class RowOf>
Result<> insert_all(Connection& connection, const Insert& insert,
                    const std::vector<const Item*>& items, const RowOf& row_of) {
  std::vector<Values> rows;
  rows.reserve(items.size());
  for (const Item* item : items) rows.push_back(row_of(*item));
  return insert.run(connection, rows);
}

template <class Item, class KeyOf, class RowOf>
Result<> insert_last(Connection& connection, const Insert& insert, const std::vector<Item>& items,
                     const KeyOf& key_of, const RowOf& row_of) {
  return insert_all(connection, insert, last_of_each(items, key_of), row_of);
}

// Deletes rows of a table by its key (pair, side, id).
Result<> delete_keys(Connection& connection, std::string_view table,
                     const std::vector<ChangeKey>& keys) {
  std::map<std::pair<std::string, SideName>, std::vector<std::string>> ids;
  for (const ChangeKey& key : keys) ids[{key.pair, key.side}].push_back(key.id);
  const std::string sql =
      "DELETE FROM " + std::string(table) + " WHERE side = $2 AND (pair, id) IN ";
  for (const auto& [place, list] : ids)
    TRY_VOID(exec_by_ids_of_pair(connection, sql,
                                 {place.first, static_cast<std::int64_t>(place.second)}, list));
  return {};
}

// A statement of each kind for all links together: one after the other would be a round trip each.
Result<> store_links(Connection& connection, const Inserts& inserts,
                     const std::vector<Link>& links) {
  const std::vector<const Link*> newest =
      last_of_each(links, [](const Link& link) { return std::string_view(link.id); });
  TRY_VOID(insert_all(connection, inserts.link, newest, link_values));
  // The addresses in the link, so that a changed lead or contact finds it without reading every
  // link.
  std::vector<std::string> erased;
  std::vector<Values> added;
  for (const Link* link : newest) {
    erased.push_back(link->id);
    // By mailbox too: a record with another spelling of the address is found as well.
    calendar::AddressesToMatch people = calendar::addresses_to_match(link->side.crm.base, {});
    people.addresses.merge(people.mailboxes);
    for (const std::string& address : people.addresses) added.push_back({address, link->id});
  }
  TRY_VOID(exec_by_ids(connection, "DELETE FROM link_addresses WHERE link IN ", {}, erased));
  return inserts.address.run(connection, added);
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

Result<> store_history(Connection& connection, const Insert& insert,
                       const std::vector<HistoryEntry>& history, std::span<const std::string> ids) {
  std::map<std::int64_t, std::vector<std::string>> agreed;  // links by the time of their agreement
  std::vector<Values> entries;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const HistoryEntry& entry = history[i];
    if (!entry.link.empty() && (entry.what == "created" || entry.what == "updated"))
      agreed[base::milliseconds(entry.at)].push_back(entry.link);
    entries.push_back({ids[i], entry.pair, entry.link, base::milliseconds(entry.at), entry.what,
                       static_cast<std::int64_t>(entry.side), entry.detail,
                       entry.copy ? series_text(*entry.copy) : std::string()});
  }
  for (const auto& [at, links] : agreed)
    TRY_VOID(exec_by_ids(connection, "UPDATE links SET agreed_at = $1 WHERE id IN ", {at}, links));
  return insert.run(connection, entries);
}

Result<> delete_links(Connection& connection, const std::vector<std::string>& ids) {
  // Remote items first: which they are is read from the link.
  TRY_VOID(erase_remote_items_of_links(connection, ids));
  for (const char* sql :
       {"DELETE FROM links WHERE id IN ", "DELETE FROM link_addresses WHERE link IN ",
        "DELETE FROM held_items WHERE link IN "})
    TRY_VOID(exec_by_ids(connection, sql, {}, ids));
  return {};
}

}  // namespace

Inserts::Inserts()
    : pair("pairs", kPairColumns, or_replace(kPairColumns, "id", {"id", "dirty"})),
      link("links", kLinkColumns, or_replace(kLinkColumns, "id", {"id"})),
      address("link_addresses", "address, link", ""),
      change("observed", kChangeColumns,
             or_replace(kChangeColumns, "pair, side, id", {"pair", "side", "id"})),
      intent("intents", kIntentColumns, or_replace(kIntentColumns, "op_id", {"op_id"})),
      held("held_items", kHeldColumns,
           or_replace(kHeldColumns, "pair, side, id", {"pair", "side", "id"})),
      remote_item(insert_of_remote_items()),
      history("history", "id, pair, link, at, what, side, detail, copy",
              " ON CONFLICT(id) DO NOTHING") {}

Result<> store_batch(Connection& connection, const Inserts& inserts, const WriteBatch& batch,
                     std::span<const std::string> history_ids) {
  // The upsert leaves `dirty` alone: the web hook owns it, and may have set it again during the
  // cycle that stores this pair.
  TRY_VOID(insert_last(
      connection, inserts.pair, batch.pairs, [](const Pair& pair) { return pair.id; },
      pair_values));
  for (const sync::CoveredMarks& covered : batch.clear_dirty)
    TRY_VOID(connection.exec("UPDATE pairs SET dirty = 0 WHERE id = $1 AND dirty = $2",
                             {covered.pair, covered.dirty}));
  TRY_VOID(store_links(connection, inserts, batch.links));
  for (const RecordRename& rename : batch.record_renames)  // the sub-select lets it use the index
    TRY_VOID(
        connection.exec("UPDATE links SET crm_id = $1 WHERE pair IN (SELECT id FROM pairs) "
                        "AND crm_id = $2 AND held_reason = $3",
                        {rename.to, rename.from, std::string(kRetired)}));
  TRY_VOID(delete_links(connection, batch.delete_links));
  for (const RemoteItemMove& move : batch.remote_item_moves)
    TRY_VOID(move_remote_item(connection, move));
  TRY_VOID(store_remote_items(connection, inserts.remote_item, batch.remote_items));
  TRY_VOID(insert_last(
      connection, inserts.change, batch.changes,
      [](const PendingChange& change) {
        return std::tuple(std::string_view(change.pair), change.side,
                          std::string_view(change.item.id));
      },
      change_values));
  TRY_VOID(delete_keys(connection, "observed", batch.delete_changes));
  for (const std::string& pair : batch.clear_acts)
    TRY_VOID(connection.exec("UPDATE observed SET acted_at = 0 WHERE pair = $1", {pair}));
  TRY_VOID(insert_last(
      connection, inserts.intent, batch.intents,
      [](const Intent& intent) { return std::string_view(intent.op_id); },
      [](const Intent& intent) -> Values {
        return {intent.op_id, intent.pair, intent.link, static_cast<std::int64_t>(SideName::remote),
                operation_text(intent.operation)};
      }));
  TRY_VOID(
      exec_by_ids(connection, "DELETE FROM intents WHERE op_id IN ", {}, batch.delete_intents));
  for (const Split& split : batch.splits)
    TRY_VOID(connection.exec(
        "INSERT INTO splits(pair, heir, origin) VALUES ($1, $2, $3) ON CONFLICT(pair, heir) DO "
        "UPDATE SET origin = excluded.origin",
        {split.pair, split.heir, split.origin}));
  for (const Split& split : batch.delete_splits)
    TRY_VOID(connection.exec("DELETE FROM splits WHERE pair = $1 AND heir = $2",
                             {split.pair, split.heir}));
  TRY_VOID(insert_last(
      connection, inserts.held, batch.held,
      [](const HeldItem& item) {
        return std::tuple(std::string_view(item.pair), item.side, std::string_view(item.id));
      },
      held_values));
  TRY_VOID(delete_keys(connection, "held_items", batch.release_held));
  TRY_VOID(store_history(connection, inserts.history, batch.history, history_ids));
  for (const sync::Invitation& row : batch.invitations) TRY_VOID(store_invitation(connection, row));
  return {};
}

}  // namespace gcal::store
