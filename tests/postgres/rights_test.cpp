// What the user of the host must be allowed to do, and whose the schema of a plugin is.
#include <gmock/gmock.h>

#include <memory>
#include <stdexcept>
#include <string>

#include "src/hosting/storage/database.hpp"
#include "tests/support/must.hpp"
#include "tests/support/postgres_server.hpp"

namespace hosting {
namespace {

using gcal::support::must;
using gcal::support::PostgresServer;

constexpr const char* kPlugin = "com.example.one";

class RightsTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<Database>> open(const std::string& role) const {
    PostgresPlace place;
    place.url = server_.url(name_, role);
    return Database::open(place);
  }
  std::string owners() const {
    return server_.run(name_,
                       "SELECT nspname || ' ' || pg_get_userbyid(nspowner) FROM pg_namespace WHERE "
                       "nspname LIKE 'plugin%' UNION ALL SELECT relname || ' ' || "
                       "pg_get_userbyid(relowner) FROM pg_class WHERE relkind = 'r' AND "
                       "relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE "
                       "'plugin%')");
  }
  static Result<std::int64_t> count(Database& plugin) {
    std::int64_t rows = 0;
    const auto take = [&](const Row& row) -> Result<bool> {
      rows = row.integer(0);
      return true;
    };
    TRY(const auto transaction, plugin.begin_read());
    TRY_VOID(transaction->connection().exec_guest("SELECT count(*) FROM kept", {}, OnRow(take)));
    return rows;
  }

  PostgresServer& server_ = PostgresServer::get();
  std::string name_ = server_.new_database("plain");
};

// The role of these tests is that of the whole server, so each gives back what it got.
TEST_F(RightsTest, UserWhoMayCreateNoRolesIsRefusedUntilItIsGranted) {
  const auto refused = open("plain");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::denied);
  EXPECT_EQ(
      refused.error().message,
      "the database: the user \"plain\" may not create roles, so plugins could reach the tables "
      "of the host: let an administrator of the server run ALTER ROLE \"plain\" CREATEROLE");
  EXPECT_EQ(server_.run(name_, "SELECT count(*) FROM pg_namespace WHERE nspname = 'crm'"), "0")
      << "nothing was created";
  server_.run(name_, "ALTER ROLE \"plain\" CREATEROLE");
  const auto granted = open("plain");
  EXPECT_TRUE(granted) << granted.error().message;
  server_.run(name_, "ALTER ROLE \"plain\" NOCREATEROLE");
}

TEST_F(RightsTest, UserWhoMayCreateNoSchemasIsRefusedUntilItIsGranted) {
  name_ = server_.new_database("app");
  const auto refused = open("crm");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::denied);
  const std::string grant = "GRANT CREATE ON DATABASE \"" + name_ + "\" TO \"crm\"";
  EXPECT_EQ(
      refused.error().message,
      "the database: the user \"crm\" may not create schemas, and each plugin has one: let an "
      "administrator of the server run " +
          grant);
  server_.run(name_, grant);
  const auto granted = open("crm");
  EXPECT_TRUE(granted) << granted.error().message;
}

// What pg_restore --no-owner leaves, and what a user without roles left before.
TEST_F(RightsTest, SchemaOfTheHostsUserIsHandedToThePlugin) {
  name_ = server_.new_database();
  const auto host = must(open("crm"));
  server_.run(name_,
              "SET ROLE crm; CREATE SCHEMA plugin_com_example_one; "
              "CREATE TABLE plugin_com_example_one.kept(id BIGINT PRIMARY KEY); "
              "INSERT INTO plugin_com_example_one.kept VALUES (1), (2)");
  const auto plugin = must(host->open_plugin({}, kPlugin));
  EXPECT_EQ(owners(), "plugin_com_example_one plugin_com_example_one\nkept plugin_com_example_one");
  EXPECT_EQ(must(count(*plugin)), 2);
  const auto nothing = [](const Row&) -> Result<bool> { return true; };
  const auto transaction = must(plugin->begin_write());
  Connection& c = transaction->connection();
  must(c.exec_guest("ALTER TABLE kept ADD COLUMN name TEXT", {}, OnRow(nothing)));
  EXPECT_FALSE(c.exec_guest("SELECT * FROM crm.turns", {}, OnRow(nothing)))
      << "it is kept to its schema";
}

TEST_F(RightsTest, SchemaOfAnotherUserIsRefused) {
  name_ = server_.new_database();
  const auto host = must(open("crm"));
  server_.run(name_, "CREATE SCHEMA plugin_com_example_one");
  const auto refused = host->open_plugin({}, kPlugin);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::denied);
  EXPECT_EQ(refused.error().message,
            "the database: the schema \"plugin_com_example_one\" belongs to \"app\", so the plugin "
            "cannot be kept to it: let its owner run ALTER SCHEMA \"plugin_com_example_one\" OWNER "
            "TO \"crm\", and the same for its tables");
}

}  // namespace
}  // namespace hosting
