// crm.sql/0: transactions of a plugin on its own SQLite file. A failed statement ends its
// transaction, as it would on PostgreSQL, so that a plugin never commits half of what it meant.
#include <sqlite3.h>

#include <charconv>
#include <optional>
#include <thread>
#include <vector>

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

struct crm_tx {
  const hosting::PluginHost& host;
  std::int64_t fence = 0;
  std::thread::id thread;
  std::optional<hosting::Database::Writer> writer;
  std::optional<hosting::Database::Reader> reader;
  std::optional<gcal::Error> failed;  // of the first statement that failed

  hosting::Connection& connection() { return writer ? writer->connection() : reader->connection(); }
};

namespace hosting {
namespace {

Error statement_error(Connection& c, int code) {
  switch (code & 0xFF) {
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
    case SQLITE_READONLY: return {Code::invalid, sqlite3_errmsg(c.handle()), {}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::conflict, "another transaction was in the way: run this one again", {}};
    default: return c.last_error(code);
  }
}

// $n means the n-th argument; SQLite itself would number $-names by their first appearance.
Result<> bind(sqlite3_stmt* statement, const crm_value* args, std::size_t count) {
  const int places = sqlite3_bind_parameter_count(statement);
  for (int place = 1; place <= places; ++place) {
    const char* name = sqlite3_bind_parameter_name(statement, place);
    const std::string_view text = name ? name : "";
    std::size_t number = 0;
    const auto [end, failure] =
        std::from_chars(text.data() + (text.empty() ? 0 : 1), text.data() + text.size(), number);
    if (text.empty() || failure != std::errc{} || end != text.data() + text.size() || number < 1 ||
        number > count) {
      return Error{Code::invalid,
                   "the placeholder '" + std::string(text) + "' names none of the " +
                       std::to_string(count) + " arguments",
                   {}};
    }
    const crm_value& value = args[number - 1];
    const std::string_view bytes = crm::from_abi(value.text);
    int code = SQLITE_OK;
    switch (value.type) {
      case CRM_SQL_NULL: code = sqlite3_bind_null(statement, place); break;
      case CRM_SQL_INTEGER: code = sqlite3_bind_int64(statement, place, value.integer); break;
      case CRM_SQL_REAL: code = sqlite3_bind_double(statement, place, value.real); break;
      case CRM_SQL_TEXT:
        code = sqlite3_bind_text64(statement, place, bytes.data() ? bytes.data() : "", bytes.size(),
                                   SQLITE_STATIC, SQLITE_UTF8);
        break;
      default:
        return Error{
            Code::invalid, "argument " + std::to_string(number) + " has an unknown type", {}};
    }
    if (code != SQLITE_OK)
      return Error{
          code == SQLITE_NOMEM ? Code::unavailable : Code::invalid, sqlite3_errstr(code), {}};
  }
  return {};
}

crm_value value_of(sqlite3_stmt* statement, int column) {
  crm_value value{CRM_SQL_NULL, 0, 0, {nullptr, 0}};
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      value.type = CRM_SQL_INTEGER, value.integer = sqlite3_column_int64(statement, column);
      break;
    case SQLITE_FLOAT:
      value.type = CRM_SQL_REAL, value.real = sqlite3_column_double(statement, column);
      break;
    case SQLITE_TEXT:
    case SQLITE_BLOB:
      value.type = CRM_SQL_TEXT, value.text = crm::to_abi(Row(statement).view(column));
      break;
    default: break;
  }
  return value;
}

using EachRow = void (*)(void*, const crm_value*, std::size_t) noexcept;

Result<> run(Connection& c, std::string_view sql, const crm_value* args, std::size_t count,
             EachRow row, void* ctx) {
  TRY(const Connection::Lease lease, c.guest_statement(sql));
  TRY_VOID(bind(lease.statement, args, count));
  std::vector<crm_value> values(static_cast<std::size_t>(sqlite3_column_count(lease.statement)));
  while (true) {
    const int code = sqlite3_step(lease.statement);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) return statement_error(c, code);
    if (!row) continue;
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = value_of(lease.statement, static_cast<int>(i));
    row(ctx, values.data(), values.size());
  }
}

std::int32_t dialect(const crm_host*) noexcept {
  return CRM_SQL_SQLITE;
}

crm_status begin(const crm_host* host, std::int32_t mode, std::int64_t fence, crm_tx** out,
                 crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    if (!out || (mode != CRM_SQL_READ && mode != CRM_SQL_WRITE))
      return Error{Code::invalid, "mode: CRM_SQL_READ or CRM_SQL_WRITE", {}};
    const PluginHost& self = PluginHost::of(host);
    TRY(Database * database, self.plugin_database());
    std::unique_ptr<crm_tx> tx(new crm_tx{self, fence, std::this_thread::get_id(), {}, {}, {}});
    if (mode == CRM_SQL_WRITE) {
      // The queue for the writer may be long: a stale run need not stand in it. What counts is the
      // check at commit.
      TRY_VOID(
          self.context().tasks().while_current(self.plugin(), fence, [] { return Result<>(); }));
      TRY_VOID(tx->writer.emplace(*database).begin());
    } else {
      TRY_VOID(tx->reader.emplace(*database).begin());
    }
    *out = tx.release();
    return {};
  });
}

crm_status exec(crm_tx* tx, crm_str sql, const crm_value* args, std::size_t count, EachRow row,
                void* ctx, crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    if (tx->thread != std::this_thread::get_id())
      return Error{Code::invalid, "a transaction stays on the thread that began it", {}};
    if (tx->failed)
      return Error{tx->failed->code,
                   "an earlier statement of this transaction failed: " + tx->failed->message,
                   {}};
    auto done = run(tx->connection(), crm::from_abi(sql), args, count, row, ctx);
    if (!done) tx->failed = done.error();
    return done;
  });
}

crm_status commit(crm_tx* raw, crm_error* error) noexcept {
  const std::unique_ptr<crm_tx> tx(raw);  // its end rolls back what was not committed
  return crm::guard(error, [&]() -> Result<> {
    if (tx->failed)
      return Error{tx->failed->code,
                   "nothing was written, because a statement failed: " + tx->failed->message,
                   {}};
    if (!tx->writer) return {};
    const auto write = [&] { return tx->writer->commit(); };
    return tx->host.context().tasks().while_current(tx->host.plugin(), tx->fence, write);
  });
}

void rollback(crm_tx* tx) noexcept {
  delete tx;
}

}  // namespace

constexpr crm_sql_0 kSqlTable{&dialect, &begin, &exec, &commit, &rollback};

}  // namespace hosting
