#include "src/engine/store/journal_queries.hpp"

#include <set>

#include "src/engine/store/many_rows.hpp"
#include "src/engine/store/rows.hpp"

namespace gcal::store {

using namespace gcal::sync;

const char* column_prefix(SideName side) {
  return side == SideName::crm ? "crm" : "google";
}

std::string link_columns_of(const char* alias) {
  std::string text;
  std::string_view columns = kLinkColumns;
  while (!columns.empty()) {
    const std::size_t comma = columns.find(", ");
    text += (text.empty() ? "" : ", ") + std::string(alias) + "." +
            std::string(columns.substr(0, comma));
    columns = comma == std::string_view::npos ? std::string_view() : columns.substr(comma + 2);
  }
  return text;
}

std::string link_of_change(SideName side, const char* condition) {
  return "(SELECT 1 FROM links l WHERE l.pair = o.pair AND l." + std::string(column_prefix(side)) +
         "_id = o.id" + condition + " LIMIT 1)";
}

Result<ChangesById> changes_of_ids(Connection& connection, const std::string& pair, SideName side,
                                   std::span<const std::string> ids) {
  ChangesById found;
  const auto take = [&](Row row) -> Result<> {
    TRY(PendingChange change, change_of(row));
    std::string id = change.item.id;
    found.insert_or_assign(std::move(id), std::move(change));
    return {};
  };
  TRY_VOID(exec_by_ids_of_pair(
      connection,
      std::string("SELECT ") + kChangeColumns + " FROM observed WHERE side = $2 AND (pair, id) IN ",
      {pair, static_cast<std::int64_t>(side)}, ids, take));
  return found;
}

Result<std::vector<Link>> links_of_ids(Connection& connection, std::span<const std::string> ids) {
  std::map<std::string, Link> found;
  const auto take = [&](Row row) -> Result<> {
    TRY(Link link, link_of(row));
    std::string id = link.id;
    found.insert_or_assign(std::move(id), std::move(link));
    return {};
  };
  TRY_VOID(exec_by_ids(connection,
                       std::string("SELECT ") + kLinkColumns + " FROM links WHERE id IN ", {}, ids,
                       take));
  std::vector<Link> links;
  links.reserve(found.size());
  for (const std::string& id : ids)
    if (const auto one = found.find(id); one != found.end()) links.push_back(one->second);
  return links;
}

Result<std::vector<Intent>> read_intents(Connection& connection, const std::string& pair) {
  const auto decode = [](Row row) -> Result<Intent> {
    TRY(Operation operation, operation_of(row[3].text()));
    return Intent{std::string(row[0].text()), std::string(row[1].text()),
                  std::string(row[2].text()), std::move(operation)};
  };
  std::vector<Intent> found;
  TRY_VOID(connection.exec(
      "SELECT op_id, pair, link, operation FROM intents WHERE pair = $1 ORDER BY op_id", {pair},
      collect_into(found, decode)));
  return found;
}

Result<std::vector<HeldItem>> read_held_items(Connection& connection, const std::string& pair) {
  std::vector<HeldItem> found;
  TRY_VOID(connection.exec(
      std::string("SELECT ") + kHeldColumns + " FROM held_items WHERE pair = $1 ORDER BY side, id",
      {pair}, collect_into(found, held_of)));
  return found;
}

namespace {

// So many pending changes are looked up by their ids. With more, as during an import, when nearly
// every link has one, the links are walked in the order of their ids instead: sorting what is left
// for each page would make the cost of a run quadratic.
constexpr std::int64_t kFewChanges = 1'000;

// The number of pending changes of a side, up to one more than a few.
Result<std::int64_t> count_a_few(Connection& connection, const std::string& pair, SideName side) {
  std::int64_t count = 0;
  const auto take = [&](Row row) -> Result<> {
    count = row[0].integer();
    return {};
  };
  TRY_VOID(connection.exec(
      "SELECT count(*) FROM (SELECT 1 FROM observed WHERE pair = $1 AND side = $2 LIMIT $3) AS few",
      {pair, static_cast<std::int64_t>(side), kFewChanges + 1}, take));
  return count;
}

Result<std::vector<ChangeKey>> keys_of_changes(Connection& connection, const std::string& pair) {
  std::vector<ChangeKey> keys;
  const auto take = [&](Row row) -> Result<> {
    keys.push_back({pair, static_cast<SideName>(row[0].integer()), std::string(row[1].text())});
    return {};
  };
  TRY_VOID(connection.exec("SELECT side, id FROM observed WHERE pair = $1", {pair}, take));
  return keys;
}

// The links of these changes that are not held, ordered by id.
Result<std::vector<Link>> links_of_changes(Connection& connection, const std::string& pair,
                                           const std::vector<ChangeKey>& keys,
                                           const std::string& after, std::size_t limit) {
  PerSide<std::vector<std::string>> changed;
  for (const ChangeKey& key : keys) changed[key.side].push_back(key.id);
  std::set<std::string> ids;
  const auto take = [&](Row row) -> Result<> {
    if (row[0].text() > after) ids.emplace(row[0].text());
    return {};
  };
  // Without a condition on the id, which would lead SQLite to walk the links of the pair.
  for (const SideName side : kBothSides)
    TRY_VOID(
        exec_by_ids_of_pair(connection,
                            std::string("SELECT id FROM links WHERE held_reason = '' AND (pair, ") +
                                column_prefix(side) + "_id) IN ",
                            {pair}, changed[side], take));
  std::vector<std::string> page(ids.begin(), ids.end());
  if (page.size() > limit) page.resize(limit);
  return links_of_ids(connection, page);
}

Result<std::vector<Link>> walk_links_with_changes(Connection& connection, const std::string& pair,
                                                  const std::string& after, std::size_t limit) {
  std::vector<Link> found;
  TRY_VOID(connection.exec(
      "SELECT " + link_columns_of("l") +
          " FROM links l WHERE l.pair = $1 AND l.id > $2 AND l.held_reason = '' AND (EXISTS "
          "(SELECT 1 FROM observed o WHERE o.pair = l.pair AND o.side = 1 AND o.id = l.google_id) "
          "OR EXISTS (SELECT 1 FROM observed o WHERE o.pair = l.pair AND o.side = 0 AND o.id = "
          "l.crm_id)) ORDER BY l.id LIMIT $3",
      {pair, after, static_cast<std::int64_t>(limit)}, collect_into(found, link_of)));
  return found;
}

}  // namespace

Result<std::vector<LinkWithChanges>> read_links_with_changes(Connection& connection,
                                                             const std::string& pair,
                                                             const std::string& after,
                                                             std::size_t limit) {
  std::vector<LinkWithChanges> found;
  PerSide<std::int64_t> changes;
  for (const SideName side : kBothSides) {
    TRY(changes[side], count_a_few(connection, pair, side));
  }
  std::vector<Link> links;
  if (changes.crm + changes.remote <= kFewChanges) {
    TRY(const std::vector<ChangeKey> keys, keys_of_changes(connection, pair));
    TRY(links, links_of_changes(connection, pair, keys, after, limit));
  } else {
    TRY(links, walk_links_with_changes(connection, pair, after, limit));
  }
  PerSide<ChangesById> pending;
  for (const SideName side : kBothSides) {
    if (changes[side] == 0) continue;  // during an import this spares a look-up for each link
    std::vector<std::string> ids;
    ids.reserve(links.size());
    for (const Link& link : links) ids.push_back(link.side[side].id);
    TRY(pending[side], changes_of_ids(connection, pair, side, ids));
  }
  for (Link& link : links) {
    LinkWithChanges linked;
    for (const SideName side : kBothSides) {
      const auto change = pending[side].find(link.side[side].id);
      if (change != pending[side].end()) linked.change[side] = change->second;
    }
    linked.link = std::move(link);
    found.push_back(std::move(linked));
  }
  return found;
}

}  // namespace gcal::store
