// The feed in the database of a vendor: on a bare connection, with tables of their own beside the
// library's, and with processes that die at every point of a save.
#include "src/hosting/services/change_feed.hpp"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <thread>

#include "src/hosting/storage/sqlite_transaction.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

// A vendor's database with one table: CREATE TABLE appointment(id, calendar).
class VendorDatabase {
 public:
  explicit VendorDatabase(const std::filesystem::path& file) {
    sqlite3_open(file.c_str(), &connection_);
    sqlite3_busy_timeout(connection_, 20'000);
    run("PRAGMA journal_mode=WAL");
  }
  ~VendorDatabase() { sqlite3_close(connection_); }
  VendorDatabase(const VendorDatabase&) = delete;
  VendorDatabase& operator=(const VendorDatabase&) = delete;

  void run(const std::string& sql) {
    char* failure = nullptr;
    if (sqlite3_exec(connection_, sql.c_str(), nullptr, nullptr, &failure) != SQLITE_OK)
      throw std::runtime_error(failure);
  }
  void create() {
    run("BEGIN IMMEDIATE");
    run("CREATE TABLE appointment(id TEXT PRIMARY KEY, calendar TEXT)");
    SqliteTransaction transaction(connection_);
    must(ChangeFeed::create_tables(transaction, "epoch1"));
    run("COMMIT");
  }
  // The vendor's save, up to a step: 1 the row, 2 the note, 3 the commit, 4 the hints.
  void save(ChangeFeed& feed, const std::string& id, int steps = 4) {
    run("BEGIN IMMEDIATE");
    SqliteTransaction transaction(connection_);
    if (steps >= 1) run("INSERT INTO appointment VALUES ('" + id + "', 'cal')");
    if (steps >= 2)
      must(feed.note_changed(transaction, {AppointmentChange::Kind::saved, id, "cal", "anna"}));
    if (steps >= 3) run("COMMIT");
    if (steps >= 4) transaction.committed();
  }
  std::vector<std::string> ids(const std::string& sql) {
    SqliteTransaction transaction(connection_);
    std::vector<std::string> ids;
    for (const SqlValues& row : must(transaction.execute(sql, {}))) ids.push_back(text_of(row[0]));
    return ids;
  }
  ChangedAppointments changes(std::int64_t after, std::uint32_t count = 100) {
    SqliteTransaction transaction(connection_);
    return must(ChangeFeed::appointments(transaction, "cal", {after, after, false, {}}, count));
  }
  sqlite3* connection() { return connection_; }

 private:
  sqlite3* connection_ = nullptr;
};

class ChangeFeedTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  StandingClock clock_;
  std::filesystem::path file_ = folder_.path() / "vendor.sqlite";
};

// A child process ends after each step of a save, without any clean-up: what it stored is in the
// feed, and nothing else is.
TEST_F(ChangeFeedTest, NothingIsLostWhenTheProcessDiesInASave) {
  VendorDatabase(file_).create();
  for (int steps = 0; steps <= 4; ++steps) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int code = 1;
      try {
        ChangeBus bus;
        ChangeFeed feed(bus, clock_);
        VendorDatabase database(file_);
        database.save(feed, "a" + std::to_string(steps), steps);
        code = 0;
        _exit(code);  // with an open transaction, as a crash would leave it
      } catch (const std::exception&) {
        _exit(code);
      }
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
  }
  VendorDatabase after(file_);
  const auto stored = after.ids("SELECT id FROM appointment ORDER BY id");
  EXPECT_THAT(stored, ElementsAre("a3", "a4"));
  EXPECT_EQ(after.ids("SELECT id FROM hosting_changes ORDER BY id"), stored);
  EXPECT_EQ(after.changes(0).rows.size(), 2u);
}

TEST_F(ChangeFeedTest, AdapterOfAVendorExecutesExactlyOneStatement) {
  VendorDatabase database(file_);
  database.create();
  SqliteTransaction transaction(database.connection());
  for (const char* text : {"SELECT 1; DELETE FROM hosting_changes", "SELECT 1; x", "", "-- a"}) {
    const auto refused = transaction.execute(text, {});
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Code::invalid) << text;
  }
  EXPECT_THAT(transaction.execute("SELECT 1; SELECT 2", {}).error().message,
              ::testing::HasSubstr("another one follows: execute each by itself"));
  EXPECT_EQ(must(transaction.execute("SELECT ';' ; -- the end\n", {})).size(), 1u);
}

