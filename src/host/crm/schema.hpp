// The tables of the CRM. Used by Crm::open only.
// It must never change a table that exists: a new version adds a step at the end.
#pragma once

#include "src/hosting/storage/sqlite_database.hpp"

namespace refhost {

// Brings the database to the newest version. conflict: it was written by a newer program.
Result<> migrate(Database& database, std::string_view new_epoch);

}  // namespace refhost
