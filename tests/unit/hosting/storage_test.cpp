// The database under stress: a full disk, a damaged file, a newer version; and the parts of the
// program around it.
#include "src/host/program/command_line.hpp"
#include "src/host/program/data_lock.hpp"
#include "tests/unit/host/crm_fixture.hpp"

namespace host::test {
namespace {

using ::testing::HasSubstr;

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
  EXPECT_EQ(must(parse_origin("--public-url", "https://crm.example/")), "https://crm.example");
  for (const char* wrong :
       {"", "crm.example", "ftp://crm.example", "https://", "https://crm.example/path",
        "https://u@crm.example", "https://crm.example?x"}) {
    EXPECT_FALSE(parse_origin("--public-url", wrong)) << wrong;
  }
}

TEST(CommandLineTest, PostgresIsNamedAsUnsupported) {
  EXPECT_EQ(must(parse_database("sqlite:/var/lib/crm.sqlite")), "/var/lib/crm.sqlite");
  EXPECT_THAT(parse_database("postgresql://db/crm").error().message,
              HasSubstr("not in this version"));
  EXPECT_FALSE(parse_database("crm.sqlite"));
  EXPECT_FALSE(parse_database("sqlite:"));
}

}  // namespace
}  // namespace host::test
