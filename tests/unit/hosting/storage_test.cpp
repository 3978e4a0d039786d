// The database under stress: a full disk, a damaged file, a newer version; and the parts of the
// program around it.
#include <sqlite3.h>
#include "src/host/program/command_line.hpp"

#include <future>

#include "src/hosting/library/data_lock.hpp"
#include "src/hosting/storage/sqlite_database.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StorageTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
};

TEST_F(StorageTest, FullDiskIsReportedAndLosesNothing) {
  auto database = must(
      Database::open(folder_.path() / "small.sqlite",
                     {.busy_timeout = std::chrono::milliseconds(100), .max_bytes = 128 * 1024}));
  must(database->write(
      [](Connection& c) { return c.run("CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT)"); }));
  std::int64_t written = 0;
  Result<> last;
  while ((last = database->write([&](Connection& c) {
    return c.run("INSERT INTO t(text) VALUES (?1)", std::string(8000, 'x'));
  })))
    ++written;
  EXPECT_EQ(last.error().code, Code::unavailable);
  EXPECT_THAT(last.error().message, HasSubstr("the disk is full"));
  EXPECT_GT(written, 3);
  const auto count = [](Connection& c) { return c.integer("SELECT count(*) FROM t"); };
  EXPECT_EQ(must(database->read(count)), written);
  must(database->write(
      [](Connection& c) { return c.run("DELETE FROM t WHERE id=1"); }));  // room again, work again
  must(database->write([&](Connection& c) { return c.run("INSERT INTO t(text) VALUES ('y')"); }));
  EXPECT_EQ(must(database->read(count)), written);
}

TEST_F(StorageTest, DamagedFileSaysWhatToDo) {
  write_text(folder_.path() / "crm.sqlite", std::string(8192, 'x'));
  const auto opened = Database::open(folder_.path() / "crm.sqlite");
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("damaged: restore it from a backup"));
}

TEST_F(StorageTest, PlaceWithoutADatabaseIsNamed) {
  write_text(folder_.path() / "file", "x");
  std::filesystem::create_directories(folder_.path() / "folder");
  for (const char* place : {"file/crm.sqlite", "folder", "file/below/crm.sqlite"}) {
    const auto opened = Database::open(folder_.path() / place);
    ASSERT_FALSE(opened) << place;
    EXPECT_EQ(opened.error().code, Code::unavailable) << place;
    EXPECT_THAT(opened.error().message,
                HasSubstr("cannot open the database " + (folder_.path() / "f").string()))
        << place;
  }
}

TEST_F(StorageTest, FolderThatSeveralCreateAtOnceIsThereForAll) {
  for (int round = 0; round < 100; ++round) {
    const auto folder = folder_.path() / std::to_string(round) / "plugins";
    std::promise<void> begin;
    const auto gate = begin.get_future().share();
    std::vector<std::future<Result<>>> opened;
    for (int i = 0; i < 4; ++i)
      opened.push_back(std::async(std::launch::async, [&folder, gate, i]() -> Result<> {
        gate.wait();
        TRY_VOID(Database::open(folder / (std::to_string(i) + ".sqlite")));
        return {};
      }));
    begin.set_value();
    for (auto& one : opened) {
      const Result<> done = one.get();
      EXPECT_TRUE(done) << done.error().message;
    }
  }
}

TEST(StorageErrors, CodeAndAdviceFollowFromTheResultOfSqlite) {
  const auto error = [](int code) { return storage_error(code, "x.sqlite"); };
  const Error expected[] = {
      {Code::unavailable, "the disk is full: free some space, then repeat (x.sqlite)", {}},
      {Code::unavailable, "the database is in use: repeat later (x.sqlite)", {}},
      {Code::unavailable, "the disk answered an error: check it, then repeat (x.sqlite)", {}},
      {Code::unavailable, "out of memory (x.sqlite)", {}},
      {Code::unavailable,
       "the database file cannot be opened: check folder and rights (x.sqlite)",
       {}},
      {Code::denied,
       "the database is read-only: check the rights of file and folder (x.sqlite)",
       {}},
      {Code::internal, "the database file is damaged: restore it from a backup (x.sqlite)", {}},
      {Code::internal, "the database refused a statement (x.sqlite)", {}}};
  EXPECT_EQ(error(SQLITE_FULL), expected[0]);
  EXPECT_EQ(error(SQLITE_BUSY_SNAPSHOT), expected[1]);
  EXPECT_EQ(error(SQLITE_LOCKED), expected[1]);
  EXPECT_EQ(error(SQLITE_IOERR_FSYNC), expected[2]);
  EXPECT_EQ(error(SQLITE_NOMEM), expected[3]);
  EXPECT_EQ(error(SQLITE_CANTOPEN), expected[4]);
  EXPECT_EQ(error(SQLITE_READONLY), expected[5]);
  EXPECT_EQ(error(SQLITE_PERM), expected[5]);
  EXPECT_EQ(error(SQLITE_CORRUPT_INDEX), expected[6]);
  EXPECT_EQ(error(SQLITE_CONSTRAINT), expected[7]);
  EXPECT_EQ(storage_error(SQLITE_NOMEM, "").message, "out of memory");
}

