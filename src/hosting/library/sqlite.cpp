#include "src/hosting/crm_hosting/sqlite.hpp"

#include "src/hosting/storage/sqlite_transaction.hpp"

namespace crm_hosting {

std::unique_ptr<hosting::CrmTransaction> transaction_on(sqlite3* connection) {
  return std::make_unique<hosting::SqliteTransaction>(connection);
}

}  // namespace crm_hosting
