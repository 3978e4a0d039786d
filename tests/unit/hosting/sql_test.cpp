// crm.sql/0 through the C ABI, on the engine that TEST_DATABASE names.
#include <atomic>
#include <thread>

#include "host_api/cpp/host.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::ElementsAre;

crm_value text(std::string_view value) {
  return {CRM_SQL_TEXT, 0, 0, crm::to_abi(value)};
}
crm_value integer(std::int64_t value) {
  return {CRM_SQL_INTEGER, value, 0, {nullptr, 0}};
}
crm_value real(double value) {
  return {CRM_SQL_REAL, 0, value, {nullptr, 0}};
}
crm_value blob(std::string_view value) {
  return {CRM_SQL_BLOB, 0, 0, crm::to_abi(value)};
}
constexpr crm_value kNull{CRM_SQL_NULL, 0, 0, {nullptr, 0}};

class SqlTest : public CrmTest {
 protected:
  SqlTest()
      : plugin_host_(crm_->context(), crm_->port(), kPlugin),
        sql_(*crm::Host(&plugin_host_).sql()) {
    auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
    must(tx.exec("CREATE TABLE t(id BIGINT PRIMARY KEY, name TEXT, size DOUBLE PRECISION)", {}));
    must(tx.commit());
  }
  std::int64_t count() {
    std::int64_t rows = 0;
    auto tx = must(sql_.begin(CRM_SQL_READ, 0));
    must(tx.exec("SELECT count(*) FROM t", {},
                 [&](std::span<const crm_value> row) { rows = row[0].integer; }));
    return rows;
  }
  // What another thread of the plugin does meanwhile.
  template <class Act>
  static void elsewhere(Act act) {
    std::thread(act).join();
  }
  Result<> insert(std::int64_t id, std::int64_t fence = 0) {
    TRY(auto tx, sql_.begin(CRM_SQL_WRITE, fence));
    const crm_value args[] = {integer(id)};
    TRY_VOID(tx.exec("INSERT INTO t(id) VALUES ($1)", args));
    return tx.commit();
  }

  PluginHost plugin_host_;
  crm::Sql sql_;
};

TEST_F(SqlTest, PlaceholdersAreBoundByNumber) {
  auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
  const crm_value args[] = {integer(7), text("a"), real(1.5)};
  must(tx.exec("INSERT INTO t(size, name, id) VALUES ($3, $2, $1)", args));
  std::vector<std::string> seen;
  must(tx.exec("SELECT id, name, size, NULL FROM t WHERE id = $1 AND id = $1", args,
               [&](std::span<const crm_value> row) {
                 seen = {std::to_string(row[0].integer), std::string(crm::from_abi(row[1].text)),
                         std::to_string(row[2].real), std::to_string(row[3].type)};
               }));
  EXPECT_THAT(seen, ElementsAre("7", "a", "1.500000", "0"));
  must(tx.commit());
  EXPECT_EQ(sql_.dialect(),
            gcal::support::tests_use_postgres() ? CRM_SQL_POSTGRESQL : CRM_SQL_SQLITE);
}

TEST_F(SqlTest, InvalidStatementRollsTheTransactionBack) {
  for (const char* wrong :
       {"INSERT INTO nowhere VALUES (1)", "SELECT $2", "INSERT INTO t(id) VALUES (1)", "",
        "SELECT 1; SELECT 2", "COMMIT", "BEGIN", "SAVEPOINT s", "PRAGMA user_version=7",
        "ATTACH 'other.sqlite' AS other"}) {
    auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
    const crm_value args[] = {integer(1)};
    must(tx.exec("INSERT INTO t(id) VALUES ($1)", args));
    const auto refused = tx.exec(wrong, args);
    EXPECT_EQ(code_of(refused), Code::invalid) << wrong << ": " << refused.error().message;
    EXPECT_EQ(code_of(tx.exec("SELECT 1", {})), Code::invalid) << wrong;
    EXPECT_EQ(code_of(tx.commit()), Code::invalid) << wrong;
    EXPECT_EQ(count(), 0) << wrong;
  }
}

