#include "src/hosting/storage/postgres_setup.hpp"

#include "src/hosting/storage/postgres_text.hpp"

namespace hosting {
namespace {

constexpr int kOldestServer = 150'000;

// Any two numbers; processes that create the same tables wait for each other.
constexpr std::string_view kOneAtATime = "SELECT pg_advisory_xact_lock(7212015, 1); ";

Result<bool> exists(Connection& c, std::string_view sql, std::string_view name) {
  TRY(const auto found, c.integer(sql, name));
  return found.has_value();
}

Result<> in_transaction(PostgresConnection& connection, const std::string& sql) {
  const std::string all = "BEGIN; " + std::string(kOneAtATime) + sql + "; COMMIT";
  auto done = connection.script(all.c_str());
  if (!done) connection.roll_back();
  return done;
}

constexpr std::string_view kHasSchema = "SELECT 1 FROM pg_namespace WHERE nspname=?1";
constexpr std::string_view kHasRole = "SELECT 1 FROM pg_roles WHERE rolname=?1";

}  // namespace

Result<> check_server(PostgresConnection& connection) {
  if (const int version = connection.server_version(); version < kOldestServer)
    return Error{Code::invalid,
                 "--database: the server is PostgreSQL " + std::to_string(version / 10'000) +
                     ": 15 or newer is needed",
                 {}};
  std::string encoding, collation, provider;
  TRY_VOID(connection.each(
      "SELECT pg_encoding_to_char(encoding), CAST(datcollate AS TEXT), "
      "CAST(datlocprovider AS TEXT) FROM pg_database WHERE datname=current_database()",
      [&](const Row& row) {
        encoding = row.text(0);
        collation = row.text(1);
        provider = row.text(2);
      }));
  constexpr std::string_view kDo =
      ": create it with CREATE DATABASE NAME ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE "
      "template0";
  if (encoding != "UTF8")
    return Error{Code::invalid,
                 "--database: its encoding is " + encoding + ", UTF8 is needed" + std::string(kDo),
                 {}};
  if (provider != "c" || (collation != "C" && collation != "POSIX"))
    return Error{Code::invalid,
                 "--database: it orders texts by the rules of " + collation +
                     ", LC_COLLATE 'C' is needed" + std::string(kDo),
                 {}};
  return {};
}

Result<> create_host_schema(PostgresConnection& connection, std::string_view schema) {
  const std::string name = quoted_name(schema);
  TRY(const bool is_there, exists(connection, kHasSchema, schema));
  if (!is_there) {
    const auto created = in_transaction(connection, "CREATE SCHEMA IF NOT EXISTS " + name);
    if (!created && created.error().code == Code::denied)
      return Error{Code::denied,
                   "--database: this user may not create the schema " + std::string(schema) +
                       ": let an administrator run CREATE SCHEMA " + name +
                       " AUTHORIZATION and the name of the user",
                   {}};
    if (!created) return created;
  }
  // turns: one row, locked by the transaction that writes. commits: one row for each connection
  // that writes, with the number of its last transaction.
  return in_transaction(
      connection,
      "CREATE TABLE IF NOT EXISTS " + name +
          ".turns(one BIGINT PRIMARY KEY CHECK (one=1)) WITH (fillfactor=20); INSERT INTO " + name +
          ".turns VALUES (1) ON CONFLICT DO NOTHING; CREATE TABLE IF NOT EXISTS " + name +
          ".commits(connection TEXT PRIMARY KEY, id TEXT NOT NULL, since BIGINT NOT NULL) "
          "WITH (fillfactor=20)");
}

Result<std::string> create_plugin_schema(PostgresConnection& connection, std::string_view schema) {
  const std::string name = quoted_name(schema);
  TRY(const bool is_there, exists(connection, kHasSchema, schema));
  TRY(const bool has_role, exists(connection, kHasRole, schema));
  if (is_there) {
    TRY(const auto owned,
        connection.integer("SELECT 1 FROM pg_namespace n JOIN pg_roles r ON r.oid=n.nspowner WHERE "
                           "n.nspname=?1 AND r.rolname=?1",
                           schema));
    return owned ? std::string(schema) : std::string();
  }
  TRY(const auto may_create,
      connection.integer("SELECT 1 FROM pg_roles WHERE rolname=current_user AND (rolcreaterole OR "
                         "rolsuper)"));
  if (!may_create) {
    TRY_VOID(in_transaction(connection, "CREATE SCHEMA IF NOT EXISTS " + name));
    return std::string();
  }
  std::string sql;
  if (!has_role) sql = "CREATE ROLE " + name + " NOLOGIN; ";
  sql += "GRANT " + name + " TO CURRENT_USER; CREATE SCHEMA IF NOT EXISTS " + name +
         " AUTHORIZATION " + name;
  TRY_VOID(in_transaction(connection, sql));
  return std::string(schema);
}

}  // namespace hosting
