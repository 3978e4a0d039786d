// What is sent together: how many round trips it costs, and which call says that it failed.
#include <gmock/gmock.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "src/hosting/storage/database.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/must.hpp"
#include "tests/support/postgres_server.hpp"

namespace hosting {
namespace {

using gcal::support::CuttingProxy;
using gcal::support::must;
using gcal::support::PostgresServer;
using ::testing::HasSubstr;

// The host's database through a proxy that counts.
class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() : proxy_(PostgresServer::get().socket()) {
    PostgresPlace place;
    place.url = "postgresql:///" + PostgresServer::get().new_database() +
                "?host=" + proxy_.socket() + "&user=crm";
    database_ = must(Database::open(place));
    must(database_->write(
        [](Connection& c) { return c.run("CREATE TABLE t(id BIGINT PRIMARY KEY, name TEXT)"); }));
  }
  Result<> insert(Connection& c, std::int64_t id) {
    return c.run("INSERT INTO t(id) VALUES (?1)", id);
  }
  std::int64_t count() {
    return must(database_->read([](Connection& c) { return c.integer("SELECT count(*) FROM t"); }))
        .value_or(-1);
  }

  CuttingProxy proxy_;
  std::unique_ptr<Database> database_;
};

TEST_F(PipelineTest, ManyRowsOfAPluginAreOneRoundTrip) {
  const auto plugin = must(database_->open_plugin({}, "com.example.one"));
  std::vector<Value> rows;
  for (std::int64_t id = 1; id <= 100; ++id) rows.emplace_back(id);
  const auto transaction = must(plugin->begin_write());
  Connection& c = transaction->connection();
  const auto nothing = [](const Row&) -> Result<bool> { return true; };
  must(c.exec_guest("CREATE TABLE t(id BIGINT PRIMARY KEY)", {}, OnRow(nothing)));
  EXPECT_EQ(must(c.exec_guest_many("INSERT INTO t(id) VALUES ($1)", rows, 1, 1)), 1);
  const int before = proxy_.round_trips();
  EXPECT_EQ(
      must(c.exec_guest_many("INSERT INTO t(id) VALUES ($1)", std::span(rows).subspan(1), 1, 99)),
      99);
  EXPECT_EQ(proxy_.round_trips() - before, 1);
  must(transaction->commit());
}

TEST_F(PipelineTest, WritesOfTheHostTravelWithTheNextQuestion) {
  must(database_->write([&](Connection& c) -> Result<> {
    TRY_VOID(insert(c, 0));  // prepares it
    TRY(const auto rows, c.integer("SELECT count(*) FROM t"));
    EXPECT_EQ(rows, 1);
    const int before = proxy_.round_trips();
    for (std::int64_t id = 1; id <= 50; ++id) TRY_VOID(insert(c, id));
    EXPECT_EQ(proxy_.round_trips() - before, 0);
    TRY(const auto more, c.integer("SELECT count(*) FROM t"));
    EXPECT_EQ(more, 51) << "it sees what was sent before it";
    EXPECT_EQ(proxy_.round_trips() - before, 1);
    TRY_VOID(c.run("UPDATE t SET name='x' WHERE id<10"));
    TRY(const std::int64_t changed, c.changes());
    EXPECT_EQ(changed, 10);
    TRY_VOID(c.run("DELETE FROM t WHERE id>?1", std::int64_t{40}));
    TRY(const auto name, c.text("SELECT name FROM t WHERE id=3"));
    EXPECT_EQ(name, "x");
    return {};
  }));
  EXPECT_EQ(count(), 41) << "writes after the last question are committed, too";
}

// The next call that waits answers it, and nothing is stored.
TEST_F(PipelineTest, FailureOfAWriteIsThatOfTheNextCallThatWaits) {
  must(database_->write([&](Connection& c) { return insert(c, 1); }));
  const auto taken_again = [&](auto&& then) {
    return database_->write([&](Connection& c) -> Result<> {
      TRY_VOID(insert(c, 2));
      TRY_VOID(insert(c, 1));
      TRY_VOID(insert(c, 3));
      return then(c);
    });
  };
  const auto asked = taken_again([](Connection& c) -> Result<> {
    TRY_VOID(c.integer("SELECT count(*) FROM t"));
    return {};
  });
  const auto counted = taken_again([](Connection& c) -> Result<> {
    TRY_VOID(c.changes());
    return {};
  });
  const auto scripted = taken_again([](Connection& c) { return c.script("SELECT 1"); });
  const auto committed = taken_again([](Connection&) { return Result<>(); });
  for (const auto* refused : {&asked, &counted, &scripted, &committed}) {
    ASSERT_FALSE(*refused);
    EXPECT_EQ(refused->error().code, Code::internal);
    EXPECT_THAT(refused->error().message, HasSubstr("23505"));
  }
  EXPECT_EQ(count(), 1);
  // The connection is as good as before.
  must(database_->write([&](Connection& c) { return insert(c, 2); }));
  EXPECT_EQ(count(), 2);
}

TEST_F(PipelineTest, AnErrorOfTheWorkUndoesWhatWasSentOnly) {
  const auto refused = database_->write([&](Connection& c) -> Result<> {
    TRY_VOID(insert(c, 1));
    return Error{Code::denied, "not you", {}};
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "not you");
  EXPECT_EQ(count(), 0);
}

// More than travels at once, with answers that are larger than a socket holds.
TEST_F(PipelineTest, AnyNumberOfWritesIsSent) {
  const std::string name(10'000, 'x');
  must(database_->write([&](Connection& c) -> Result<> {
    for (std::int64_t id = 0; id < 1'000; ++id)
      TRY_VOID(c.run("INSERT INTO t(id, name) VALUES (?1, ?2)", id, name));
    return {};
  }));
  EXPECT_EQ(count(), 1'000);
}

}  // namespace
}  // namespace hosting
