// SqlValues of the port, into and out of a statement of SQLite. Used inside this folder only.
#pragma once

#include "src/hosting/crm_hosting/transaction.hpp"

struct sqlite3_stmt;

namespace hosting {

// ?1, ?2, ... take the values. They are copied.
void bind_values(sqlite3_stmt* statement, const SqlValues& values);
// The current row: integers and NULL as such, everything else as text.
SqlValues row_values(sqlite3_stmt* statement);

}  // namespace hosting
