// Copies of databases beside those who write them: of one moment, whole, and no writer waits.
#include "src/hosting/storage/snapshot.hpp"

#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "src/hosting/storage/database.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using hosting::check_database;
using hosting::copy_databases;

class SnapshotTest : public ::testing::Test {
 protected:
  std::filesystem::path at(const std::string& name) const { return folder_.path() / name; }
  std::unique_ptr<Database> make(const std::string& name) const {
    auto database = must(Database::open(at(name)));
    must(database->write(
        [](Connection& c) { return c.run("CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT)"); }));
    return database;
  }
  static Result<> insert(Connection& c, std::size_t size = 100) {
    return c.run("INSERT INTO t(text) VALUES (?1)", std::string(size, 'x'));
  }
  static std::int64_t rows(const Database& database) {
    return *must(database.read([](Connection& c) { return c.integer("SELECT count(*) FROM t"); }));
  }
  std::int64_t rows_in(const std::string& name) const {
    return rows(*must(Database::open(at(name))));
  }

  TemporaryFolder folder_;
};

// Neither waits for the other: the copy ends while the transaction is open, which then commits.
TEST_F(SnapshotTest, OpenTransactionIsLeftOutAndNotDisturbed) {
  const auto crm = make("crm.sqlite"), plugin = make("plugin.sqlite");
  must(crm->write([](Connection& c) { return insert(c); }));
  const auto in_crm = must(crm->begin_write()), in_plugin = must(plugin->begin_write());
  must(insert(in_crm->connection()));
  must(insert(in_plugin->connection()));
  must(copy_databases({{at("plugin.sqlite"), at("plugin.copy")}, {at("crm.sqlite"), at("copy")}}));
  must(in_crm->commit());
  must(in_plugin->commit());
  EXPECT_EQ(rows_in("copy"), 1);
  EXPECT_EQ(rows_in("plugin.copy"), 0);
  EXPECT_EQ(rows(*crm), 2);
  EXPECT_EQ(rows(*plugin), 1);
}

// A writer adds a row to the first file, then one to the second, without pause: at each moment the
// first has as many rows as the second, or one more.
TEST_F(SnapshotTest, CopiesBesideAWriterWithoutPauseAreOfOneMoment) {
  const auto first = make("1"), second = make("2");
  std::atomic<bool> ending = false;
  std::thread writer([&] {
    while (!ending)
      for (const auto* database : {&first, &second})
        must((*database)->write([](Connection& c) { return insert(c); }));
  });
  std::int64_t last = 0;
  for (int i = 0; i < 30; ++i) {
    const std::string end = ".copy" + std::to_string(i);
    // Each order of the files.
    const hosting::SnapshotFile one{at("1"), at("1" + end)}, other{at("2"), at("2" + end)};
    must(i % 2 == 0 ? copy_databases({one, other}) : copy_databases({other, one}));
    const std::int64_t ahead = rows_in("1" + end) - rows_in("2" + end);
    EXPECT_TRUE(ahead == 0 || ahead == 1) << ahead;
    EXPECT_GE(rows_in("2" + end), last);
    last = rows_in("2" + end);
  }
  ending = true;
  writer.join();
  EXPECT_GT(last, 0);
}

// Larger than the pieces in which it is written, with free pages, and changes that are in the log.
TEST_F(SnapshotTest, CopyIsOneWholeFileForItsUserOnly) {
  const auto database = make("large");
  for (int i = 0; i < 40; ++i)
    must(database->write([](Connection& c) { return insert(c, 100'000); }));
  must(database->write([](Connection& c) { return c.run("DELETE FROM t WHERE id<10"); }));
  const auto digests = must(copy_databases({{at("large"), at("copy")}}));
  must(check_database(at("copy")));
  EXPECT_EQ(digests, std::vector{must(hosting::digest_of_copy(at("copy")))});
  struct stat status {};
  ASSERT_EQ(::stat(at("copy").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  for (const char* end : {"-wal", "-shm", "-journal"})
    EXPECT_FALSE(std::filesystem::exists(at("copy").string() + end)) << end;
  EXPECT_EQ(rows_in("copy"), 31);
}

// SQLite leaves out the page at a gibibyte; here it is moved to where a test can afford it.
TEST_F(SnapshotTest, DigestIsThatOfTheFileWhateverItsPagesAre) {
  sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 0x10000);
  for (const char* page_size : {"512", "4096", "65536"}) {
    const std::string name = std::string("of_") + page_size;
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(at(name).c_str(), &database), SQLITE_OK);
    const std::string sql = std::string("PRAGMA page_size=") + page_size +
                            "; PRAGMA journal_mode=WAL; CREATE TABLE t(x);"
                            "INSERT INTO t VALUES (randomblob(3000000))";
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    const auto digests = must(copy_databases({{at(name), at(name + ".copy")}}));
    EXPECT_EQ(digests, std::vector{must(hosting::digest_of_copy(at(name + ".copy")))}) << name;
    must(check_database(at(name + ".copy")));
    sqlite3_close(database);
  }
  sqlite3_test_control(SQLITE_TESTCTRL_PENDING_BYTE, 0x40000000);
}

TEST_F(SnapshotTest, PlaceThatCannotBeWrittenIsNamed) {
  const auto database = make("crm.sqlite");
  write_text(at("there"), "x");
  for (const char* place : {"there", "missing/copy"}) {
    const auto copied = copy_databases({{at("crm.sqlite"), at(place)}});
    ASSERT_FALSE(copied) << place;
    EXPECT_EQ(copied.error().code, Code::unavailable);
    EXPECT_THAT(copied.error().message, ::testing::HasSubstr(at(place).string()));
  }
  EXPECT_EQ(read_text(at("there")), "x");
}

// A write that is refused is an error, and no copy that looks whole.
TEST_F(SnapshotTest, CopyThatHasNoRoomIsReported) {
  const auto database = make("crm.sqlite");
  must(database->write([](Connection& c) { return insert(c, 3'000'000); }));
  struct rlimit before {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto signal = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 2'000'000, before.rlim_max };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto copied = copy_databases({{at("crm.sqlite"), at("copy")}});
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, signal);
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code, Code::unavailable);
}

}  // namespace
}  // namespace host::test