TEST_F(ChangeFeedTest, PluginsLearnOfAChangeAfterItsCommitOnly) {
  VendorDatabase database(file_);
  database.create();
  ChangeBus bus;
  ChangeFeed feed(bus, clock_);
  std::vector<std::string> told;  // written by the bus, read after drain
  const auto subscription = bus.subscribe([&](const Change& change) { told.push_back(change.id); });
  database.save(feed, "committed");
  {
    database.run("BEGIN IMMEDIATE");
    SqliteTransaction transaction(database.connection());
    must(feed.note_changed(transaction, {AppointmentChange::Kind::saved, "undone", "cal", "anna"}));
    database.run("ROLLBACK");
  }
  bus.drain();
  EXPECT_THAT(told, ElementsAre("committed"));
  EXPECT_EQ(database.changes(0).rows.size(), 1u);
}

// A vendor's mistake is an error of the call, not an entry that ends every plugin's reading.
TEST_F(ChangeFeedTest, WhatNoPluginCouldReadIsNotNoted) {
  VendorDatabase database(file_);
  database.create();
  ChangeBus bus;
  ChangeFeed feed(bus, clock_);
  SqliteTransaction transaction(database.connection());
  using Kind = AppointmentChange::Kind;
  const std::pair<AppointmentChange, const char*> changes[]{
      {{Kind::saved, "", "cal", "anna"}, "id: "},
      {{Kind::saved, "a b", "cal", "anna"}, "id: "},
      {{Kind::saved, std::string(129, 'a'), "cal", "anna"}, "id: "},
      {{Kind::erased, "e1", "", "anna"}, "calendar: "},
      {{Kind::moved, "e1", "cal", "anna"}, "moved_to: "},
      {{Kind::moved, "e1", "cal", "anna", "cal"}, "moved_to: "},
      {{Kind::saved, "e1", "cal", "anna", "other"}, "moved_to: "},
      {{Kind::saved, "e1", "cal", "anna", "", "everybody"}, "notify: "},
      {{static_cast<Kind>(7), "e1", "cal", "anna"}, "kind: "}};
  for (const auto& [change, message] : changes) {
    const auto noted = feed.note_changed(transaction, change);
    ASSERT_FALSE(noted) << message;
    EXPECT_EQ(noted.error().code, Code::invalid);
    EXPECT_THAT(noted.error().message, StartsWith(message));
  }
  const std::pair<RecordNote, const char*> records[]{
      {{{"lead", ""}, {}}, "record.id: "},
      {{{"", "1"}, {}}, "record.kind: "},
      {{{"Lead", "1"}, {}}, "record.kind: "},
      {{{"lead", "1"}, {"a\xff@example.com"}}, "addresses: "}};
  for (const auto& [note, message] : records) {
    const auto noted = feed.note_record_changed(transaction, note);
    ASSERT_FALSE(noted) << message;
    EXPECT_THAT(noted.error().message, StartsWith(message));
  }
  EXPECT_TRUE(database.changes(0).rows.empty());
  EXPECT_TRUE(feed.note_record_changed(transaction, {{"lead", "1"}, {"a@example.com"}}));
}

TEST_F(ChangeFeedTest, AMoveIsADeletionHereAndAnAppointmentThere) {
  VendorDatabase database(file_);
  database.create();
  ChangeBus bus;
  ChangeFeed feed(bus, clock_);
  database.save(feed, "e1");
  const std::int64_t before = database.changes(0).counter;
  SqliteTransaction transaction(database.connection());
  must(feed.note_changed(transaction,
                         {AppointmentChange::Kind::moved, "e1", "cal", "anna", "other"}));
  const auto here = database.changes(before).rows;
  ASSERT_EQ(here.size(), 1u);
  EXPECT_EQ(here[0].kind, AppointmentChange::Kind::moved);
  EXPECT_EQ(here[0].moved_to, "other");
  const auto there = must(ChangeFeed::appointments(transaction, "other", {}, 10)).rows;
  ASSERT_EQ(there.size(), 1u);
  EXPECT_EQ(there[0].kind, AppointmentChange::Kind::saved);
  // Back again: the deletion is no longer remembered.
  must(feed.note_changed(transaction,
                         {AppointmentChange::Kind::moved, "e1", "other", "anna", "cal"}));
  const auto back = database.changes(before).rows;
  ASSERT_EQ(back.size(), 1u);
  EXPECT_EQ(back[0].kind, AppointmentChange::Kind::saved);
}