TEST_F(SqlTest, TransactionWithoutCommitIsRolledBack) {
  {
    auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
    must(tx.exec("INSERT INTO t(id) VALUES (1)", {}));
  }
  EXPECT_EQ(count(), 0);
}

TEST_F(SqlTest, ReadTransactionCannotWrite) {
  auto tx = must(sql_.begin(CRM_SQL_READ, 0));
  EXPECT_EQ(code_of(tx.exec("INSERT INTO t(id) VALUES (1)", {})), Code::invalid);
}

TEST_F(SqlTest, ReaderSeesItsSnapshot) {
  auto reader = must(sql_.begin(CRM_SQL_READ, 0));
  std::int64_t rows = -1;
  const auto read = [&] {
    must(reader.exec("SELECT count(*) FROM t", {},
                     [&](std::span<const crm_value> row) { rows = row[0].integer; }));
  };
  read();
  elsewhere([&] { must(insert(1)); });
  read();
  EXPECT_EQ(rows, 0);
  must(reader.commit());
  EXPECT_EQ(count(), 1);
}

TEST_F(SqlTest, StaleFenceIsAConflictAtBegin) {
  must(crm_->tasks().schedule(kPlugin, "sync", 0, ""));
  const DueTask run = must(crm_->tasks().take_due()).value();
  must(insert(1, run.fence));
  must(crm_->tasks().finished(run, 0));
  const DueTask next = must(crm_->tasks().take_due()).value();
  EXPECT_EQ(code_of(insert(2, run.fence)), Code::conflict);
  must(insert(3, next.fence));
  EXPECT_EQ(count(), 2);
}

TEST_F(SqlTest, FenceThatBecomesStaleIsAConflictAtCommit) {
  must(crm_->tasks().schedule(kPlugin, "sync", 0, ""));
  const DueTask run = must(crm_->tasks().take_due()).value();
  auto tx = must(sql_.begin(CRM_SQL_WRITE, run.fence));
  must(tx.exec("INSERT INTO t(id) VALUES (1)", {}));
  must(crm_->tasks().finished(run, 0));
  must(crm_->tasks().take_due());
  EXPECT_EQ(code_of(tx.commit()), Code::conflict);
  EXPECT_EQ(count(), 0);
}

TEST_F(SqlTest, TransactionIsRefusedOnAnotherThread) {
  auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
  Code answered = Code::ok;
  std::thread([&] { answered = code_of(tx.exec("SELECT 1", {})); }).join();
  EXPECT_EQ(answered, Code::invalid);
}

TEST_F(SqlTest, RowCallbackMayRunAnotherStatement) {
  must(insert(1));
  must(insert(2));
  auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
  std::vector<Code> inner;
  must(tx.exec("SELECT id FROM t ORDER BY id", {}, [&](std::span<const crm_value> row) {
    const crm_value args[] = {integer(-row[0].integer), kNull};
    inner.push_back(code_of(tx.exec("INSERT INTO t(id, name) VALUES ($1, $2)", args)));
  }));
  must(tx.commit());
  EXPECT_THAT(inner, ElementsAre(Code::ok, Code::ok));
  EXPECT_EQ(count(), 4);
}

TEST_F(SqlTest, StatementInsideItsOwnRowsIsInvalid) {
  if (gcal::support::tests_use_postgres()) GTEST_SKIP() << "PostgreSQL has read all rows by then";
  must(insert(1));
  auto tx = must(sql_.begin(CRM_SQL_READ, 0));
  constexpr const char* kSql = "SELECT id FROM t";
  Result<> inner;
  (void)tx.exec(kSql, {}, [&](std::span<const crm_value>) { inner = tx.exec(kSql, {}); });
  ASSERT_FALSE(inner);
  EXPECT_EQ(inner.error().code, Code::invalid);
  EXPECT_EQ(inner.error().message,
            "this statement is running already: it was used inside its own row callback");
}

