#include "tests/sim/simulated_disk.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

#include "src/hosting/storage/database.hpp"

namespace gcal::simulation {
namespace {

constexpr const char* kFile = "file.sqlite";

// A connection as the host opens them.
class Connection {
 public:
  explicit Connection(const SimulatedDisk& disk) {
    EXPECT_EQ(
        sqlite3_open_v2(kFile, &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, disk.name()),
        SQLITE_OK);
    (void)run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
  }
  ~Connection() { sqlite3_close(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int run(const std::string& sql) {
    return sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  }
  std::string text(const std::string& sql) {
    std::string found;
    const auto take = [](void* to, int, char** values, char**) {
      *static_cast<std::string*>(to) = values[0] ? values[0] : "";
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(handle_, sql.c_str(), take, &found, nullptr), SQLITE_OK) << sql;
    return found;
  }

 private:
  sqlite3* handle_ = nullptr;
};

constexpr const char* kRows = "SELECT count(*) FROM t";
constexpr const char* kSum = "SELECT sum(length(text)) FROM t";
// A transaction of several pages.
constexpr const char* kInsert =
    "INSERT INTO t SELECT hex(zeroblob(2500)) FROM (VALUES (1), (2), (3))";

TEST(SimulatedDisk, AReaderKeepsItsSnapshotWhileAnotherConnectionCommits) {
  SimulatedDisk disk{support::SeededRandom(1)};
  Connection writer(disk);
  ASSERT_EQ(writer.run("CREATE TABLE t(text TEXT)"), SQLITE_OK);
  Connection reader(disk);
  ASSERT_EQ(reader.run("BEGIN"), SQLITE_OK);
  EXPECT_EQ(reader.text(kRows), "0");
  ASSERT_EQ(writer.run(kInsert), SQLITE_OK);
  EXPECT_EQ(reader.text(kRows), "0");
  ASSERT_EQ(reader.run("COMMIT"), SQLITE_OK);
  EXPECT_EQ(reader.text(kRows), "3");
}

TEST(SimulatedDisk, RefusesASecondWriter) {
  SimulatedDisk disk{support::SeededRandom(1)};
  Connection first(disk);
  ASSERT_EQ(first.run("CREATE TABLE t(text TEXT); BEGIN IMMEDIATE"), SQLITE_OK);
  Connection second(disk);
  EXPECT_EQ(second.run("BEGIN IMMEDIATE"), SQLITE_BUSY);
  ASSERT_EQ(first.run("COMMIT"), SQLITE_OK);
  EXPECT_EQ(second.run("BEGIN IMMEDIATE; COMMIT"), SQLITE_OK);
}

TEST(SimulatedDisk, KeepsWhatWasCommittedWhenTheLastConnectionCloses) {
  SimulatedDisk disk{support::SeededRandom(1)};
  {
    Connection one(disk);
    ASSERT_EQ(one.run("CREATE TABLE t(text TEXT)"), SQLITE_OK);
    ASSERT_EQ(one.run(kInsert), SQLITE_OK);
  }
  EXPECT_EQ(disk.bytes(std::string(kFile) + "-wal"), "");
  SimulatedDisk other{support::SeededRandom(1)};
  other.put(kFile, disk.bytes(kFile));
  EXPECT_EQ(Connection(other).text(kRows), "3");
}

enum class Death { in_transaction, in_commit, after_commit };

// What the next process finds of three transactions, and whether the third one was reported as
// committed.
struct Found {
  std::string rows;
  std::string integrity;
  std::string bytes_of_texts;
  bool committed = false;
};

// The pragma holds for the third.
Found die_at_the_third(std::uint64_t seed, Death death, const std::string& pragma = {}) {
  SimulatedDisk disk{support::SeededRandom(seed)};
  Found found;
  {
    Connection one(disk);
    EXPECT_EQ(one.run("CREATE TABLE t(text TEXT)"), SQLITE_OK);
    EXPECT_EQ(one.run(kInsert), SQLITE_OK);
    EXPECT_EQ(one.run(kInsert), SQLITE_OK);
    EXPECT_EQ(one.run(pragma), SQLITE_OK);
    EXPECT_EQ(one.run("BEGIN IMMEDIATE"), SQLITE_OK);
    EXPECT_EQ(one.run(kInsert), SQLITE_OK);
    if (death == Death::in_commit) disk.die_in_commit();
    if (death == Death::after_commit) disk.die_after_commit();
    if (death != Death::in_transaction) found.committed = one.run("COMMIT") == SQLITE_OK;
    disk.die();
  }
  disk.restart();
  Connection next(disk);
  found.rows = next.text(kRows);
  found.bytes_of_texts = next.text(kSum);
  found.integrity = next.text("PRAGMA integrity_check");
  return found;
}

TEST(SimulatedDisk, ATransactionInWhoseCommitTheProcessDiesIsNotThere) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Found found = die_at_the_third(seed, Death::in_commit);
    ASSERT_FALSE(found.committed) << "seed " << seed;
    ASSERT_EQ(found.rows, "6") << "seed " << seed;
    ASSERT_EQ(found.bytes_of_texts, "30000") << "seed " << seed;
    ASSERT_EQ(found.integrity, "ok") << "seed " << seed;
  }
}

TEST(SimulatedDisk, AnOpenTransactionIsNotThere) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed)
    ASSERT_EQ(die_at_the_third(seed, Death::in_transaction).rows, "6") << "seed " << seed;
}