// Four writers with connections of their own; a reader asks page by page and must see each id, in
// the order of the numbers, without one that appears before a page it has read.
TEST_F(ChangeFeedTest, ConcurrentWritersAreSeenInTheOrderOfTheirCommits) {
  VendorDatabase(file_).create();
  constexpr int kWriters = 4, kEach = 40;
  std::vector<std::future<void>> writers;
  for (int w = 0; w < kWriters; ++w)
    writers.push_back(std::async(std::launch::async, [this, w] {
      ChangeBus bus;
      ChangeFeed feed(bus, clock_);
      VendorDatabase database(file_);
      for (int i = 0; i < kEach; ++i)
        database.save(feed, std::to_string(w) + "-" + std::to_string(i));
    }));
  VendorDatabase database(file_);
  std::vector<std::string> seen;
  std::int64_t position = 0;
  while (seen.size() < std::size_t{kWriters} * kEach) {
    const auto page = database.changes(position, 7);
    for (const auto& row : page.rows) {
      EXPECT_GT(row.seq, position);
      position = row.seq;
      seen.push_back(row.id);
    }
    const bool ended = std::ranges::all_of(writers, [](const auto& writer) {
      return writer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    });
    if (ended && page.rows.empty() && database.changes(position).rows.empty()) break;
  }
  for (auto& writer : writers) writer.get();
  EXPECT_EQ(seen.size(), std::size_t{kWriters} * kEach);
  EXPECT_EQ(seen, database.ids("SELECT id FROM hosting_changes ORDER BY seq"));
}

TEST_F(ChangeFeedTest, ADeletionThatIsForgottenMakesOlderCursorsForeign) {
  VendorDatabase database(file_);
  database.create();
  ChangeBus bus;
  ChangeFeed feed(bus, clock_);
  SqliteTransaction transaction(database.connection());
  must(feed.note_changed(transaction, {AppointmentChange::Kind::saved, "e1", "cal", "anna"}));
  must(feed.note_changed(transaction, {AppointmentChange::Kind::erased, "e1", "cal", "anna"}));
  clock_.advance(std::chrono::hours(24 * 91));
  must(feed.purge(transaction));
  EXPECT_THAT(database.changes(0).rows, IsEmpty());
  EXPECT_EQ(code_of(ChangeFeed::position(transaction, "cal", "epoch1-1-1")), Code::gone);
  EXPECT_EQ(code_of(ChangeFeed::position(transaction, "cal", "epoch1-2-2")), Code::ok);
  EXPECT_EQ(code_of(ChangeFeed::position(transaction, "cal", "epoch1-3-3")), Code::gone)
      << "not yet";
  for (const char* text :
       {"epoch2-2-2", "epoch1", "epoch1-2", "epoch1-x-2", "epoch1--2-2", "-", ""})
    EXPECT_EQ(code_of(ChangeFeed::position(transaction, "cal", text)),
              *text ? Code::gone : Code::ok)
        << text;
}

TEST_F(ChangeFeedTest, ACursorIsGoodForItsCalendarOnly) {
  VendorDatabase database(file_);
  database.create();
  SqliteTransaction transaction(database.connection());
  for (const bool listing : {false, true}) {
    const std::string cursor =
        ChangeFeed::cursor("epoch1", "cal", {0, 0, listing, listing ? "id-with-dashes" : ""});
    const auto same = ChangeFeed::position(transaction, "cal", cursor);
    ASSERT_TRUE(same) << cursor;
    EXPECT_EQ(same->listing, listing);
    EXPECT_EQ(same->after, listing ? "id-with-dashes" : "");
    EXPECT_EQ(code_of(ChangeFeed::position(transaction, "other", cursor)), Code::gone) << cursor;
  }
  EXPECT_EQ(code_of(ChangeFeed::position(transaction, "other", "epoch1-0-0")), Code::ok)
      << "of a former version";
}

}  // namespace
}  // namespace host::test
