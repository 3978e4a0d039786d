// The port to a database on a real PostgreSQL: what is refused, how long it waits, and what it says
// of a COMMIT without an answer.
#include "src/hosting/storage/database.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <initializer_list>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/cutting_proxy.hpp"
#include "tests/support/must.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/temporary_folder.hpp"

namespace hosting {
namespace {

using gcal::support::CuttingProxy;
using gcal::support::must;
using gcal::support::PostgresServer;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;
using ::testing::Not;

class PostgresTest : public ::testing::Test {
 protected:
  PostgresTest() : name_(server_.new_database()) {}

  std::unique_ptr<Database> open(const std::string& socket = {}) {
    PostgresPlace place;
    place.url = "postgresql:///" + name_ + "?host=" + (socket.empty() ? server_.socket() : socket) +
                "&user=crm";
    return must(Database::open(place));
  }
  static void create_table(Database& database) {
    must(database.write(
        [](Connection& c) { return c.run("CREATE TABLE t(id BIGINT PRIMARY KEY, name TEXT)"); }));
  }
  static Result<> insert(Database& database, std::int64_t id) {
    return database.write(
        [&](Connection& c) { return c.run("INSERT INTO t(id) VALUES (?1)", id); });
  }
  static std::int64_t count(Database& database) {
    return must(database.read([](Connection& c) { return c.integer("SELECT count(*) FROM t"); }))
        .value_or(-1);
  }
  std::string refusal(const PostgresPlace& place) {
    const auto opened = Database::open(place);
    EXPECT_FALSE(opened);
    return opened ? "" : opened.error().message;
  }

  PostgresServer& server_ = PostgresServer::get();
  std::string name_;
};

TEST_F(PostgresTest, DatabaseThatOrdersTextsByALanguageIsRefused) {
  PostgresPlace place;
  place.url = server_.url(server_.new_database("crm", "C.UTF-8"));
  EXPECT_THAT(refusal(place),
              HasSubstr("LC_COLLATE 'C' is needed: create it with CREATE DATABASE"));
}

TEST_F(PostgresTest, PasswordInTheUrlIsRefusedAndNotRepeated) {
  for (const char* rest : {"://crm:geheim@localhost/db", ":///db?password=geheim&user=crm"}) {
    PostgresPlace place;
    place.url = std::string("postgresql") + rest;
    const std::string said = refusal(place);
    EXPECT_THAT(said, HasSubstr("password")) << rest;
    EXPECT_THAT(said, Not(HasSubstr("geheim"))) << rest;
  }
}

TEST_F(PostgresTest, SchemaOfTheServerOrWithoutANameIsRefusedByName) {
  PostgresPlace place;
  place.url = server_.url(name_);
  const std::string longest(63, 's');
  for (const auto& [schema, why] :
       {std::pair<std::string, std::string>{"", "the schema \"\" has no name"},
        {"pg_catalog", "the schema \"pg_catalog\" belongs to the server"},
        {"pg_mine", "the schema \"pg_mine\" belongs to the server"},
        {"information_schema", "the schema \"information_schema\" belongs to the server"},
        {longest + "s", "has more than 63 bytes"}}) {
    place.schema = schema;
    EXPECT_THAT(refusal(place), HasSubstr(why));
    EXPECT_EQ(Database::open(place).error().code, Code::invalid);
  }
  place.schema = longest;
  EXPECT_TRUE(Database::open(place));
}

TEST_F(PostgresTest, TextOfTheHostIsExactlyOneStatement) {
  const auto database = open();
  create_table(*database);
  for (const char* text :
       {"INSERT INTO t(id) VALUES (1); DELETE FROM t", "SELECT 1; SELECT 2", "", "-- nothing"}) {
    const auto refused = database->write([&](Connection& c) { return c.run(text); });
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Code::invalid) << text;
    EXPECT_THAT(refused.error().message, HasSubstr("statement")) << text;
  }
  EXPECT_EQ(count(*database), 0);
  must(database->write([](Connection& c) { return c.run("DELETE FROM t; -- the end"); }));
}

TEST_F(PostgresTest, ConnectionsBearTheNameOfTheProgram) {
  const auto name = must(open()->read(
      [](Connection& c) { return c.text("SELECT current_setting('application_name')"); }));
  EXPECT_EQ(name, "postgres_database");
}

// The server may fail while this process goes on, and then knows less than the process.
TEST_F(PostgresTest, OnlyWhatMayBeLostIsNotWaitedFor) {
  using enum hosting::Durability;
  const auto database = open();
  const auto waits = [&](hosting::Durability durability) {
    return must(database->write(
        [](Connection& c) { return c.text("SELECT current_setting('synchronous_commit')"); },
        durability));
  };
  EXPECT_EQ(waits(kept), "on");
  EXPECT_EQ(waits(may_be_lost), "off");
  EXPECT_EQ(waits(lost_with_process), "on");
}

TEST_F(PostgresTest, ServerThatIsNotThereIsUnavailableWithinItsBound) {
  PostgresPlace place;
  place.url = "postgresql:///db?host=/nowhere&user=crm";
  place.password = "geheim";
  const auto begin = steady_clock::now();
  const auto opened = Database::open(place);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::unavailable);
  EXPECT_THAT(opened.error().message, Not(HasSubstr("geheim")));
  EXPECT_LT(steady_clock::now() - begin, seconds(10));
}