TEST_F(StorageTest, SecondWriterWaitsAndIsRefusedAfterItsTime) {
  auto database = must(Database::open(folder_.path() / "crm.sqlite",
                                      {.busy_timeout = std::chrono::milliseconds(20)}));
  Database::Writer first(*database);
  must(first.begin());
  Database::Writer second(*database);
  EXPECT_EQ(
      second.begin().error(),
      (Error{Code::unavailable, "the database is in use by a long transaction: repeat later", {}}));
  EXPECT_EQ(second.commit().error(), (Error{Code::internal, "commit without a transaction", {}}));
  first.rollback();
  must(second.begin());
  must(second.commit());
  EXPECT_EQ(database->waiting_writers(), 0u);
}

// Another process may hold the file, too: the one writer of this process is free again afterwards.
TEST_F(StorageTest, FileThatAnotherConnectionHoldsIsInUse) {
  const DatabaseOptions options{.busy_timeout = std::chrono::milliseconds(20)};
  auto database = must(Database::open(folder_.path() / "crm.sqlite", options));
  auto other = must(Database::open(folder_.path() / "crm.sqlite", options));
  Database::Writer foreign(*other);
  must(foreign.begin());
  for (int i = 0; i < 2; ++i) {
    const auto refused = database->write([](Connection& c) { return c.script("SELECT 1"); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_THAT(refused.error().message, HasSubstr("the database is in use: repeat later"));
  }
  foreign.rollback();
  must(database->write([](Connection& c) { return c.script("CREATE TABLE t(id)"); }));
}

TEST_F(StorageTest, CheckpointIsRefusedWhileSomethingIsRead) {
  auto database = must(Database::open(folder_.path() / "crm.sqlite",
                                      {.busy_timeout = std::chrono::milliseconds(20)}));
  must(database->write([](Connection& c) { return c.script("CREATE TABLE t(id)"); }));
  const auto busy = database->read([&](Connection& c) -> Result<> {
    TRY_VOID(c.integer("SELECT count(*) FROM t"));
    return database->checkpoint();
  });
  EXPECT_EQ(busy.error(),
            (Error{Code::unavailable, "the database is being read: repeat later", {}}));
  must(database->checkpoint());
}

TEST_F(StorageTest, StatementInsideItsOwnRowsIsRefused) {
  auto database = must(Database::open(folder_.path() / "crm.sqlite"));
  must(database->write(
      [](Connection& c) { return c.script("CREATE TABLE t(id); INSERT INTO t VALUES (1),(2)"); }));
  const auto nested = [](Connection& c) {
    constexpr const char* kSql = "SELECT id FROM t";
    return c.each(kSql, [&](const Row&) -> Result<> { return c.run(kSql); });
  };
  const Error refused{Code::internal, "a statement was used inside its own callback", {}};
  EXPECT_EQ(database->read(nested).error(), refused);
}

TEST_F(StorageTest, DatabaseOfANewerProgramIsLeftUnchanged) {
  StandingClock clock;
  gcal::base::SystemRandom random;
  RememberingLog log;
  const CrmOptions options{.data = folder_.path(), .database = {}, .scrypt_cost = 4};
  {
    const auto crm = must(Crm::open(options, clock, random, log));
    must(crm->database().write([](Connection& c) { return c.script("PRAGMA user_version=99"); }));
  }
  EXPECT_THAT(Crm::open(options, clock, random, log).error().message, HasSubstr("newer program"));
}

TEST_F(StorageTest, DataFolderThatCannotBeUsedIsNamed) {
  write_text(folder_.path() / "file", "x");
  const auto below = DataLock::take(folder_.path() / "file" / "data");
  ASSERT_FALSE(below);
  EXPECT_EQ(below.error().code, Code::denied);
  EXPECT_THAT(below.error().message,
              HasSubstr("cannot create the folder " + (folder_.path() / "file").string()));
}

TEST_F(StorageTest, SecondLockOfADataFolderIsRefused) {
  const auto lock = must(DataLock::take(folder_.path() / "data"));
  const auto second = DataLock::take(folder_.path() / "data");
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("another crm_host works on"));
}

TEST(CommandLineTest, OnlyCompleteAddressesAreAccepted) {
  EXPECT_EQ(must(parse_listen("127.0.0.1:0")).port, 0);
  EXPECT_EQ(must(parse_listen("[::1]:8080")).address, "::1");
  for (const char* wrong :
       {"", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:-1"})
    EXPECT_FALSE(parse_listen(wrong)) << wrong;
  EXPECT_EQ(must(parse_listen("unix:/run/crm.sock")).address, "unix:/run/crm.sock");
  EXPECT_FALSE(parse_listen("unix:"));
  EXPECT_EQ(must(parse_origin("--public-url", "https://crm.example/")), "https://crm.example");
  for (const char* wrong :
       {"", "crm.example", "ftp://crm.example", "https://", "https://crm.example/path",
        "https://u@crm.example", "https://crm.example?x"}) {
    EXPECT_FALSE(parse_origin("--public-url", wrong)) << wrong;
  }
}

// The program's answer to these arguments: its options, or the number it ends with.
std::variant<CommandLine, int> read(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "crm_host");
  return read_command_line(static_cast<int>(arguments.size()), arguments.data());
}

TEST(CommandLineTest, EachOptionIsRead) {
  const auto line = std::get<CommandLine>(read({"--data",          "/d",
                                                "--plugins",       "/p",
                                                "--listen",        "[::1]:0",
                                                "--database",      "sqlite:/x.db",
                                                "--google-base",   "http://127.0.0.1:8081/",
                                                "--public-url",    "https://crm.example",
                                                "--plugin-option", "com.example.a:client_id=a:b",
                                                "--plugin-option", "com.example.a:empty=",
                                                "--plugin-option", "for_all=c:d",
                                                "--dev-unsigned",  "--log-level",
                                                "warning"}));
  EXPECT_EQ(line.data, "/d");
  EXPECT_EQ(line.plugins, "/p");
  EXPECT_EQ(line.address, "::1");
  EXPECT_EQ(line.port, 0);
  EXPECT_EQ(line.database, "/x.db");
  EXPECT_EQ(line.public_url, "https://crm.example");
  EXPECT_EQ(line.plugin_options, (std::map<std::string, std::string>{{"for_all", "c:d"}}));
  EXPECT_EQ(line.plugin_options_of,
            (std::map<std::string, std::map<std::string, std::string>>{
                {"com.example.a", {{"client_id", "a:b"}, {"empty", ""}}},
                {"com.example.google_calendar", {{"google_base", "http://127.0.0.1:8081"}}}}));
  EXPECT_TRUE(line.dev_unsigned);
  EXPECT_EQ(line.log_level, gcal::base::Level::warning);
  EXPECT_EQ(std::get<CommandLine>(read({"--data", "/d", "--log-level", "debug"})).log_level,
            gcal::base::Level::debug);
}

TEST(CommandLineTest, MistakesEndTheProgramWithAReason) {
  const std::pair<std::vector<const char*>, const char*> cases[] = {
      {{"--listen", "8080"}, "crm_host: --listen: ADDR:PORT is expected"},
      {{"--database", "x.db"},
       "crm_host: --database: sqlite:PATH or postgresql://USER@HOST/DATABASE is expected"},
      {{"--public-url", "crm.example"}, "crm_host: --public-url: an address such as"},
      {{"--google-base", "x"}, "crm_host: --google-base: an address such as"},
      {{"--plugin-option", "a.b:id"},
       "crm_host: --plugin-option: [ID:]NAME= and what the plugin is to read are expected"},
      {{"--plugin-option", "a.b:id=", "--plugin-option-file", "id"},
       "crm_host: --plugin-option-file: [ID:]NAME= and what the plugin is to read are expected"},
      {{"--plugin-option", "a.b:=a"},
       "crm_host: --plugin-option: [ID:]NAME= and what the plugin is to read are expected"}};
  for (const auto& [arguments, reason] : cases) {
    std::vector<const char*> all{"--data", "/d"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    ::testing::internal::CaptureStderr();
    const auto answer = read(all);
    EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr(reason));
    ASSERT_TRUE(std::holds_alternative<int>(answer)) << reason;
    EXPECT_EQ(std::get<int>(answer), 2) << reason;
  }
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(std::holds_alternative<CommandLine>(read({"--data", "/d", "--smtp", "smtp://x"})));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("--smtp has no effect yet"));
}

TEST(CommandLineTest, DatabaseIsAFileOrAUrlWithoutAPassword) {
  EXPECT_EQ(must(parse_database("sqlite:/var/lib/crm.sqlite")).file, "/var/lib/crm.sqlite");
  EXPECT_EQ(must(parse_database("postgresql://crm@db/crm")).postgres_url,
            "postgresql://crm@db/crm");
  for (const char* with_password :
       {"postgresql://crm:hidden-word@db/crm", "postgresql://crm@db/crm?password=hidden-word"}) {
    const auto refused = parse_database(with_password);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("--database-password-file"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("hidden-word")));
  }
  EXPECT_THAT(parse_database("postgresql://db").error().message, HasSubstr("/DATABASE"));
  EXPECT_FALSE(parse_database("crm.sqlite"));
  EXPECT_FALSE(parse_database("sqlite:"));
}

}  // namespace
}  // namespace host::test
