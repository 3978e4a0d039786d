// The tables of the plugin's own database, brought to the newest version step by step. Called by
// prepare, which may run beside an older version. A step must never drop or rename what an older
// version reads: migrations only add.
#pragma once

#include "src/engine/store/database.hpp"

namespace gcal::store {

// Repeatable. Errors: denied (a newer plugin wrote this database in a way this one cannot read),
// unavailable, invalid. Blocks.
Result<> migrate(Database& database);

}  // namespace gcal::store
