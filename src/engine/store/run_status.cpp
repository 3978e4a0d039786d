#include "src/engine/store/run_status.hpp"

#include "src/common/base/milliseconds.hpp"

namespace gcal::store {
namespace {

base::Instant instant(Row row, std::size_t column) {
  return base::instant_of(row[column].integer());
}

}  // namespace

Result<> put_pair_status(Connection& connection, const PairStatus& status) {
  return connection.exec(
      "INSERT INTO pair_status(pair, read_at, waiting_since, no_creations_before) VALUES ($1, $2, "
      "$3, $4) ON CONFLICT(pair) DO UPDATE SET read_at = excluded.read_at, waiting_since = "
      "excluded.waiting_since, no_creations_before = excluded.no_creations_before",
      {status.pair, base::milliseconds(status.read_at), base::milliseconds(status.waiting_since),
       base::milliseconds(status.no_creations_before)});
}

Result<std::vector<PairStatus>> pair_statuses(Connection& connection, std::string_view account) {
  std::vector<PairStatus> found;
  const auto take = [&](Row row) -> Result<> {
    found.push_back(
        {std::string(row[0].text()), instant(row, 1), instant(row, 2), instant(row, 3)});
    return {};
  };
  TRY_VOID(connection.exec(
      "SELECT s.pair, s.read_at, s.waiting_since, s.no_creations_before FROM pair_status s JOIN "
      "pairs p ON p.id = s.pair WHERE p.account = $1 ORDER BY s.pair",
      {account}, take));
  return found;
}

Result<> put_account_status(Connection& connection, const AccountStatus& status) {
  return connection.exec(
      "INSERT INTO account_status(account, failing_since, retry_at, code, detail, message) VALUES "
      "($1, $2, $3, $4, $5, $6) ON CONFLICT(account) DO UPDATE SET failing_since = "
      "excluded.failing_since, retry_at = excluded.retry_at, code = excluded.code, detail = "
      "excluded.detail, message = excluded.message",
      {status.account, base::milliseconds(status.failing_since),
       base::milliseconds(status.retry_at), static_cast<std::int64_t>(status.code), status.detail,
       status.message});
}

Result<AccountStatus> account_status(Connection& connection, std::string_view account) {
  AccountStatus found;
  found.account = std::string(account);
  const auto take = [&](Row row) -> Result<> {
    found.failing_since = instant(row, 0);
    found.retry_at = instant(row, 1);
    found.code = static_cast<Code>(row[2].integer());
    found.detail = std::string(row[3].text());
    found.message = std::string(row[4].text());
    return {};
  };
  TRY_VOID(connection.exec(
      "SELECT failing_since, retry_at, code, detail, message FROM account_status WHERE account = "
      "$1",
      {account}, take));
  return found;
}

Result<base::Instant> agreed_at(Connection& connection, std::string_view link) {
  base::Instant found{};
  const auto take = [&](Row row) -> Result<> {
    found = instant(row, 0);
    return {};
  };
  TRY_VOID(connection.exec("SELECT agreed_at FROM links WHERE id = $1", {link}, take));
  return found;
}

Result<bool> has_waiting_changes(Connection& connection, std::string_view pair, bool two_way) {
  bool found = false;
  const auto take = [&](Row) -> Result<> {
    found = true;
    return {};
  };
  // A change that no link names waits for one.
  const auto waits = [&](std::int64_t side, const char* id) {
    return connection.exec(
        std::string("SELECT 1 FROM observed o LEFT JOIN links l ON l.pair = o.pair AND l.") + id +
            " = o.id WHERE o.pair = $1 AND o.side = $2 AND coalesce(l.held_reason, '') = '' AND "
            "NOT EXISTS (SELECT 1 FROM held_items h WHERE h.pair = o.pair AND (h.id = o.id OR "
            "h.link = l.id)) LIMIT 1",
        {pair, side}, take);
  };
  TRY_VOID(waits(1, "google_id"));
  if (!found && two_way) TRY_VOID(waits(0, "crm_id"));
  return found;
}

}  // namespace gcal::store
