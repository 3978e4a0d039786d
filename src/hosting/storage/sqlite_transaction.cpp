#include "src/hosting/storage/sqlite_transaction.hpp"

#include <sqlite3.h>

#include <memory>
#include <utility>

#include "src/hosting/storage/guest_statement.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace hosting {
namespace {

// ?index takes the value, which is copied. Answers a code of SQLite.
int bind_value(sqlite3_stmt* statement, int index, const SqlValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return sqlite3_bind_int64(statement, index, *number);
  if (const auto* text = std::get_if<std::string>(&value))
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_TRANSIENT,
                               SQLITE_UTF8);
  return sqlite3_bind_null(statement, index);
}

// The current row: integers and NULL as such, everything else as text.
SqlValues row_values(sqlite3_stmt* statement) {
  const int columns = sqlite3_column_count(statement);
  SqlValues values;
  values.reserve(static_cast<std::size_t>(columns));
  for (int column = 0; column < columns; ++column) {
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER: values.emplace_back(sqlite3_column_int64(statement, column)); break;
      case SQLITE_NULL: values.emplace_back(); break;
      default: {
        const void* data = sqlite3_column_blob(statement, column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        values.emplace_back(data ? std::string(static_cast<const char*>(data), size)
                                 : std::string());
      }
    }
  }
  return values;
}

}  // namespace

crm::Result<SqlRows> SqliteTransaction::execute(std::string_view statement,
                                                const SqlValues& values) {
  const auto error = [this](int code) { return storage_error(code, sqlite3_errmsg(connection_)); };
  sqlite3_stmt* prepared = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v2(connection_, statement.data(),
                                      static_cast<int>(statement.size()), &prepared, &rest);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(prepared, &sqlite3_finalize);
  if (code != SQLITE_OK) return error(code);
  if (!prepared) return crm::Error{crm::Code::invalid, "there is no statement", {}};
  TRY_VOID(
      check_nothing_follows(statement.substr(static_cast<std::size_t>(rest - statement.data()))));
  for (std::size_t i = 0; i < values.size(); ++i)
    if (const int bound = bind_value(prepared, static_cast<int>(i + 1), values[i]);
        bound != SQLITE_OK)
      return error(bound);
  SqlRows rows;
  while (true) {
    const int step = sqlite3_step(prepared);
    if (step == SQLITE_DONE) return rows;
    if (step != SQLITE_ROW) return error(step);
    rows.push_back(row_values(prepared));
  }
}

}  // namespace hosting
