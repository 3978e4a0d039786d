#include "src/hosting/storage/postgres_setup.hpp"

#include "src/hosting/storage/postgres_text.hpp"

namespace hosting {
namespace {

constexpr int kOldestServer = 150'000;

// Any two numbers; processes that create the same tables wait for each other.
constexpr std::string_view kOneAtATime = "SELECT pg_advisory_xact_lock(7212015, 1); ";

Result<> in_transaction(PostgresConnection& connection, const std::string& sql) {
  const std::string all = "BEGIN; " + std::string(kOneAtATime) + sql + "; COMMIT";
  auto done = connection.script(all.c_str());
  if (!done) connection.roll_back();
  return done;
}

}  // namespace

Result<> check_server(PostgresConnection& connection) {
  if (const int version = connection.server_version(); version < kOldestServer)
    return Error{Code::invalid,
                 "the database: the server is PostgreSQL " + std::to_string(version / 10'000) +
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
    return Error{
        Code::invalid,
        "the database: its encoding is " + encoding + ", UTF8 is needed" + std::string(kDo),
        {}};
  if (provider != "c" || (collation != "C" && collation != "POSIX"))
    return Error{Code::invalid,
                 "the database: it orders texts by the rules of " + collation +
                     ", LC_COLLATE 'C' is needed" + std::string(kDo),
                 {}};
  return {};
}

Result<> check_rights(PostgresConnection& connection) {
  std::string user, database;
  bool roles = false, schemas = false;
  TRY_VOID(connection.each(
      "SELECT CAST(current_user AS TEXT), CAST(current_database() AS TEXT), rolcreaterole OR "
      "rolsuper, has_database_privilege(current_database(), 'CREATE') FROM pg_roles WHERE "
      "rolname=current_user",
      [&](const Row& row) {
        user = quoted_name(row.text(0));
        database = quoted_name(row.text(1));
        roles = row.integer(2) != 0;
        schemas = row.integer(3) != 0;
      }));
  if (!schemas)
    return Error{Code::denied,
                 "the database: the user " + user +
                     " may not create schemas, and each plugin has one: let an administrator of "
                     "the server run GRANT CREATE ON DATABASE " +
                     database + " TO " + user,
                 {}};
  if (!roles)
    return Error{Code::denied,
                 "the database: the user " + user +
                     " may not create roles, so plugins could reach the tables of the host: let an "
                     "administrator of the server run ALTER ROLE " +
                     user + " CREATEROLE",
                 {}};
  return {};
}

Result<> create_host_schema(PostgresConnection& connection, std::string_view schema) {
  const std::string name = quoted_name(schema);
  // turns: one row, locked by the transaction that writes. commits: one row for each connection
  // that writes, with the number of its last transaction.
  return in_transaction(
      connection,
      "CREATE SCHEMA IF NOT EXISTS " + name + "; CREATE TABLE IF NOT EXISTS " + name +
          ".turns(one BIGINT PRIMARY KEY CHECK (one=1)) WITH (fillfactor=20); INSERT INTO " + name +
          ".turns VALUES (1) ON CONFLICT DO NOTHING; CREATE TABLE IF NOT EXISTS " + name +
          ".commits(connection TEXT PRIMARY KEY, id TEXT NOT NULL, since BIGINT NOT NULL) "
          "WITH (fillfactor=20)");
}

Result<std::string> create_plugin_schema(PostgresConnection& connection, std::string_view schema) {
  const std::string name = quoted_name(schema);
  std::string user, owner;  // owner "": there is no schema
  bool has_role = false, is_member = false;
  TRY_VOID(connection.each(
      "SELECT CAST(current_user AS TEXT), (SELECT CAST(r.rolname AS TEXT) FROM pg_namespace n "
      "JOIN pg_roles r ON r.oid=n.nspowner WHERE n.nspname=?1), EXISTS (SELECT 1 FROM pg_roles "
      "WHERE rolname=?1), EXISTS (SELECT 1 FROM pg_roles WHERE rolname=?1 AND "
      "pg_has_role(current_user, oid, 'MEMBER'))",
      [&](const Row& row) {
        user = row.text(0);
        owner = row.text(1);
        has_role = row.integer(2) != 0;
        is_member = row.integer(3) != 0;
      },
      schema));
  if (!owner.empty() && owner != schema && owner != user)
    return Error{Code::denied,
                 "the database: the schema " + name + " belongs to " + quoted_name(owner) +
                     ", so the plugin cannot be kept to it: let its owner run ALTER SCHEMA " +
                     name + " OWNER TO " + quoted_name(user) + ", and the same for its tables",
                 {}};
  std::string sql;
  if (!has_role) sql += "CREATE ROLE " + name + " NOLOGIN; ";
  if (!is_member) sql += "GRANT " + name + " TO CURRENT_USER; ";
  if (owner.empty()) sql += "CREATE SCHEMA IF NOT EXISTS " + name + " AUTHORIZATION " + name + "; ";
  // pg_restore --no-owner leaves the schema to the user of the host, as did versions before this
  // one for a user that could create no roles.
  if (owner == user && owner != schema)
    sql += "ALTER SCHEMA " + name + " OWNER TO " + name +
           "; DO $$ DECLARE t record; BEGIN FOR t IN SELECT relname FROM pg_class WHERE "
           "relnamespace=" +
           quoted_text(name) +
           "::regnamespace AND relkind='r' LOOP EXECUTE format('ALTER TABLE %s.%I OWNER TO %s', " +
           quoted_text(name) + ", t.relname, " + quoted_text(name) + "); END LOOP; END $$; ";
  if (!sql.empty()) TRY_VOID(in_transaction(connection, sql + "SELECT 1"));
  return std::string(schema);
}

}  // namespace hosting