TEST_F(PostgresTest, TypesComeBackAsTheyWentAndOthersAreToBeCast) {
  const auto database = open();
  const std::string_view bytes("a\0\xff", 3);
  must(database->write([&](Connection& c) -> Result<> {
    TRY_VOID(c.run("CREATE TABLE v(i BIGINT, r DOUBLE PRECISION, s TEXT, b BYTEA, n TEXT)"));
    TRY_VOID(c.run("INSERT INTO v VALUES (?1, ?2, ?3, ?4, ?5)", std::int64_t{-7}, 0.1, "\u00e4",
                   Blob{bytes}, nullptr));
    return c.each("SELECT i, r, s, b, n, true, CAST(1 AS SMALLINT), CAST(0.5 AS REAL) FROM v",
                  [&](const Row& row) {
                    using Type = Value::Type;
                    const auto values = row.values();
                    EXPECT_EQ(values[0].integer, -7);
                    EXPECT_EQ(values[1].real, 0.1);
                    EXPECT_EQ(values[2].text, "\u00e4");
                    EXPECT_EQ(values[3].type, Type::blob);
                    EXPECT_EQ(values[3].text, bytes);
                    EXPECT_TRUE(row.is_null(4));
                    EXPECT_EQ(values[5].integer, 1);
                    EXPECT_EQ(values[6].integer, 1);
                    EXPECT_EQ(values[7].real, 0.5);
                  });
  }));
  for (const char* sql : {"SELECT SUM(i) FROM v", "SELECT now()", "SELECT ARRAY[1]"}) {
    const auto read = database->read([&](Connection& c) { return c.run(sql); });
    ASSERT_FALSE(read) << sql;
    EXPECT_EQ(read.error().code, Code::invalid) << sql;
    EXPECT_THAT(read.error().message, HasSubstr("cast it to BIGINT")) << sql;
  }
}

TEST_F(PostgresTest, UpdateOfARowThatChangedMeanwhileIsAConflict) {
  const auto host = open();
  const auto plugin = must(host->open_plugin({}, "com.example.one"));
  create_table(*plugin);
  must(insert(*plugin, 1));
  const auto first = must(plugin->begin_write());
  must(first->connection().run("SELECT id FROM t"));
  std::thread([&] {
    must(plugin->write([](Connection& c) { return c.run("UPDATE t SET name = 'other'"); }));
  }).join();
  const auto late = first->connection().run("UPDATE t SET name = 'mine'");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::conflict) << late.error().message;
  EXPECT_TRUE(first->may_repeat());
}

TEST_F(PostgresTest, ExhaustedPoolAnswersUnavailableWithinItsBound) {
  const auto host = open();
  const auto plugin = must(host->open_plugin({}, "com.example.one"));
  create_table(*plugin);
  std::mutex mutex;
  std::condition_variable changed;
  int holding = 0;
  bool release = false;
  const auto hold = [&] {
    const auto transaction = plugin->begin_read();
    std::unique_lock lock(mutex);
    holding += transaction ? 1 : 100;
    changed.notify_all();
    changed.wait(lock, [&] { return release; });
  };
  std::vector<std::thread> holders;
  for (int i = 0; i < 4; ++i) holders.emplace_back(hold);
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return holding >= 4; });
  }
  EXPECT_EQ(holding, 4);
  const auto begin = steady_clock::now();
  const auto fifth = plugin->begin_read();
  const auto waited = steady_clock::now() - begin;
  EXPECT_FALSE(fifth);
  EXPECT_EQ(fifth ? Code::ok : fifth.error().code, Code::unavailable);
  EXPECT_GE(waited, std::chrono::milliseconds(1'900));
  EXPECT_LT(waited, seconds(6));
  // A plugin that eats its pool stops no other.
  EXPECT_TRUE(host->write([](Connection& c) { return c.run("CREATE TABLE own(id BIGINT)"); }));
  {
    const std::lock_guard lock(mutex);
    release = true;
  }
  changed.notify_all();
  for (std::thread& holder : holders) holder.join();
  EXPECT_TRUE(plugin->begin_read());
}

TEST_F(PostgresTest, SecondTransactionOfAThreadIsRefusedAtOnce) {
  const auto database = open();
  const auto first = must(database->begin_write());
  const auto second = database->begin_write();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::invalid);
}

