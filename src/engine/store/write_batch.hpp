// Writes a WriteBatch to the journal's tables, in the order of its members. Used by SqlJournal, in
// one transaction. [worker thread]
#pragma once

#include "src/common/base/random.hpp"
#include "src/engine/store/database.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::store {

// `random` makes the ids of the lines of history. Errors: those of the connection.
Result<> store_batch(Connection& connection, const sync::WriteBatch& batch, base::Random& random);

}  // namespace gcal::store