TEST_F(SqlTest, ArgumentsAndModesAreChecked) {
  auto tx = must(sql_.begin(CRM_SQL_READ, 0));
  const crm_value strange[] = {integer(1), {77, 0, 0, {nullptr, 0}}};
  const auto refused = tx.exec("SELECT $1, $2", strange);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::invalid);
  EXPECT_EQ(refused.error().message, "argument 2 has an unknown type");
  EXPECT_EQ(sql_.begin(5, 0).error().message, "mode: CRM_SQL_READ or CRM_SQL_WRITE");
}

TEST_F(SqlTest, MoreStatementsThanTheCacheHoldsWork) {
  auto tx = must(sql_.begin(CRM_SQL_READ, 0));
  for (int i = 0; i < 600; ++i) must(tx.exec("SELECT " + std::to_string(i), {}));
}

TEST_F(SqlTest, DatabaseOfAPluginIsItsOwnAndPrivate) {
  const PluginHost other(crm_->context(), crm_->port(), "com.example.other");
  const auto refused = [&](const char* statement) {
    auto tx = must(crm::Host(&other).sql()->begin(CRM_SQL_READ, 0));
    EXPECT_EQ(code_of(tx.exec(statement, {})), Code::invalid) << statement;
  };
  refused("SELECT * FROM t");
  refused("SELECT * FROM users");
  if (gcal::support::tests_use_postgres()) {
    refused("SELECT * FROM plugin_com_example_test.t");
    refused("SELECT * FROM crm.users");
    return;
  }
  const auto file = folder_.path() / "data" / "plugins" / (std::string(kPlugin) + ".sqlite");
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(SqlTest, TextWithANulIsRefusedAndBytesAreKept) {
  const std::string_view bytes("a\0\xff", 3);
  auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
  must(tx.exec(gcal::support::tests_use_postgres() ? "CREATE TABLE b(id BIGINT, bytes BYTEA)"
                                                   : "CREATE TABLE b(id BIGINT, bytes BLOB)",
               {}));
  const crm_value args[] = {integer(1), blob(bytes)};
  must(tx.exec("INSERT INTO b(id, bytes) VALUES ($1, $2)", args));
  std::int32_t type = 0;
  std::string read;
  must(tx.exec("SELECT bytes FROM b", {}, [&](std::span<const crm_value> row) {
    type = row[0].type;
    read = crm::from_abi(row[0].text);
  }));
  EXPECT_EQ(type, CRM_SQL_BLOB);
  EXPECT_EQ(read, bytes);
  const crm_value with_nul[] = {integer(2), text(std::string_view("a\0b", 3))};
  const auto refused = tx.exec("INSERT INTO t(id, name) VALUES ($1, $2)", with_nul);
  EXPECT_EQ(code_of(refused), Code::invalid);
  EXPECT_EQ(refused.error().message,
            "argument 2 is a text with a NUL, which a database cannot keep: pass it as a BLOB");
}

TEST_F(SqlTest, ChangedRowsAreCounted) {
  auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
  const crm_value rows[] = {integer(1), text("a"), integer(2), text("b"), integer(3), text("b")};
  EXPECT_EQ(must(tx.run_many("INSERT INTO t(id, name) VALUES ($1, $2)", rows, 2)), 3);
  const crm_value b[] = {text("b")};
  EXPECT_EQ(must(tx.run("UPDATE t SET size = 1 WHERE name = $1", b)), 2);
  EXPECT_EQ(must(tx.run("UPDATE t SET size = 1 WHERE name = 'z'", {})), 0);
  EXPECT_EQ(must(tx.run("SELECT id FROM t", {})), 0) << "a query changes nothing";
  EXPECT_EQ(must(tx.run("DELETE FROM t WHERE name = $1", b)), 2);
  EXPECT_EQ(must(tx.run_many("DELETE FROM t WHERE id = $1", {}, 1)), 0);
  EXPECT_EQ(code_of(tx.run_many("DELETE FROM t WHERE id = $1", rows, 4)), Code::invalid);
  must(tx.commit());
  EXPECT_EQ(count(), 1);
}

TEST_F(SqlTest, OneBadRowOfManyEndsTheTransaction) {
  auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
  const crm_value rows[] = {integer(1), integer(2), integer(1)};
  EXPECT_EQ(code_of(tx.run_many("INSERT INTO t(id) VALUES ($1)", rows, 1)), Code::invalid);
  EXPECT_EQ(code_of(tx.commit()), Code::invalid);
  EXPECT_EQ(count(), 0);
}

// More rows than one round trip to a server has, of two combinations of types.
TEST_F(SqlTest, ManyRowsAnswerAsOneByOne) {
  constexpr std::int64_t kRows = 450;
  std::vector<crm_value> rows;
  for (std::int64_t id = 1; id <= kRows; ++id) {
    rows.push_back(integer(id));
    rows.push_back(id % 3 == 0 ? kNull : text("name"));
  }
  {
    auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
    EXPECT_EQ(must(tx.run_many("INSERT INTO t(id, name) VALUES ($1, $2)", rows, 2)), kRows);
    EXPECT_EQ(must(tx.run_many("UPDATE t SET size = 1 WHERE id >= $1 AND id < $1 + 2 AND name = $2",
                               std::span(rows).first(8), 2)),
              5)
        << "1 and 2; 2 without 3, which has no name; none; 4 and 5";
    must(tx.commit());
  }
  EXPECT_EQ(count(), kRows);
  // The second row is taken: what was written before it is gone, and no later call writes.
  rows[0] = integer(1'000);
  auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
  const auto refused =
      tx.run_many("INSERT INTO t(id, name) VALUES ($1 + 1000, $2)", std::span(rows).first(2), 2);
  EXPECT_TRUE(refused);
  const auto taken = tx.run_many("INSERT INTO t(id, name) VALUES ($1, $2)", rows, 2);
  EXPECT_EQ(code_of(taken), Code::invalid);
  EXPECT_EQ(code_of(tx.run_many("DELETE FROM t WHERE id = $1 AND name = $2", rows, 2)),
            Code::invalid);
  EXPECT_EQ(code_of(tx.commit()), Code::invalid);
  EXPECT_EQ(count(), kRows);
}

TEST_F(SqlTest, ManyRowsOfAWrongStatementAreRefused) {
  const crm_value rows[] = {integer(1), integer(2)};
  for (const char* wrong : {"INSERT INTO nowhere VALUES ($1)", "INSERT INTO t(id) VALUES ($2)", "",
                            "COMMIT", "INSERT INTO t(id) VALUES ($1); SELECT 1"}) {
    auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
    EXPECT_EQ(code_of(tx.run_many(wrong, rows, 1)), Code::invalid) << wrong;
  }
  const std::string_view nul("a\0b", 3);
  const crm_value names[] = {integer(1), text("a"), integer(2), text(nul)};
  auto tx = must(sql_.begin(CRM_SQL_WRITE, 0));
  EXPECT_EQ(code_of(tx.run_many("INSERT INTO t(id, name) VALUES ($1, $2)", names, 2)),
            Code::invalid);
  EXPECT_EQ(code_of(tx.commit()), Code::invalid);
  EXPECT_EQ(count(), 0);
}

TEST_F(SqlTest, ResultsAreBounded) {
  auto tx = must(sql_.begin(CRM_SQL_READ, 0));
  // 2^17 rows of a KiB each.
  const std::string many =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 131072) "
      "SELECT $1 FROM n";
  const std::string kibibyte(1024, 'x');
  const crm_value args[] = {text(kibibyte)};
  std::size_t rows = 0;
  const auto refused = tx.exec(many, args, [&](std::span<const crm_value>) { ++rows; });
  EXPECT_EQ(code_of(refused), Code::invalid);
  EXPECT_EQ(refused.error().message, "the result is larger than 64 MiB: use LIMIT");
  EXPECT_LE(rows, std::size_t{65536});
}

TEST_F(SqlTest, AThreadHasOneTransaction) {
  auto first = must(sql_.begin(CRM_SQL_READ, 0));
  const auto second = sql_.begin(CRM_SQL_WRITE, 0);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::invalid);
  EXPECT_EQ(second.error().message, "this thread has a transaction already: end it first");
  elsewhere([&] { must(insert(1)); });
  must(first.commit());
  must(insert(2));
}

