// The port's transaction over a bare connection of SQLite, for a CRM that has its own. The CRM
// executes BEGIN IMMEDIATE before it creates the object, and COMMIT, then committed(), before it
// destroys it. It must never begin or end a transaction itself.
#pragma once

#include <string_view>

#include "src/hosting/crm_hosting/transaction.hpp"

struct sqlite3;

namespace hosting {

class SqliteTransaction final : public CrmTransaction {
 public:
  // The connection outlives the object. [one thread at a time]
  explicit SqliteTransaction(sqlite3* connection) : connection_(connection) {}

  crm::Result<SqlRows> execute(std::string_view statement, const SqlValues& values) override;

 private:
  sqlite3* connection_;
};

}  // namespace hosting
