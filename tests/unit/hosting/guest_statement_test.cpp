#include "src/hosting/storage/guest_statement.hpp"

#include <gmock/gmock.h>

namespace hosting {
namespace {

using ::testing::HasSubstr;

std::string refusal(std::string_view sql) {
  const auto checked = check_guest_statement(sql);
  if (checked) return "";
  EXPECT_EQ(checked.error().code, gcal::Code::invalid) << sql;
  return checked.error().message;
}

TEST(GuestStatement, DataAndTablesAreAllowed) {
  for (const char* sql :
       {"SELECT 1", "  select 1 ;  ", "-- why; not\nSELECT 1",
        "/* a; b */ INSERT INTO t VALUES (1)", "WITH a AS (SELECT 1) UPDATE t SET n = 1",
        "SELECT ';' || \";\" FROM t; -- the end; really", "SELECT 'it''s; fine'",
        "CREATE INDEX i ON t(a)", "ALTER TABLE t ADD COLUMN b BIGINT", "DROP TABLE t", "VALUES (1)",
        "DELETE FROM t"})
    EXPECT_EQ(refusal(sql), "") << sql;
}

TEST(GuestStatement, TransactionSessionAndOtherDatabasesAreRefused) {
  for (const char* sql : {"BEGIN",
                          "begin",
                          "START TRANSACTION",
                          "COMMIT",
                          "END",
                          "ROLLBACK",
                          "ABORT",
                          "SAVEPOINT s",
                          "RELEASE s",
                          "PREPARE TRANSACTION 'x'",
                          "SET search_path = crm",
                          "RESET ALL",
                          "SHOW all",
                          "COPY t TO '/tmp/x'",
                          "LISTEN c",
                          "NOTIFY c",
                          "UNLISTEN *",
                          "DO $$ BEGIN END $$",
                          "CALL p()",
                          "LOCK TABLE t",
                          "VACUUM",
                          "PRAGMA user_version",
                          "ATTACH 'x' AS y",
                          "DETACH y",
                          "/* SELECT */ COMMIT",
                          "-- SELECT\nCOMMIT",
                          "LOAD 'x'",
                          "GRANT ALL ON t TO x",
                          "SECURITY LABEL ON TABLE t IS 'x'",
                          "DISCARD ALL",
                          "FETCH c",
                          "EXECUTE s",
                          "(SELECT 1)"})
    EXPECT_THAT(refusal(sql), HasSubstr("cannot begin with")) << sql;
}

TEST(GuestStatement, ExactlyOneStatementIsExpected) {
  for (const char* sql : {"", "  ", ";", "-- SELECT 1", "/* SELECT 1"})
    EXPECT_EQ(refusal(sql), "there is no statement") << sql;
  for (const char* sql : {"SELECT 1; SELECT 2", "SELECT 1;;SELECT 2", "SELECT ';'; COMMIT",
                          "SELECT 1 /* ; */; /* */ COMMIT", "SELECT 1;;"})
    EXPECT_EQ(refusal(sql), "exactly one statement is expected") << sql;
  EXPECT_EQ(refusal(std::string_view("SELECT 1\0; COMMIT", 17)),
            "a statement must not contain NUL");
}

TEST(GuestStatement, TextWithANulIsRefusedByItsNumber) {
  EXPECT_TRUE(check_guest_text("text", 1));
  const auto refused = check_guest_text(std::string_view("a\0b", 3), 4);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("argument 4 is a text with a NUL"));
}

}  // namespace
}  // namespace hosting
