// What the journal reads on a PostgreSQL that has not counted its tables yet, as in a first import:
// a page costs what is in it, not what is in the pair.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "src/engine/store/journal.hpp"
#include "src/engine/store/migrations.hpp"
#include "tests/support/must.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/store/hosted_database.hpp"

namespace gcal::store {
namespace {

using namespace gcal::sync;
using support::must;
using support::run_task;

constexpr const char* kPair = "pair";

// The database of a plugin. Counts the rows that its transactions visit in tables.
class CountingDatabase final : public support::HostedDatabase {
 public:
  CountingDatabase() {
    support::PostgresServer& server = support::PostgresServer::get();
    hosting::PostgresPlace place;
    place.url = server.url(server.new_database());
    database_ = must(must(hosting::Database::open(place))->open_plugin({}, "com.example.plans"));
  }

  std::int64_t rows = 0;

 private:
  Result<> in(hosting::Connection& connection, const Work& work) override {
    TRY_VOID(HostedDatabase::in(connection, work));
    const auto add = [this](const hosting::Row& row) -> Result<bool> {
      rows += row.integer(0);
      return true;
    };
    return connection.exec_guest(
        "SELECT CAST(coalesce(sum(seq_tup_read + idx_tup_fetch), 0) AS BIGINT) FROM "
        "pg_stat_xact_user_tables WHERE schemaname = current_schema()",
        {}, hosting::OnRow(add));
  }
};

// Of a size at which a table of some thousand is too large to be read for a page, and which cannot
// be compressed.
calendar::Series some_series(support::SeededRandom& random) {
  calendar::Series series;
  const std::chrono::sys_seconds start{std::chrono::seconds{1'790'000'000}};
  for (int i = 0; i < 1'400; ++i)
    series.master.summary += static_cast<char>('a' + random.below(26));
  series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
  series.master.end = calendar::ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
  return series;
}

TEST(Plans, APageReadsItsRowsAndNotThoseOfThePair) {
  constexpr std::size_t kAll = 6'000, kPage = 200;
  CountingDatabase database;
  ASSERT_TRUE(migrate(database));
  BlockingExecutor blocking;
  blocking.start();
  support::SeededRandom names{1};
  SqlJournal journal(database, blocking, names, 0);
  std::vector<std::string> ids;
  for (std::size_t begin = 0; begin < kAll; begin += kPage) {
    WriteBatch batch;
    for (std::size_t i = begin; i < begin + kPage; ++i) {
      const std::string number = std::to_string(100'000 + i * 7'919 % 100'000);
      PendingChange change;
      change.pair = kPair;
      change.side = SideName::remote;
      change.item.id = "google" + number;
      change.item.version = "v";
      change.item.series = some_series(names);
      batch.changes.push_back(std::move(change));
      if (i % 2 == 0) continue;  // each second has a link
      Link link;
      link.id = "link" + number;
      link.pair = kPair;
      link.side.remote.id = "google" + number;
      link.side.crm.id = "crm" + number;
      link.side.crm.has_base = link.side.remote.has_base = true;
      link.side.crm.base = link.side.remote.base = some_series(names);
      batch.links.push_back(std::move(link));
      if (ids.size() < kPage) ids.push_back("google" + number);
    }
    ASSERT_TRUE(run_task(journal.commit(std::move(batch))));
  }
  const auto rows_of = [&](const std::function<void()>& ask) {
    database.rows = 0;
    ask();
    return database.rows;
  };
  EXPECT_LE(rows_of([&] {
              EXPECT_EQ(run_task(journal.links_by_side_id(kPair, SideName::remote, ids))->size(),
                        kPage);
            }),
            4 * kPage);
  EXPECT_LE(rows_of([&] {
              EXPECT_EQ(run_task(journal.pending_changes(kPair, SideName::remote, ids))->size(),
                        kPage);
            }),
            4 * kPage);
  EXPECT_LE(rows_of([&] {
              EXPECT_EQ(
                  run_task(journal.unlinked_changes(kPair, SideName::remote, "", kPage))->size(),
                  kPage);
            }),
            8 * kPage)
      << "changes with a link are passed over";
  EXPECT_LE(rows_of([&] {
              EXPECT_EQ(*run_task(journal.count_unlinked_changes(kPair, SideName::remote)),
                        kAll / 2);
            }),
            4 * kAll);
  EXPECT_LE(rows_of([&] { ASSERT_TRUE(run_task(journal.pending_deletions(kPair))); }), 4 * kAll);
  WriteBatch settled;
  for (const std::string& id : ids) settled.delete_changes.push_back({kPair, SideName::remote, id});
  EXPECT_LE(rows_of([&] { ASSERT_TRUE(run_task(journal.commit(std::move(settled)))); }), 4 * kPage);
  EXPECT_TRUE(run_task(journal.pending_changes(kPair, SideName::remote, ids))->empty());
}

}  // namespace
}  // namespace gcal::store
