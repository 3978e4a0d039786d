#include "src/engine/store/account_rows.hpp"

#include <algorithm>

#include "src/engine/store/journal_queries.hpp"
#include "src/engine/store/rows.hpp"

namespace gcal::store {
namespace {

using namespace gcal::sync;

// Links that wait for something, by the index of the held links. Retired ones may be as many as a
// calendar has, and nothing asks for them.
constexpr const char* kHeldLinks =
    "held_reason <> '' AND held_reason >= 'held.' AND held_reason < 'held/'";

Result<std::vector<std::string>> pair_ids(Connection& connection, const std::string& account) {
  std::vector<std::string> ids;
  const auto take = [&](Row row) -> Result<> {
    ids.emplace_back(row[0].text());
    return {};
  };
  TRY_VOID(connection.exec("SELECT id FROM pairs WHERE account = $1", {account}, take));
  return ids;
}

}  // namespace

Result<std::vector<Pair>> read_pairs(Connection& connection, const std::string& account) {
  std::vector<Pair> found;
  TRY_VOID(connection.exec(
      std::string("SELECT ") + kPairColumns + " FROM pairs WHERE account = $1 ORDER BY id",
      {account}, collect_into(found, pair_of)));
  return found;
}

Result<std::map<std::string, std::size_t>> read_held_reasons(Connection& connection,
                                                             const std::string& account) {
  std::map<std::string, std::size_t> counts;
  const auto take = [&](Row row) -> Result<> {
    counts[std::string(row[0].text())] += static_cast<std::size_t>(row[1].integer());
    return {};
  };
  TRY(const std::vector<std::string> pairs, pair_ids(connection, account));
  for (const std::string& pair : pairs)
    TRY_VOID(connection.exec(
        std::string("SELECT held_reason, count(*) FROM links WHERE pair = $1 AND ") + kHeldLinks +
            " GROUP BY held_reason",
        {pair}, take));
  return counts;
}

Result<std::vector<Link>> read_held_links(Connection& connection, const std::string& account) {
  std::vector<Link> found;
  TRY(const std::vector<std::string> pairs, pair_ids(connection, account));
  for (const std::string& pair : pairs)
    TRY_VOID(connection.exec(
        std::string("SELECT ") + kLinkColumns + " FROM links WHERE pair = $1 AND " + kHeldLinks,
        {pair}, collect_into(found, link_of)));
  std::ranges::sort(found, {}, &Link::id);
  return found;
}

Result<std::vector<HeldItem>> read_held_items_of_account(Connection& connection,
                                                         const std::string& account) {
  std::vector<HeldItem> found;
  TRY_VOID(connection.exec(std::string("SELECT ") + kHeldColumns +
                               " FROM held_items WHERE pair IN (SELECT id FROM pairs WHERE account "
                               "= $1 AND state = $2) ORDER BY pair, side, id",
                           {account, static_cast<std::int64_t>(PairState::live)},
                           collect_into(found, held_of)));
  return found;
}

}  // namespace gcal::store