// With checkpoints after each commit and without.
TEST(SimulatedDisk, ACommittedTransactionIsThereAlsoWhenThePowerFails) {
  for (const char* pragma : {"", "PRAGMA wal_autocheckpoint=1"})
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      const Found found = die_at_the_third(seed, Death::after_commit, pragma);
      ASSERT_TRUE(found.committed) << "seed " << seed;
      ASSERT_EQ(found.rows, "9") << "seed " << seed << " " << pragma;
      ASSERT_EQ(found.integrity, "ok") << "seed " << seed << " " << pragma;
    }
}

// What the simulation could not see on a real file: that the host syncs too little.
TEST(SimulatedDisk, LosesACommitThatWasNotSynced) {
  std::size_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Found found = die_at_the_third(seed, Death::after_commit, "PRAGMA synchronous=NORMAL");
    ASSERT_TRUE(found.committed) << "seed " << seed;
    if (found.rows == "6") ++lost;
    ASSERT_EQ(found.integrity, "ok") << "seed " << seed;
  }
  EXPECT_GT(lost, 40u);
  EXPECT_LT(lost, 160u);
}

// The rows that the host's database holds after the power has failed behind these writes.
std::string left_of(std::uint64_t seed, std::initializer_list<hosting::Durability> writes) {
  SimulatedDisk disk{support::SeededRandom(seed)};
  const auto open = [&] {
    auto database = hosting::Database::open(kFile, {.file_system = disk.name()});
    EXPECT_TRUE(database);
    return *std::move(database);
  };
  {
    const auto database = open();
    EXPECT_TRUE(database->write(
        [](hosting::Connection& c) { return c.script("CREATE TABLE t(text TEXT)"); }));
    int number = 0;
    for (const hosting::Durability durability : writes)
      EXPECT_TRUE(database->write(
          [&](hosting::Connection& c) {
            return c.run("INSERT INTO t VALUES (?1)", std::to_string(++number));
          },
          durability));
    disk.die();
  }
  disk.restart();
  std::string rows;
  EXPECT_TRUE(open()->read([&](hosting::Connection& c) {
    return c.each("SELECT text FROM t ORDER BY rowid",
                  [&](const hosting::Row& row) { rows += row.text(0); });
  }));
  return rows;
}

TEST(SimulatedDisk, OnlyTheNewestOfTheWritesThatMayBeLostAreLost) {
  using enum hosting::Durability;
  std::size_t lost = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    EXPECT_EQ(left_of(seed, {kept, may_be_lost, kept}), "123") << "seed " << seed;
    const std::string rows = left_of(seed, {kept, lost_with_process, may_be_lost});
    EXPECT_TRUE(rows == "1" || rows == "12" || rows == "123") << "seed " << seed << ": " << rows;
    lost += rows != "123";
  }
  EXPECT_GT(lost, 10u);  // they are not waited for
}

}  // namespace
}  // namespace gcal::simulation
