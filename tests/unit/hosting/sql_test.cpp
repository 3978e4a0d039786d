// crm.sql/0 through the C ABI.
#include <thread>

#include "host_api/cpp/host.hpp"
#include "src/hosting/services/plugin_host.hpp"
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
  const crm_value args[] = {integer(7), text(std::string_view("a\0b", 3)), real(1.5)};
  must(tx.exec("INSERT INTO t(size, name, id) VALUES ($3, $2, $1)", args));
  std::vector<std::string> seen;
  must(tx.exec("SELECT id, name, size, NULL FROM t WHERE id = $1 AND id = $1", args,
               [&](std::span<const crm_value> row) {
                 seen = {std::to_string(row[0].integer), std::string(crm::from_abi(row[1].text)),
                         std::to_string(row[2].real), std::to_string(row[3].type)};
               }));
  EXPECT_THAT(seen, ElementsAre("7", std::string("a\0b", 3), "1.500000", "0"));
  must(tx.commit());
  EXPECT_EQ(sql_.dialect(), CRM_SQL_SQLITE);
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
  must(insert(1));
  read();
  EXPECT_EQ(rows, 0);
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

TEST_F(SqlTest, DatabaseFileOfAPluginIsItsOwnAndPrivate) {
  const auto file = folder_.path() / "data" / "plugins" / (std::string(kPlugin) + ".sqlite");
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const PluginHost other(crm_->context(), crm_->port(), "com.example.other");
  auto tx = must(crm::Host(&other).sql()->begin(CRM_SQL_READ, 0));
  EXPECT_EQ(code_of(tx.exec("SELECT * FROM t", {})), Code::invalid);
}

}  // namespace
}  // namespace host::test
