// Writes a WriteBatch to the journal's tables, in the order of its members. Used by SqlJournal, in
// one transaction. [worker thread]
#pragma once

#include <span>
#include <string>

#include "src/engine/store/database.hpp"
#include "src/engine/store/many_rows.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::store {

// The INSERT statements, whose texts follow from the lists of columns. To build a text costs as
// much as a small statement, so the journal keeps them.
struct Inserts {
  Inserts();
  const Insert pair, link, address, change, intent, held, remote_item, history;
};

// history_ids: one for each line of history, made before the transaction: when it is repeated, the
// same lines are written. Errors: those of the connection.
Result<> store_batch(Connection& connection, const Inserts& inserts, const sync::WriteBatch& batch,
                     std::span<const std::string> history_ids);

}  // namespace gcal::store
