// crm.sql/0 over a database file of SQLite, for the host in memory of these tests: the fakes answer
// SQL from a script, and the suite wants a database. It keeps the fences of the fake tasks. One
// file for the whole program; clear_database empties it. [any thread]
#pragma once

#include "host_api/services/sql.h"

namespace conformance_test {

// Its functions expect a crm_host* that is a crm::fakes::Host.
const crm_sql_0* sqlite_table();

// No transaction may be open.
void clear_database();

// A fault for the tests: commit no longer looks at the fence.
void ignore_fences_at_commit(bool ignore);

}  // namespace conformance_test
