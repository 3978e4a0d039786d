#include "src/engine/store/write_batch.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

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

// Building the text costs as much as a small statement.
struct Upserts {
  const std::string pair = upsert("pairs", kPairColumns, "id", {"id", "dirty"});
  const std::string link = upsert("links", kLinkColumns, "id", {"id"});
  const std::string change =
      upsert("observed", kChangeColumns, "pair, side, id", {"pair", "side", "id"});
  const std::string held =
      upsert("held_items", kHeldColumns, "pair, side, id", {"pair", "side", "id"});
};

Result<> store_link(Connection& connection, const Upserts& upserts, const Link& link) {
  TRY_VOID(connection.exec(upserts.link, link_values(link)));
  // The addresses in the link, so that a changed lead or contact finds it without reading every
  // link.
  TRY_VOID(connection.exec("DELETE FROM link_addresses WHERE link = $1", {link.id}));
  // By mailbox too: a record with another spelling of the address is found as well.
  calendar::AddressesToMatch people = calendar::addresses_to_match(link.side.crm.base, {});
  people.addresses.merge(people.mailboxes);
  for (const std::string& address : people.addresses)
    TRY_VOID(connection.exec("INSERT INTO link_addresses(address, link) VALUES ($1, $2)",
                             {address, link.id}));
  return {};
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

Result<> store_history(Connection& connection, const HistoryEntry& entry, const std::string& id) {
  if (!entry.link.empty() && (entry.what == "created" || entry.what == "updated"))
    TRY_VOID(connection.exec("UPDATE links SET agreed_at = $1 WHERE id = $2",
                             {base::milliseconds(entry.at), entry.link}));
  return connection.exec(
      "INSERT INTO history(id, pair, link, at, what, side, detail, copy) VALUES "
      "($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT(id) DO NOTHING",
      {id, entry.pair, entry.link, base::milliseconds(entry.at), entry.what,
       static_cast<std::int64_t>(entry.side), entry.detail,
       entry.copy ? series_text(*entry.copy) : std::string()});
}

}  // namespace

Result<> store_batch(Connection& connection, const WriteBatch& batch,
                     std::span<const std::string> history_ids) {
  static const Upserts upserts;
  // The upsert leaves `dirty` alone: the web hook owns it, and may have set it again during the
  // cycle that stores this pair.
  for (const Pair& pair : batch.pairs) TRY_VOID(connection.exec(upserts.pair, pair_values(pair)));
  for (const sync::CoveredMarks& covered : batch.clear_dirty)
    TRY_VOID(connection.exec("UPDATE pairs SET dirty = 0 WHERE id = $1 AND dirty = $2",
                             {covered.pair, covered.dirty}));
  for (const Link& link : batch.links) TRY_VOID(store_link(connection, upserts, link));
  for (const RecordRename& rename : batch.record_renames)  // the sub-select lets it use the index
    TRY_VOID(
        connection.exec("UPDATE links SET crm_id = $1 WHERE pair IN (SELECT id FROM pairs) "
                        "AND crm_id = $2 AND held_reason = $3",
                        {rename.to, rename.from, std::string(kRetired)}));
  for (const std::string& id : batch.delete_links) {
    TRY_VOID(erase_remote_item_of_link(connection, id));
    TRY_VOID(connection.exec("DELETE FROM links WHERE id = $1", {id}));
    TRY_VOID(connection.exec("DELETE FROM link_addresses WHERE link = $1", {id}));
    TRY_VOID(connection.exec("DELETE FROM held_items WHERE link = $1", {id}));
  }
  for (const RemoteItemMove& move : batch.remote_item_moves)
    TRY_VOID(move_remote_item(connection, move));
  for (const ReportedRemoteItem& reported : batch.remote_items)
    TRY_VOID(store_remote_item(connection, reported));
  for (const PendingChange& change : batch.changes)
    TRY_VOID(connection.exec(upserts.change, change_values(change)));
  for (const ChangeKey& key : batch.delete_changes)
    TRY_VOID(connection.exec("DELETE FROM observed WHERE pair = $1 AND side = $2 AND id = $3",
                             {key.pair, static_cast<std::int64_t>(key.side), key.id}));
  for (const std::string& pair : batch.clear_acts)
    TRY_VOID(connection.exec("UPDATE observed SET acted_at = 0 WHERE pair = $1", {pair}));
  for (const Intent& intent : batch.intents)
    TRY_VOID(connection.exec(
        "INSERT INTO intents(op_id, pair, link, side, operation) VALUES ($1, $2, $3, $4, $5) ON "
        "CONFLICT(op_id) DO UPDATE SET "
        "pair = excluded.pair, link = excluded.link, side = excluded.side, operation = "
        "excluded.operation",
        {intent.op_id, intent.pair, intent.link, static_cast<std::int64_t>(SideName::remote),
         operation_text(intent.operation)}));
  for (const std::string& id : batch.delete_intents)
    TRY_VOID(connection.exec("DELETE FROM intents WHERE op_id = $1", {id}));
  for (const Split& split : batch.splits)
    TRY_VOID(connection.exec(
        "INSERT INTO splits(pair, heir, origin) VALUES ($1, $2, $3) ON CONFLICT(pair, heir) DO "
        "UPDATE SET origin = excluded.origin",
        {split.pair, split.heir, split.origin}));
  for (const Split& split : batch.delete_splits)
    TRY_VOID(connection.exec("DELETE FROM splits WHERE pair = $1 AND heir = $2",
                             {split.pair, split.heir}));
  for (const HeldItem& item : batch.held)
    TRY_VOID(connection.exec(upserts.held, held_values(item)));
  for (const ChangeKey& key : batch.release_held)
    TRY_VOID(connection.exec("DELETE FROM held_items WHERE pair = $1 AND side = $2 AND id = $3",
                             {key.pair, static_cast<std::int64_t>(key.side), key.id}));
  for (std::size_t i = 0; i < batch.history.size(); ++i)
    TRY_VOID(store_history(connection, batch.history[i], history_ids[i]));
  for (const sync::Invitation& row : batch.invitations) TRY_VOID(store_invitation(connection, row));
  return {};
}

}  // namespace gcal::store
