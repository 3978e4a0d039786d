// The port's transaction for a CRM on SQLite. A CRM on another database implements
// CrmTransaction::execute instead.
#pragma once

#include <memory>

#include "port.hpp"

struct sqlite3;  // of sqlite3.h, which is not included here

namespace crm_hosting {

// Over a connection on which the CRM has executed BEGIN IMMEDIATE. After COMMIT it calls
// committed(), after ROLLBACK nothing, and then destroys the object. The connection outlives it.
// [one thread at a time]
std::unique_ptr<hosting::CrmTransaction> transaction_on(sqlite3* connection);

}  // namespace crm_hosting
