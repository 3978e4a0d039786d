// Creates and upgrades the tables of the plugin's database. Called by the plugin's prepare, which
// may run while an older version still works. Migrations only add: a step must not drop or rename
// what an older version reads.
#pragma once

#include "src/engine/store/database.hpp"

namespace gcal::store {

// Idempotent. Errors: denied (a newer plugin wrote this database in a form that this one cannot
// read), unavailable, invalid. Blocks.
Result<> migrate(Database& database);

}  // namespace gcal::store