// Both read the same number and write the next one: neither may get lost.
TEST_F(SqlTest, NoUpdateIsLost) {
  must(insert(0));
  constexpr std::int64_t kEach = 40;
  std::atomic<std::int64_t> conflicts = 0;
  const auto once = [&]() -> Result<> {
    TRY(auto tx, sql_.begin(CRM_SQL_WRITE, 0));
    std::int64_t id = 0;
    TRY_VOID(tx.exec("SELECT id FROM t", {},
                     [&](std::span<const crm_value> row) { id = row[0].integer; }));
    const crm_value next[] = {integer(id + 1)};
    TRY_VOID(tx.exec("UPDATE t SET id = $1", next));
    return tx.commit();
  };
  const auto count_up = [&] {
    for (std::int64_t done = 0; done < kEach;) {
      const auto result = once();
      if (result)
        ++done;
      else if (result.error().code == Code::conflict)
        ++conflicts;
      else
        throw std::runtime_error(result.error().message);
    }
  };
  std::thread other(count_up);
  count_up();
  other.join();
  std::int64_t id = 0;
  auto tx = must(sql_.begin(CRM_SQL_READ, 0));
  must(tx.exec("SELECT id FROM t", {},
               [&](std::span<const crm_value> row) { id = row[0].integer; }));
  EXPECT_EQ(id, 2 * kEach) << conflicts << " conflicts";
}

