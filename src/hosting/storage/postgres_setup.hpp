// What must be true of a PostgreSQL database before it is used, and what the engine keeps in it for
// itself. Used by postgres_database.cpp only. [one thread at a time, blocks]
#pragma once

#include <string>
#include <string_view>

#include "src/hosting/storage/postgres_connection.hpp"

namespace hosting {

// invalid, with what to do: the server is older than 15, or the database is not UTF-8 or orders its
// texts by the rules of a language instead of their bytes.
Result<> check_server(PostgresConnection& connection);

// denied, with the command of an administrator that grants it: the user may create no schema, or no
// role. Without a role of its own a plugin's statements could name the tables of the host.
Result<> check_rights(PostgresConnection& connection);

// Creates the host's schema and, in it, the turn of the writer and the table of commits.
Result<> create_host_schema(PostgresConnection& connection, std::string_view schema);

// Creates the schema of a plugin, or takes over the one that belongs to the host's user. Answers
// the name of the role that its statements run as, which may reach nothing else. denied: the schema
// belongs to another user.
Result<std::string> create_plugin_schema(PostgresConnection& connection, std::string_view schema);

}  // namespace hosting
