// What the PostgreSQL engine makes of statements, schema steps, names, values and errors, without a
// server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "src/hosting/storage/postgres_error.hpp"
#include "src/hosting/storage/postgres_text.hpp"
#include "src/hosting/storage/postgres_values.hpp"

namespace hosting::test {
namespace {

using ::testing::HasSubstr;

TEST(PostgresTextTest, PlaceholdersAndTheColumnUserAreRewrittenOutsideOfQuotes) {
  EXPECT_EQ(postgres_statement("SELECT user, cal.user FROM users WHERE user=?1 AND a='?2 user'"),
            "SELECT \"user\", cal.\"user\" FROM users WHERE \"user\"=$1 AND a='?2 user'");
  EXPECT_EQ(postgres_statement("SELECT \"user\" -- user ?1\n, user_id, session_user"),
            "SELECT \"user\" -- user ?1\n, user_id, session_user");
  EXPECT_EQ(postgres_statement("SELECT /* ?1 user */ 'it''s ?1', ?12"),
            "SELECT /* ?1 user */ 'it''s ?1', $12");
  EXPECT_EQ(postgres_statement("SELECT 'open ?1"), "SELECT 'open ?1");
}

TEST(PostgresTextTest, StatementThatOnlyWritesHasNoRows) {
  for (const char* sql : {"INSERT INTO t VALUES (?1)", "UPDATE t SET a=1", "DELETE FROM t"})
    EXPECT_TRUE(only_writes(sql)) << sql;
  for (const char* sql :
       {"SELECT 1", "INSERT INTO t VALUES (?1) RETURNING id", "UPDATE t SET n=n+1 RETURNING n",
        "CREATE TABLE t(a TEXT)", "", "WITH q AS (SELECT 1) DELETE FROM t", "UPDATED"})
    EXPECT_FALSE(only_writes(sql)) << sql;
}

TEST(PostgresTextTest, SchemaStepIsReadInTheWordsOfPostgres) {
  EXPECT_EQ(postgres_schema_step("CREATE TABLE t(user TEXT, n INTEGER DEFAULT 'INTEGER', b BLOB, "
                                 "INTEGERS TEXT) WITHOUT ROWID;"),
            "CREATE TABLE t(\"user\" TEXT, n BIGINT DEFAULT 'INTEGER', b BYTEA, INTEGERS TEXT) ;");
}

TEST(PostgresTextTest, NamesAreQuotedAndLongPluginIdsStayApart) {
  EXPECT_EQ(quoted_name("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(quoted_text("it's"), "'it''s'");
  EXPECT_EQ(plugin_schema("com.Example.google-calendar"), "plugin_com_example_google_calendar");
  const std::string longest(80, 'a');
  EXPECT_EQ(plugin_schema(longest).size(), 63u);
  EXPECT_NE(plugin_schema(longest), plugin_schema(longest + "b"));
}

TEST(PostgresTextTest, ErrorsSayWhatToDoAndWhoMayRepeat) {
  const auto code = [](std::string_view state, StatementOf whose) {
    return postgres_error(state, "x", whose).code;
  };
  for (const char* conflict : {"40001", "40P01"}) {
    EXPECT_TRUE(is_conflict(conflict));
    EXPECT_EQ(code(conflict, StatementOf::host), Code::conflict);
  }
  for (const char* later : {"53100", "53300", "55P03", "57014", "25006", "57P01", "08006", ""})
    EXPECT_EQ(code(later, StatementOf::guest), Code::unavailable) << later;
  for (const char* wrong : {"42601", "23505", "22003", "0A000"}) {
    EXPECT_EQ(code(wrong, StatementOf::guest), Code::invalid) << wrong;
    EXPECT_EQ(code(wrong, StatementOf::host), Code::internal) << wrong;
  }
  EXPECT_EQ(code("22021", StatementOf::host), Code::invalid);
  EXPECT_EQ(code("28P01", StatementOf::host), Code::denied);
  EXPECT_EQ(postgres_error("23505", "duplicate key\n", StatementOf::guest).message,
            "the database refused the statement (23505: duplicate key)");
  for (const char* end : {"", "08003", "57P01", "25P03", "40003"}) EXPECT_TRUE(ends_session(end));
  for (const char* stays : {"23505", "57014", "55P03", "40001"}) EXPECT_FALSE(ends_session(stays));
}

TEST(PostgresTextTest, ValuesKeepTheirTypeInBothDirections) {
  const std::array<Value, 5> values{Value(-2), Value(1.5), Value("t"), Value(Blob{"b"}),
                                    Value(std::optional<std::int64_t>())};
  const PostgresArguments arguments(values);
  EXPECT_EQ(arguments.signature(), "irtbi");  // a NULL has the type of what is missing
  EXPECT_EQ(arguments.bytes()[4], nullptr);
  const auto read = [&](std::uint32_t type, int i) {
    const auto length = static_cast<std::size_t>(arguments.lengths()[i]);
    return *postgres_value(type, std::string_view(arguments.bytes()[i], length));
  };
  EXPECT_EQ(read(20, 0).integer, -2);
  EXPECT_EQ(read(701, 1).real, 1.5);
  EXPECT_EQ(read(25, 2).text, "t");
  EXPECT_EQ(read(17, 3).type, Value::Type::blob);
  EXPECT_EQ(postgres_value(23, std::string_view("\xff\xff\xff\xfe", 4))->integer, -2);
  EXPECT_EQ(postgres_value(16, std::string_view("\x01", 1))->integer, 1);
  const auto numeric = postgres_value(1700, "x");
  ASSERT_FALSE(numeric);
  EXPECT_EQ(numeric.error().code, Code::invalid);
  EXPECT_THAT(numeric.error().message, HasSubstr("cast it to BIGINT"));
}

}  // namespace
}  // namespace hosting::test
