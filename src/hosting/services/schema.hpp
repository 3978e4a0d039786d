// The tables of the hosting library, and how the host's one database file comes to its newest
// version. Used by the CRM, whose tables are in the same file. It must never change a table that
// exists: a new version adds a step at the end.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/hosting/storage/database.hpp"

namespace hosting {

// The SQL of the hosting library's part of step 1: feed counter, accounts, flows, tasks, secrets.
// It refers to a table users(id), which the CRM's part of the step creates.
extern const std::string_view kSchemaStep1;
// Of step 8: data keys, and the session of a resume key.
extern const std::string_view kSchemaStep8;
// What the steps 1 to 8 come to, in the words of PostgreSQL; refers to users(id), too, which exists
// by then.
extern const std::string_view kPostgresSchema;

// What a new database on PostgreSQL begins with instead of the first steps, which were written for
// SQLite alone. Later steps are one text for both engines: PostgreSQL reads BIGINT for INTEGER,
// BYTEA for BLOB, and no WITHOUT ROWID.
struct PostgresBeginning {
  std::string sql;
  std::int64_t steps = 0;  // how many of them
};

// The steps for a file that holds the hosting library's tables alone, beside a CRM with another
// database: the same numbers and tables, but no reference to the CRM's users.
std::vector<std::string> hosting_steps();
PostgresBeginning hosting_beginning();  // what these begin with on PostgreSQL

// Brings the database to version steps.size() in one transaction: makes those of the steps 1, 2,
// ... that were not made yet. An empty one is a number that is kept free: it is made when it has a
// text, also after later ones. `new_epoch` names a new database in the cursors of its feeds.
// conflict: the database was written by a newer program.
Result<> migrate(Database& database, std::span<const std::string> steps, std::string_view new_epoch,
                 const PostgresBeginning& beginning = {});

}  // namespace hosting
