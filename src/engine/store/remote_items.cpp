#include "src/engine/store/remote_items.hpp"

#include <charconv>
#include <map>
#include <utility>

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

// Adds the row (part, item) to what was found of one series.
Result<> add_part(RemoteItem& item, Row row) {
  if (row[0].text().empty()) {
    item.master = std::string(row[1].text());
    return {};
  }
  TRY(const OriginalStart start, start_of(row[0].text()));
  item.occurrences.insert_or_assign(start, std::string(row[1].text()));
  return {};
}

void add_found(RemoteItems& found, const std::string& id, RemoteItem item) {
  if (item.blank()) return;
  if (!item.master) item.master = std::string();
  item.whole = true;
  found.insert_or_assign(id, std::move(item));
}

}  // namespace

Insert insert_of_remote_items() {
  return {"remote_items", "pair, id, part, item",
          " ON CONFLICT(pair, id, part) DO UPDATE SET item = excluded.item"};
}

Result<> store_remote_items(Connection& connection, const Insert& insert,
                            const std::vector<sync::ReportedRemoteItem>& reported) {
  // What becomes of the rows of a series: the last report of a part counts.
  struct Rows {
    bool replaced = false;  // all that are stored go first
    std::map<std::string, std::string> parts;
  };
  std::map<std::pair<std::string, std::string>, Rows> series;  // by pair and id
  for (const sync::ReportedRemoteItem& one : reported) {
    Rows& rows = series[{one.pair, one.id}];
    if (one.item.whole) rows = {true, {}};
    if (one.item.master) rows.parts[""] = *one.item.master;
    for (const auto& [start, bytes] : one.item.occurrences) rows.parts[part_of(start)] = bytes;
  }
  std::map<std::string, std::vector<std::string>> replaced;  // ids by pair
  std::vector<Values> erased, stored;
  for (const auto& [key, rows] : series) {
    if (rows.replaced) replaced[key.first].push_back(key.second);
    for (const auto& [part, bytes] : rows.parts) {
      if (!bytes.empty())
        stored.push_back({key.first, key.second, part, bytes});
      else if (!rows.replaced)
        erased.push_back({key.first, key.second, part});
    }
  }
  for (const auto& [pair, ids] : replaced)
    TRY_VOID(exec_by_ids_of_pair(connection, "DELETE FROM remote_items WHERE (pair, id) IN ",
                                 {pair}, ids));
  TRY_VOID(connection.exec_many(
      "DELETE FROM remote_items WHERE pair = $1 AND id = $2 AND part = $3", erased));
  return insert.run(connection, stored);
}

Result<> move_remote_item(Connection& connection, const sync::RemoteItemMove& move) {
  TRY_VOID(connection.exec("DELETE FROM remote_items WHERE pair = $1 AND id = $2",
                           {move.pair, move.to}));
  return connection.exec("UPDATE remote_items SET id = $3 WHERE pair = $1 AND id = $2",
                         {move.pair, move.from, move.to});
}

Result<> erase_remote_items_of_links(Connection& connection,
                                     const std::vector<std::string>& links) {
  return exec_by_ids(connection,
                     "DELETE FROM remote_items WHERE (pair, id) IN (SELECT pair, google_id FROM "
                     "links WHERE id IN ",
                     {}, links, {}, ")");
}

Result<> erase_remote_items_of_pair(Connection& connection, const std::string& pair) {
  return connection.exec("DELETE FROM remote_items WHERE pair = $1", {pair});
}

Result<> read_remote_items(Connection& connection, const std::string& pair,
                           const std::vector<std::string>& ids, RemoteItems& found) {
  std::map<std::string, RemoteItem> items;
  const auto take = [&](Row row) -> Result<> {
    return add_part(items[std::string(row[0].text())], row.subspan(1));
  };
  TRY_VOID(exec_by_ids_of_pair(connection,
                               "SELECT id, part, item FROM remote_items WHERE (pair, id) IN ",
                               {pair}, ids, take));
  for (auto& [id, item] : items) add_found(found, id, std::move(item));
  return {};
}

Result<> read_remote_items_by_crm_id(Connection& connection, const std::string& account,
                                     const std::vector<std::string>& crm_ids, RemoteItems& found) {
  struct Place {
    std::string link, pair, id;
  };
  std::map<std::string, Place> places;  // by the CRM's id
  const auto take = [&](Row row) -> Result<> {
    // If the appointment was in several calendars, the newest.
    Place& place = places[std::string(row[0].text())];
    if (row[1].text() > place.link)
      place = {std::string(row[1].text()), std::string(row[2].text()), std::string(row[3].text())};
    return {};
  };
  TRY_VOID(exec_by_ids(
      connection,
      "SELECT l.crm_id, l.id, l.pair, l.google_id FROM pairs p JOIN links l ON l.pair = p.id "
      "WHERE p.account = $1 AND EXISTS (SELECT 1 FROM remote_items r WHERE r.pair = l.pair AND "
      "r.id = l.google_id) AND l.crm_id IN ",
      {account}, crm_ids, take));
  for (const auto& [crm_id, place] : places) {
    RemoteItems one;
    TRY_VOID(read_remote_items(connection, place.pair, {place.id}, one));
    if (const auto read = one.find(place.id); read != one.end())
      found.insert_or_assign(crm_id, std::move(read->second));
  }
  return {};
}

}  // namespace gcal::store