TEST_F(PostgresTest, BackendThatDiesInATransactionStoresNothing) {
  const auto database = open();
  create_table(*database);
  {
    const auto transaction = must(database->begin_write());
    must(transaction->connection().run("INSERT INTO t(id) VALUES (1)"));
    server_.run(name_,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'crm' AND "
                "datname = current_database()");
    (void)transaction->connection().run("INSERT INTO t(id) VALUES (2)");  // may be sent only
    const auto next = transaction->connection().changes();
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().code, Code::unavailable) << next.error().message;
  }
  EXPECT_EQ(count(*database), 0) << "on a fresh connection";
  must(insert(*database, 3));
  EXPECT_EQ(count(*database), 1);
}

TEST_F(PostgresTest, CommitThatDidNotArriveStoredNothing) {
  CuttingProxy proxy(server_.socket());
  const auto database = open(proxy.socket());
  create_table(*database);
  proxy.cut_next(CuttingProxy::Cut::before);
  const auto done = insert(*database, 1);
  EXPECT_EQ(proxy.cuts(), 1);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::unavailable) << done.error().message;
  EXPECT_EQ(count(*database), 0);
}

TEST_F(PostgresTest, CommitWhoseAnswerWasLostIsStoredOnce) {
  CuttingProxy proxy(server_.socket());
  const auto database = open(proxy.socket());
  create_table(*database);
  for (std::int64_t id = 1; id <= 20; ++id) {
    proxy.cut_next(CuttingProxy::Cut::after);
    std::atomic<int> hints = 0;
    const auto done = database->write([&](Connection& c) {
      c.after_commit([&] { ++hints; });
      return c.run("INSERT INTO t(id) VALUES (?1)", id);
    });
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_EQ(hints, 1);
  }
  EXPECT_EQ(proxy.cuts(), 20);
  EXPECT_EQ(count(*database), 20);
}

TEST_F(PostgresTest, CommitThatCannotBeAskedAboutIsATimeOut) {
  CuttingProxy proxy(server_.socket());
  const auto database = open(proxy.socket());
  create_table(*database);
  proxy.cut_next(CuttingProxy::Cut::silent);
  const auto begin = steady_clock::now();
  const auto done = insert(*database, 1);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::timeout);
  EXPECT_THAT(done.error().message, HasSubstr("did not say whether this was stored"));
  EXPECT_LT(steady_clock::now() - begin, seconds(40));
  EXPECT_EQ(count(*open()), 1);
}

// The role of a plugin is the boundary.
TEST_F(PostgresTest, PluginReachesItsOwnSchemaOnly) {
  const auto host = open();
  create_table(*host);
  const auto one = must(host->open_plugin({}, "com.example.one"));
  const auto two = must(host->open_plugin({}, "com.example.two"));
  create_table(*one);
  const std::string own =
      server_.run(name_,
                  "SELECT nspname || ' ' || rolname FROM pg_namespace n JOIN pg_roles r ON r.oid = "
                  "nspowner WHERE nspname LIKE 'plugin%' ORDER BY 1");
  EXPECT_EQ(own,
            "plugin_com_example_one plugin_com_example_one\n"
            "plugin_com_example_two plugin_com_example_two");
  const auto statement = [](Database& database, std::string_view sql) {
    const auto transaction = must(database.begin_write());
    const auto nothing = [](const Row&) -> Result<bool> { return true; };
    return transaction->connection().exec_guest(sql, {}, OnRow(nothing));
  };
  EXPECT_TRUE(statement(*one, "SELECT * FROM t"));
  for (const char* foreign :
       {"SELECT * FROM t", "SELECT * FROM plugin_com_example_one.t", "SELECT * FROM crm.t",
        "CREATE TABLE crm.mine(id BIGINT)", "CREATE TABLE public.mine(id BIGINT)", "COMMIT",
        "SET ROLE crm", "RESET ROLE", "SELECT 1; SELECT 2"}) {
    const auto refused = statement(*two, foreign);
    ASSERT_FALSE(refused) << foreign;
    EXPECT_EQ(refused.error().code, Code::invalid) << foreign << ": " << refused.error().message;
  }
}

