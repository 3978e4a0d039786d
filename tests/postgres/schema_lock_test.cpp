// The right to work on a schema: who gets it, and what becomes of it when the server goes away.
#include "src/hosting/library/schema_lock.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "src/common/base/log.hpp"
#include "tests/support/must.hpp"
#include "tests/support/postgres_server.hpp"

namespace hosting {
namespace {

using gcal::support::must;
using gcal::support::PostgresServer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

constexpr SchemaLockTimes kShort{milliseconds(1'000), milliseconds(20), milliseconds(100)};

class SchemaLockTest : public ::testing::Test {
 protected:
  PostgresPlace place(const std::string& schema = "crm") const {
    return {server_.url(name_), "", schema};
  }
  // What administrators do, and a server that restarts, to the session that has the lock.
  void end_session() const {
    server_.run(name_,
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype='advisory' AND "
                "database=(SELECT oid FROM pg_database WHERE datname=current_database())");
  }
  static bool in_time(const std::function<bool()>& condition) {
    for (const auto end = steady_clock::now() + seconds(10); steady_clock::now() < end;
         std::this_thread::sleep_for(milliseconds(20)))
      if (condition()) return true;
    return false;
  }
  // The server's process that has the lock; "": none.
  std::string holder() const {
    return server_.run(name_,
                       "SELECT pid FROM pg_locks WHERE locktype='advisory' AND granted AND "
                       "database=(SELECT oid FROM pg_database WHERE datname=current_database())");
  }

  // How many sessions there are beside the one that asks.
  std::string sessions() const {
    return server_.run(name_,
                       "SELECT count(*) FROM pg_stat_activity WHERE datname=current_database() AND "
                       "backend_type='client backend' AND pid<>pg_backend_pid()");
  }

  PostgresServer& server_ = PostgresServer::get();
  std::string name_ = server_.new_database();
  gcal::base::SilentLog log_;
};

TEST_F(SchemaLockTest, SecondHostOnASchemaIsRefusedAndSaysWhatToDo) {
  const auto first = must(SchemaLock::take(place()));
  const auto begin = steady_clock::now();
  const auto second = SchemaLock::take(place(), kShort);
  ASSERT_FALSE(second);
  EXPECT_GE(steady_clock::now() - begin, kShort.patience) << "it waits for one that has just ended";
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_THAT(second.error().message,
              HasSubstr("another host works on the schema \"crm\" of this database"));
  EXPECT_THAT(second.error().message, HasSubstr("stop it, or choose another schema or database"));
  must(SchemaLock::take(place("crm_hosting"), kShort));
  const std::string other = server_.new_database();
  must(SchemaLock::take({server_.url(other), "", "crm"}, kShort));
}

TEST_F(SchemaLockTest, HostThatStartsWhileTheOtherOneEndsWaitsForIt) {
  auto first = must(SchemaLock::take(place()));
  std::thread ends([&] {
    EXPECT_TRUE(in_time([this] { return sessions() == "2"; })) << "the second one waits";
    first.reset();
  });
  const auto second = SchemaLock::take(place());
  ends.join();
  EXPECT_TRUE(second) << second.error().message;
}

TEST_F(SchemaLockTest, SessionThatTheServerEndedIsReplaced) {
  const auto lock = must(SchemaLock::take(place(), kShort));
  std::atomic<int> lost = 0;
  lock->watch(log_, [&lost](const Error&) { ++lost; });
  for (int i = 0; i < 3; ++i) {
    const std::string before = holder();
    end_session();
    EXPECT_TRUE(in_time([&] { return !holder().empty() && holder() != before; })) << "time " << i;
  }
  EXPECT_EQ(lost, 0);
}

TEST_F(SchemaLockTest, HostWhoseSchemaAnotherOneTookLearnsOfIt) {
  const auto first = must(SchemaLock::take(place(), kShort));
  end_session();
  const auto second = must(SchemaLock::take(place(), kShort));
  std::atomic<int> lost = 0;
  std::string why;
  first->watch(log_, [&](const Error& error) {
    why = error.message;
    ++lost;
  });
  EXPECT_TRUE(in_time([&lost] { return lost == 1; }));
  std::this_thread::sleep_for(milliseconds(100));
  first->end_watch();
  EXPECT_EQ(lost, 1) << "once";
  EXPECT_THAT(why, HasSubstr("another host works on the schema"));
}

}  // namespace
}  // namespace hosting
