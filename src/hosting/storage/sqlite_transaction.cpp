#include "src/hosting/storage/sqlite_transaction.hpp"

#include <sqlite3.h>

#include <memory>
#include <utility>

#include "src/hosting/storage/sqlite_database.hpp"
#include "src/hosting/storage/sqlite_values.hpp"

namespace hosting {

crm::Result<SqlRows> SqliteTransaction::execute(std::string_view statement,
                                                const SqlValues& values) {
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v2(connection_, statement.data(),
                                      static_cast<int>(statement.size()), &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(prepared, &sqlite3_finalize);
  if (code != SQLITE_OK) return storage_error(code, sqlite3_errmsg(connection_));
  bind_values(prepared, values);
  SqlRows rows;
  while (true) {
    const int step = sqlite3_step(prepared);
    if (step == SQLITE_DONE) return rows;
    if (step != SQLITE_ROW) return storage_error(step, sqlite3_errmsg(connection_));
    rows.push_back(row_values(prepared));
  }
}

}  // namespace hosting
