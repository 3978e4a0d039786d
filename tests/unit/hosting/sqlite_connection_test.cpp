// The compiled statements of one connection to SQLite.
#include "src/hosting/storage/sqlite_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

namespace hosting {
namespace {

sqlite3* in_memory() {
  sqlite3* handle = nullptr;
  sqlite3_open(":memory:", &handle);
  return handle;
}

class SqliteConnectionTest : public ::testing::Test {
 protected:
  Result<> guest(std::string_view sql) {
    const auto ignore = [](const Row&) -> Result<bool> { return true; };
    return connection_.exec_guest(sql, {}, OnRow(ignore));
  }
  // How often statements were compiled again.
  int repetitions() {
    int all = 0;
    for (sqlite3_stmt* each = nullptr; (each = sqlite3_next_stmt(handle_, each));)
      all += sqlite3_stmt_status(each, SQLITE_STMTSTATUS_REPREPARE, 0);
    return all;
  }

  sqlite3* handle_ = in_memory();
  SqliteConnection connection_{handle_};
};

TEST_F(SqliteConnectionTest, KeepsStatementsCompiledWhenAPluginSendsAnother) {
  ASSERT_TRUE(guest("CREATE TABLE t(id BIGINT)"));
  ASSERT_TRUE(guest("SELECT id FROM t"));
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(guest("SELECT id FROM t WHERE id = " + std::to_string(i)));
    ASSERT_TRUE(guest("SELECT id FROM t"));
    ASSERT_TRUE(connection_.run("BEGIN"));
    ASSERT_TRUE(connection_.run("COMMIT"));
  }
  EXPECT_EQ(repetitions(), 0);
}

TEST_F(SqliteConnectionTest, TextOfTheHostIsExactlyOneStatement) {
  for (const char* text : {"CREATE TABLE t(id BIGINT); DROP TABLE t", "SELECT 1; x", "", " -- a"}) {
    const auto refused = connection_.run(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Code::invalid) << text;
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("statement")) << text;
  }
  ASSERT_TRUE(connection_.run("CREATE TABLE t(id BIGINT);")) << "the first was not executed";
  ASSERT_TRUE(connection_.run(
      "CREATE TRIGGER k AFTER INSERT ON t BEGIN DELETE FROM t; SELECT ';'; END; -- the end"));
}

// The host's own statements between those of a plugin are not judged as the plugin's.
TEST_F(SqliteConnectionTest, OnlyStatementsOfAPluginAreRefused) {
  constexpr const char* kFunction = "SELECT load_extension('x')";
  ASSERT_TRUE(guest("SELECT 1"));
  for (int i = 0; i < 2; ++i) {
    const Result<> refused = guest(kFunction);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::invalid);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("not authorized"));
    ASSERT_TRUE(connection_.run("SAVEPOINT s"));
    ASSERT_TRUE(connection_.run("RELEASE s"));
    ASSERT_TRUE(connection_.script("PRAGMA user_version=1"));
  }
}

}  // namespace
}  // namespace hosting
