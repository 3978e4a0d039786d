// Texts for PostgreSQL: placeholders, names, and what differs in the words of a schema. Pure.
// [any thread]
#pragma once

#include <string>
#include <string_view>

namespace hosting {

// A statement of the host as PostgreSQL reads it: ?1, ?2, ... become $1, $2, ..., and the column
// user, which is a word of the language there, gets its quotes. Texts in quotes and comments stay
// as they are.
std::string postgres_statement(std::string_view sql);

// Whether a statement of the host changes rows and answers none: an INSERT, UPDATE or DELETE
// without RETURNING.
bool only_writes(std::string_view sql);

// The name in double quotes, as an identifier.
std::string quoted_name(std::string_view name);
// The text in single quotes, as a value.
std::string quoted_text(std::string_view text);

// The schema of a plugin, and the name of its role: plugin_ and its id with _ for every character
// that is no letter or digit; at most 63 bytes, of a longer id the first and a number of the rest.
std::string plugin_schema(std::string_view plugin);

// A step of a schema in SQLite's words in those of PostgreSQL: INTEGER is BIGINT, BLOB is BYTEA,
// WITHOUT ROWID goes, and user gets its quotes. Quoted texts stay.
std::string postgres_schema_step(std::string_view sql);

}  // namespace hosting
