#include "src/engine/store/remote_items.hpp"

#include <charconv>

namespace gcal::store {
namespace {

using calendar::OriginalStart;
using sync::RemoteItem;

// The column `part`: "" for the master, otherwise the original start of an exception.
std::string part_of(const OriginalStart& start) {
  return (start.all_day ? "day " : "time ") +
         std::to_string(start.instant.time_since_epoch().count());
}

Result<OriginalStart> start_of(std::string_view part) {
  const bool all_day = part.starts_with("day ");
  const std::string_view number = part.substr(std::min(part.size(), part.find(' ') + 1));
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seconds);
  if (!(all_day || part.starts_with("time ")) || error != std::errc{} ||
      end != number.data() + number.size())
    return Error{Code::invalid, "a remote item of an unknown part", {}};
  return OriginalStart{all_day, std::chrono::sys_seconds{std::chrono::seconds{seconds}}};
}

Result<> store_part(Connection& connection, const sync::ReportedRemoteItem& reported,
                    const std::string& part, const std::string& bytes) {
  if (bytes.empty() && reported.item.whole) return {};  // all rows were deleted
  if (bytes.empty())
    return connection.exec("DELETE FROM remote_items WHERE pair = $1 AND id = $2 AND part = $3",
                           {reported.pair, reported.id, part});
  return connection.exec(
      "INSERT INTO remote_items(pair, id, part, item) VALUES ($1, $2, $3, $4) ON CONFLICT(pair, "
      "id, part) DO UPDATE SET item = excluded.item",
      {reported.pair, reported.id, part, bytes});
}

// Adds the row (part, item) to what was found of one series.
RowHandler add_part(RemoteItem& item) {
  return [&item](Row row) -> Result<> {
    if (row[0].text().empty()) {
      item.master = std::string(row[1].text());
      return {};
    }
    TRY(const OriginalStart start, start_of(row[0].text()));
    item.occurrences.insert_or_assign(start, std::string(row[1].text()));
    return {};
  };
}

void add_found(RemoteItems& found, const std::string& id, RemoteItem item) {
  if (item.blank()) return;
  if (!item.master) item.master = std::string();
  item.whole = true;
  found.insert_or_assign(id, std::move(item));
}

}  // namespace

Result<> store_remote_item(Connection& connection, const sync::ReportedRemoteItem& reported) {
  const RemoteItem& item = reported.item;
  if (item.whole)
    TRY_VOID(connection.exec("DELETE FROM remote_items WHERE pair = $1 AND id = $2",
                             {reported.pair, reported.id}));
  if (item.master) TRY_VOID(store_part(connection, reported, {}, *item.master));
  for (const auto& [start, bytes] : item.occurrences)
    TRY_VOID(store_part(connection, reported, part_of(start), bytes));
  return {};
}

Result<> move_remote_item(Connection& connection, const sync::RemoteItemMove& move) {
  TRY_VOID(connection.exec("DELETE FROM remote_items WHERE pair = $1 AND id = $2",
                           {move.pair, move.to}));
  return connection.exec("UPDATE remote_items SET id = $3 WHERE pair = $1 AND id = $2",
                         {move.pair, move.from, move.to});
}

Result<> erase_remote_item_of_link(Connection& connection, const std::string& link) {
  return connection.exec(
      "DELETE FROM remote_items WHERE (pair, id) IN (SELECT pair, google_id FROM links WHERE id = "
      "$1)",
      {link});
}

Result<> erase_remote_items_of_pair(Connection& connection, const std::string& pair) {
  return connection.exec("DELETE FROM remote_items WHERE pair = $1", {pair});
}

Result<> read_remote_items(Connection& connection, const std::string& pair,
                           const std::vector<std::string>& ids, RemoteItems& found) {
  for (const std::string& id : ids) {
    RemoteItem item;
    TRY_VOID(connection.exec("SELECT part, item FROM remote_items WHERE pair = $1 AND id = $2",
                             {pair, id}, add_part(item)));
    add_found(found, id, std::move(item));
  }
  return {};
}

Result<> read_remote_items_by_crm_id(Connection& connection, const std::string& account,
                                     const std::vector<std::string>& crm_ids, RemoteItems& found) {
  for (const std::string& crm_id : crm_ids) {
    // If the appointment was in several calendars, one of them.
    std::string pair;
    std::string id;
    const auto take = [&](Row row) -> Result<> {
      pair = std::string(row[0].text());
      id = std::string(row[1].text());
      return {};
    };
    TRY_VOID(connection.exec(
        "SELECT l.pair, l.google_id FROM pairs p JOIN links l ON l.pair = p.id AND l.crm_id = $2 "
        "WHERE p.account = $1 AND EXISTS (SELECT 1 FROM remote_items r WHERE r.pair = l.pair AND "
        "r.id = l.google_id) ORDER BY l.id",
        {account, crm_id}, take));
    if (pair.empty()) continue;
    RemoteItems one;
    TRY_VOID(read_remote_items(connection, pair, {id}, one));
    if (const auto read = one.find(id); read != one.end())
      found.insert_or_assign(crm_id, std::move(read->second));
  }
  return {};
}

}  // namespace gcal::store