// The same statements and arguments are right and wrong on both engines.
TEST_F(PostgresTest, StatementsOfPluginsMeanTheSameOnBothEngines) {
  const auto host = open();
  const auto on_postgres = must(host->open_plugin({}, "com.example.one"));
  const gcal::support::TemporaryFolder folder;
  const auto on_sqlite = must(Database::open(folder.path() / "plugin.sqlite"));
  create_table(*on_postgres);
  create_table(*on_sqlite);
  struct Case {
    const char* sql;
    Code code;
    std::int64_t changed;
  };
  const Value arguments[] = {Value(std::int64_t{7}), Value("seven"), Value(0.5)};
  for (const Case& one : std::initializer_list<Case>{
           {"INSERT INTO t(name, id) VALUES ($2, $1)", Code::ok, 1},
           {"SELECT id FROM t WHERE id = $1 OR id = $1", Code::ok, 0},
           {"INSERT INTO t(id) VALUES ($1) ON CONFLICT(id) DO NOTHING", Code::ok, 0},
           {"INSERT INTO t(id) VALUES (8), (9)", Code::ok, 2},
           {"UPDATE t SET name = $2 WHERE id > $1 RETURNING id", Code::ok, 2},
           {"SELECT count(*) FROM (SELECT 1 FROM t) AS q; ", Code::ok, 0},
           {"INSERT INTO t(id) VALUES (7)", Code::invalid, 0},
           {"SELECT $4", Code::invalid, 0},
           {"SELECT * FROM nowhere", Code::invalid, 0},
           {"SELEKT", Code::invalid, 0},
           {"SELECT 1; SELECT 2", Code::invalid, 0},
           {"", Code::invalid, 0},
           {"DELETE FROM t", Code::ok, 3}}) {
    for (Database* database : {on_postgres.get(), on_sqlite.get()}) {
      SCOPED_TRACE(std::string(one.sql) +
                   (database->dialect() == Dialect::sqlite ? " on SQLite" : " on PostgreSQL"));
      const auto transaction = must(database->begin_write());
      const auto nothing = [](const Row&) -> Result<bool> { return true; };
      Connection& connection = transaction->connection();
      const auto done = connection.exec_guest(one.sql, arguments, OnRow(nothing));
      EXPECT_EQ(done ? Code::ok : done.error().code, one.code)
          << (done ? "" : done.error().message);
      if (done) {
        EXPECT_EQ(must(connection.changes()), one.changed);
        EXPECT_TRUE(transaction->commit());
      }
    }
  }
}

TEST_F(PostgresTest, TextWithANulIsRefusedAndAResultIsBounded) {
  const auto host = open();
  const auto plugin = must(host->open_plugin({}, "com.example.one"));
  const auto nothing = [](const Row&) -> Result<bool> { return true; };
  const auto refusal = [&](std::string_view sql, std::string_view text) -> std::string {
    const auto transaction = must(plugin->begin_read());
    const Value arguments[] = {Value(text)};
    const auto done = transaction->connection().exec_guest(sql, arguments, OnRow(nothing));
    if (done) return "";
    EXPECT_EQ(done.error().code, Code::invalid);
    return done.error().message;
  };
  EXPECT_THAT(refusal("SELECT $1", std::string_view("a\0b", 3)),
              HasSubstr("argument 1 is a text with a NUL"));
  EXPECT_EQ(refusal("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                    "131072) SELECT $1 FROM n",
                    std::string(1024, 'x')),
            "the result is larger than 64 MiB: use LIMIT");
}

TEST_F(PostgresTest, OnlyOneOfTwoHostsWritesAtATime) {
  const auto one = open();
  const auto two = open();
  create_table(*one);
  constexpr std::int64_t kEach = 100;
  // Read, then write, without a lock: right only if no other writes in between.
  const auto count_up = [](Database& database) {
    for (std::int64_t i = 0; i < kEach; ++i)
      must(database.write([](Connection& c) -> Result<> {
        TRY(const auto last, c.integer("SELECT max(id) FROM t"));
        return c.run("INSERT INTO t(id) VALUES (?1)", last.value_or(0) + 1);
      }));
  };
  std::thread other([&] { count_up(*two); });
  count_up(*one);
  other.join();
  EXPECT_EQ(count(*one), 2 * kEach);
}

}  // namespace
}  // namespace hosting
