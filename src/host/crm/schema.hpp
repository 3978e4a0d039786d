// The tables of the CRM, which share one file and one version number with those of the hosting
// library. Used by Crm::open only. It must never change a table that exists: a new version adds a
// step at the end.
#pragma once

#include <string_view>

#include "src/hosting/storage/database.hpp"

namespace host {

using gcal::Result;
using hosting::Database;

// Brings the database to the newest version. conflict: it was written by a newer program.
Result<> migrate(Database& database, std::string_view new_epoch);

}  // namespace host