TEST_F(SqlTest, FenceOfARunCountsForItsKeyOnly) {
  must(crm_->tasks().schedule(kPlugin, "one", 0, ""));
  must(crm_->tasks().schedule(kPlugin, "two", 0, ""));
  const DueTask one = must(crm_->tasks().take_due()).value();
  const DueTask two = must(crm_->tasks().take_due()).value();
  const auto status = [&](const DueTask& key, std::int64_t fence) {
    crm_tx* tx = nullptr;
    const auto* table = static_cast<const crm_sql_0*>(plugin_host_.service(&plugin_host_, CRM_SQL));
    const crm_status begun =
        table->begin_run(&plugin_host_, CRM_SQL_WRITE, crm::to_abi(key.key), fence, &tx, nullptr);
    if (begun == CRM_OK) table->rollback(tx);
    return begun;
  };
  EXPECT_EQ(status(one, one.fence), CRM_OK);
  EXPECT_EQ(status(two, two.fence), CRM_OK);
  EXPECT_EQ(status(one, two.fence), CRM_FENCED);
  EXPECT_EQ(status(two, 0), CRM_FENCED);
  must(insert(1, two.fence));  // begin takes it for any key, as ever
}

TEST_F(SqlTest, RunThatWasFollowedIsFencedAtCommit) {
  must(crm_->tasks().schedule(kPlugin, "sync", 0, ""));
  const DueTask run = must(crm_->tasks().take_due()).value();
  auto tx = must(sql_.begin_run(CRM_SQL_WRITE, run.key, run.fence));
  must(tx.exec("INSERT INTO t(id) VALUES (1)", {}));
  must(crm_->tasks().finished(run, 0));
  must(crm_->tasks().take_due());
  const auto fenced = tx.commit();
  EXPECT_EQ(code_of(fenced), Code::conflict);
  EXPECT_EQ(fenced.error().detail, crm::kFenced) << "not to be repeated, unlike another conflict";
  EXPECT_EQ(count(), 0);
}

}  // namespace
}  // namespace host::test
