#include "tests/conformance/sqlite_table.hpp"

#include <sqlite3.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host_api/testing/fakes.hpp"

struct crm_tx {
  crm::fakes::Host& host;
  sqlite3* database = nullptr;
  std::int64_t fence = 0;
  crm::Code failed = crm::Code::ok;

  crm_tx(crm::fakes::Host& h, std::int64_t f) : host(h), fence(f) {}
  crm_tx(const crm_tx&) = delete;
  crm_tx& operator=(const crm_tx&) = delete;
  ~crm_tx() { sqlite3_close(database); }  // rolls back
};

namespace conformance_test {
namespace {

namespace fs = std::filesystem;
using crm::Code;
using crm::Error;
using crm::Result;

std::atomic<bool> fences_ignored = false;

const std::string& file() {
  static const std::string path =
      (fs::temp_directory_path() / ("crm-conformance-" + std::to_string(getpid()) + ".db"))
          .string();
  return path;
}

Error failure(sqlite3* database, int code) {
  const bool busy = (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED;
  return {busy ? Code::unavailable : Code::invalid, sqlite3_errmsg(database), {}};
}

Result<> run(sqlite3* database, const char* statement) {
  const int code = sqlite3_exec(database, statement, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(database, code);
  return {};
}

// $n is the n-th argument, wherever it is.
Result<> bind(sqlite3_stmt* statement, const crm_value* args, std::size_t count) {
  for (int place = 1; place <= sqlite3_bind_parameter_count(statement); ++place) {
    const std::string_view name = sqlite3_bind_parameter_name(statement, place);
    std::size_t number = 0;
    std::from_chars(name.data() + 1, name.data() + name.size(), number);
    if (number < 1 || number > count)
      return Error{Code::invalid, "a placeholder names no argument", {}};
    const crm_value& value = args[number - 1];
    if (value.type == CRM_SQL_INTEGER) sqlite3_bind_int64(statement, place, value.integer);
    if (value.type == CRM_SQL_REAL) sqlite3_bind_double(statement, place, value.real);
    if (value.type == CRM_SQL_TEXT)
      sqlite3_bind_text64(statement, place, value.text.data, value.text.size, SQLITE_TRANSIENT,
                          SQLITE_UTF8);
  }
  return {};
}

crm_value cell(sqlite3_stmt* statement, int column) {
  crm_value value{CRM_SQL_NULL, 0, 0, {nullptr, 0}};
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      value.type = CRM_SQL_INTEGER;
      value.integer = sqlite3_column_int64(statement, column);
      break;
    case SQLITE_FLOAT:
      value.type = CRM_SQL_REAL;
      value.real = sqlite3_column_double(statement, column);
      break;
    case SQLITE_TEXT:
      value.type = CRM_SQL_TEXT;
      value.text.data = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      value.text.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      break;
    default: break;
  }
  return value;
}

using EachRow = void (*)(void*, const crm_value*, std::size_t) noexcept;

Result<> execute(crm_tx& tx, std::string_view sql, const crm_value* args, std::size_t count,
                 EachRow row, void* ctx) {
  sqlite3_stmt* raw = nullptr;
  const int prepared =
      sqlite3_prepare_v2(tx.database, sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, &sqlite3_finalize);
  if (prepared != SQLITE_OK) return failure(tx.database, prepared);
  if (auto bound = bind(raw, args, count); !bound) return bound;
  std::vector<crm_value> cells(static_cast<std::size_t>(sqlite3_column_count(raw)));
  while (true) {
    const int code = sqlite3_step(raw);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) return failure(tx.database, code);
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = cell(raw, static_cast<int>(i));
    if (row) row(ctx, cells.data(), cells.size());
  }
}

Error stale() {
  return {Code::conflict, "a newer run of this task has begun: stop", {}};
}

crm_status begin(const crm_host* h, std::int32_t mode, std::int64_t fence, crm_tx** out,
                 crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    auto& host = crm::fakes::Host::of(h);
    if (!host.tasks.fence_is_current(fence)) return stale();
    auto tx = std::make_unique<crm_tx>(host, fence);
    const int code = sqlite3_open(file().c_str(), &tx->database);
    if (code != SQLITE_OK) return failure(tx->database, code);
    sqlite3_busy_timeout(tx->database, 10'000);
    auto begun = run(tx->database, mode == CRM_SQL_WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
    if (begun) *out = tx.release();
    return begun;
  });
}

crm_status exec(crm_tx* tx, crm_str sql, const crm_value* args, std::size_t count, EachRow row,
                void* ctx, crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    if (tx->failed != Code::ok) return Error{tx->failed, "an earlier statement failed", {}};
    auto done = execute(*tx, crm::from_abi(sql), args, count, row, ctx);
    if (!done) tx->failed = done.error().code;
    return done;
  });
}

crm_status commit(crm_tx* raw, crm_error* error) noexcept {
  const std::unique_ptr<crm_tx> tx(raw);
  return crm::guard(error, [&]() -> Result<> {
    if (tx->failed != Code::ok) return Error{tx->failed, "an earlier statement failed", {}};
    if (!fences_ignored && !tx->host.tasks.fence_is_current(tx->fence)) return stale();
    return run(tx->database, "COMMIT");
  });
}

void rollback(crm_tx* tx) noexcept {
  delete tx;
}

}  // namespace

const crm_sql_0* sqlite_table() {
  static const crm_sql_0 table = [] {
    crm_sql_0 t{};
    t.dialect = [](const crm_host*) noexcept { return std::int32_t{CRM_SQL_SQLITE}; };
    t.begin = &begin;
    t.exec = &exec;
    t.commit = &commit;
    t.rollback = &rollback;
    return t;
  }();
  return &table;
}

void clear_database() {
  std::error_code ignored;  // it may not be there
  fs::remove(file(), ignored);
}

void ignore_fences_at_commit(bool ignore) {
  fences_ignored = ignore;
}

}  // namespace conformance_test
