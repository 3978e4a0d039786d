// What the journal's questions cost as the number of links grows: counted in steps of SQLite, which
// are the same on every machine, and in query plans. No test here measures time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/engine/store/held_decisions.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/store/migrations.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/store/sqlite_database.hpp"
#include "tests/unit/engine/store/statement_counter.hpp"

namespace gcal::store {
namespace {

using namespace gcal::sync;
using support::run_task;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPair = "pair";
constexpr const char* kAccount = "account";

calendar::Series some_series() {
  calendar::Series series;
  const std::chrono::sys_seconds start{std::chrono::seconds{1'790'000'000}};
  series.master.summary = "appointment";
  series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
  series.master.end = calendar::ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
  return series;
}

PendingChange change_of(SideName side, const std::string& id, bool deleted = false) {
  PendingChange change;
  change.pair = kPair;
  change.side = side;
  change.item.id = id;
  change.item.version = "v";
  if (deleted)
    change.item.kind = FeedItem::Kind::deleted;
  else
    change.item.series = some_series();
  return change;
}

Operation some_operation() {
  Operation operation;
  operation.series = some_series();
  return operation;
}

HeldItem held_of(const std::string& crm_id, const std::string& link) {
  HeldItem item;
  item.pair = kPair;
  item.side = SideName::crm;
  item.id = crm_id;
  item.link = link;
  item.reason = kHeldDenied;
  return item;
}

// A journal with one pair and `links` links in step.
class Stocked {
 public:
  explicit Stocked(std::size_t links) {
    EXPECT_TRUE(migrate(database_));
    blocking_.start();
    WriteBatch batch;
    Pair pair;
    pair.id = kPair;
    pair.account = kAccount;
    pair.state = PairState::live;
    batch.pairs.push_back(pair);
    for (std::size_t i = 0; i < links; ++i) batch.links.push_back(link(i));
    commit(std::move(batch));
    counter.reset();
  }

  static Link link(std::size_t number) {
    const std::string digits = std::to_string(100'000 + number);
    Link link;
    link.id = "link" + digits;
    link.pair = kPair;
    for (const SideName side : kBothSides) {
      SideState& state = link.side[side];
      state.id = (side == SideName::crm ? "crm" : "google") + digits;
      state.version = "v";
      state.has_base = true;
      state.base = some_series();
    }
    return link;
  }

  void commit(WriteBatch batch) { ASSERT_TRUE(run_task(journal.commit(std::move(batch)))); }
  template <class Ask>
  std::size_t steps_of(Ask ask) {
    counter.reset();
    ask();
    return counter.steps();
  }
  void in_one_transaction(const Database::Work& work) {
    ASSERT_TRUE(database_.transact(Mode::write, 0, work));
  }

  support::StatementCounter counter;  // before the database, whose connections it counts

 private:
  support::SqliteDatabase database_;
  BlockingExecutor blocking_;
  support::SeededRandom names_{1};

 public:
  SqlJournal journal{database_, blocking_, names_, 0};
};

// What a run and the accounts page ask when nothing has changed.
void look(SqlJournal& journal) {
  ASSERT_TRUE(run_task(journal.pairs(kAccount)));
  ASSERT_TRUE(run_task(journal.held_items(kPair)));
  ASSERT_TRUE(run_task(journal.intents(kPair)));
  ASSERT_TRUE(run_task(journal.splits(kPair)));
  for (const SideName side : kBothSides)
    EXPECT_TRUE(run_task(journal.unlinked_changes(kPair, side, "", 500))->empty());
  EXPECT_TRUE(run_task(journal.links_with_changes(kPair, "", 500))->empty());
  EXPECT_EQ(run_task(journal.pending_deletions(kPair))->inferred(), 0u);
  EXPECT_EQ(run_task(journal.held_reasons(kAccount))->size(), 1u);
  EXPECT_EQ(run_task(journal.held(kAccount))->size(), 3u);
  ASSERT_TRUE(run_task(journal.held_items_of_account(kAccount)));
}

void hold_some(Stocked& stocked, std::size_t links) {
  WriteBatch batch;
  for (std::size_t i = 0; i < links; ++i) {
    Link link = Stocked::link(i);
    // Another default calendar was chosen: the old one's links are retired.
    link.held_reason = i < 3 ? kHeldConflict : i < links / 2 ? kRetired : "";
    if (!link.held_reason.empty()) batch.links.push_back(std::move(link));
  }
  stocked.commit(std::move(batch));
}

TEST(JournalCost, ALookCostsTheSameWith100AndWith10000Links) {
  std::vector<std::size_t> steps;
  for (const std::size_t links : {std::size_t{100}, std::size_t{10'000}}) {
    Stocked stocked(links);
    hold_some(stocked, links);
    steps.push_back(stocked.steps_of([&] { look(stocked.journal); }));
    SCOPED_TRACE(std::to_string(links) + " links:\n" + stocked.counter.most_expensive(3));
    EXPECT_EQ(steps.front(), steps.back());
  }
}

// The first page of what is left costs the same however much is left: otherwise the cost of an
// import is quadratic.
TEST(JournalCost, APageOfWorkCostsTheSameHoweverMuchIsLeft) {
  std::vector<std::size_t> steps;
  for (const std::size_t links : {std::size_t{2'000}, std::size_t{8'000}}) {
    Stocked stocked(links);
    WriteBatch batch;
    for (std::size_t i = 0; i < links; ++i)
      batch.changes.push_back(
          change_of(SideName::remote, Stocked::link(i).side[SideName::remote].id));
    stocked.commit(std::move(batch));
    steps.push_back(stocked.steps_of([&] {
      EXPECT_EQ(run_task(stocked.journal.links_with_changes(kPair, "", 500))->size(), 500u);
    }));
    SCOPED_TRACE(std::to_string(links) + " links:\n" + stocked.counter.most_expensive(3));
    EXPECT_EQ(steps.front(), steps.back());
  }
}

TEST(JournalCost, AFewChangesCostTheSameHoweverManyLinksThereAre) {
  std::vector<std::size_t> steps;
  for (const std::size_t links : {std::size_t{100}, std::size_t{10'000}}) {
    Stocked stocked(links);
    WriteBatch batch;
    for (const std::size_t i : {3u, 50u, 70u})
      for (const SideName side : kBothSides)
        batch.changes.push_back(change_of(side, Stocked::link(i).side[side].id, i == 50));
    stocked.commit(std::move(batch));
    steps.push_back(stocked.steps_of([&] {
      const auto page = run_task(stocked.journal.links_with_changes(kPair, "", 2));
      ASSERT_EQ(page->size(), 2u);
      EXPECT_EQ(page->back().link.id, Stocked::link(50).id);
      const auto rest =
          run_task(stocked.journal.links_with_changes(kPair, page->back().link.id, 2));
      ASSERT_EQ(rest->size(), 1u);
      EXPECT_EQ(rest->front().link.id, Stocked::link(70).id);
      EXPECT_EQ(run_task(stocked.journal.pending_deletions(kPair))->reported_by_remote, 1u);
    }));
    SCOPED_TRACE(std::to_string(links) + " links:\n" + stocked.counter.most_expensive(3));
    EXPECT_EQ(steps.front(), steps.back());
  }
}

// Behind a network each statement is a round trip: a page of 500 takes some of each kind, not 500.
TEST(JournalCost, APageTakesAFewStatements) {
  constexpr std::size_t kPage = 500, kLists = 10;  // of 64 ids, and what is left
  Stocked stocked(kPage);
  SqlJournal& journal = stocked.journal;
  std::vector<std::string> ids, remote_ids;
  WriteBatch pending;
  for (std::size_t i = 0; i < kPage; ++i) {
    ids.push_back(Stocked::link(i).id);
    remote_ids.push_back(Stocked::link(i).side.remote.id);
    pending.changes.push_back(change_of(SideName::remote, remote_ids.back()));
    pending.intents.push_back({"op" + ids.back(), kPair, ids.back(), some_operation()});
    pending.held.push_back(held_of("crm" + ids.back(), ids.back()));
    pending.history.push_back({kPair, ids.back(), {}, "updated", SideName::crm, "d", {}});
    RemoteItem item{"{}", {}, true};
    pending.remote_items.push_back({kPair, remote_ids.back(), std::move(item)});
  }
  const auto statements_of = [&](auto ask) {
    stocked.counter.reset();
    ask();
    return stocked.counter.statements();
  };
  const std::size_t writes = 7 * 2 * kLists;  // of 32 rows
  EXPECT_LT(statements_of([&] { stocked.commit(pending); }), writes);
  EXPECT_LT(
      statements_of([&] {
        EXPECT_EQ(run_task(journal.links_by_id(ids))->size(), kPage);
        EXPECT_EQ(run_task(journal.links_by_side_id(kPair, SideName::remote, remote_ids))->size(),
                  kPage);
        EXPECT_EQ(run_task(journal.pending_changes(kPair, SideName::remote, remote_ids))->size(),
                  kPage);
        EXPECT_EQ(run_task(journal.remote_items(kPair, remote_ids))->size(), kPage);
        EXPECT_EQ(run_task(journal.links_with_changes(kPair, "", kPage))->size(), kPage);
      }),
      8 * kLists);
  WriteBatch settled;
  settled.delete_links = ids;
  for (const std::string& id : remote_ids)
    settled.delete_changes.push_back({kPair, SideName::remote, id});
  for (const std::string& id : ids) settled.delete_intents.push_back("op" + id);
  EXPECT_LT(statements_of([&] { stocked.commit(settled); }), 6 * kLists);
  EXPECT_EQ(*run_task(journal.count_links(kPair)), 0u);
  EXPECT_TRUE(run_task(journal.intents(kPair))->empty());
  EXPECT_TRUE(run_task(journal.held_items(kPair))->empty());
  EXPECT_TRUE(run_task(journal.remote_items(kPair, remote_ids))->empty());
}

// As if one came after the other: the last row of a key counts.
TEST(JournalCost, ABatchMayNameARowTwice) {
  Stocked stocked(1);
  SqlJournal& journal = stocked.journal;
  WriteBatch batch;
  for (const char* version : {"first", "last"}) {
    Link link = Stocked::link(0);
    link.side.crm.version = version;
    batch.links.push_back(std::move(link));
    batch.changes.push_back(change_of(SideName::crm, "crm100000"));
    batch.changes.back().item.version = version;
    batch.intents.push_back({"op", kPair, version, some_operation()});
    batch.held.push_back(held_of("crm100000", version));
  }
  batch.remote_items.push_back({kPair, "google", RemoteItem{"whole", {}, true}});
  batch.remote_items.push_back({kPair, "google", RemoteItem{"part", {}, false}});
  stocked.commit(std::move(batch));
  EXPECT_EQ(run_task(journal.links_by_id({"link100000"}))->front().side.crm.version, "last");
  const auto changes = run_task(journal.pending_changes(kPair, SideName::crm, {"crm100000"}));
  ASSERT_EQ(changes->size(), 1u);
  EXPECT_EQ(changes->front().item.version, "last");
  EXPECT_EQ(run_task(journal.intents(kPair))->front().link, "last");
  EXPECT_EQ(run_task(journal.held_items(kPair))->front().link, "last");
  EXPECT_EQ(run_task(journal.remote_items(kPair, {"google"}))->at("google").master, "part");
}

// An order that no index gives, or a walk through a table, grows with the number of links.
TEST(JournalCost, NoQuestionSortsOrReadsAWholeTable) {
  Stocked stocked(1'500);
  hold_some(stocked, 10);
  WriteBatch batch;
  for (std::size_t i = 10; i < 1'500; ++i)
    batch.changes.push_back(
        change_of(SideName::remote, Stocked::link(i).side[SideName::remote].id));
  stocked.commit(std::move(batch));
  SqlJournal& journal = stocked.journal;
  EXPECT_EQ(run_task(journal.links_with_changes(kPair, "", 500))->size(), 500u);
  ASSERT_TRUE(run_task(journal.pairs(kAccount)));
  ASSERT_TRUE(run_task(journal.held_items(kPair)));
  ASSERT_TRUE(run_task(journal.intents(kPair)));
  ASSERT_TRUE(run_task(journal.splits(kPair)));
  ASSERT_TRUE(run_task(journal.pending_deletions(kPair)));
  ASSERT_TRUE(run_task(journal.held_reasons(kAccount)));
  ASSERT_TRUE(run_task(journal.held(kAccount)));
  ASSERT_TRUE(run_task(journal.links(kPair, "link100500", 100)));
  ASSERT_TRUE(run_task(journal.links_by_id({"link100500"})));
  ASSERT_TRUE(run_task(journal.links_by_address(kAccount, {"guest@example.com"})));
  ASSERT_TRUE(run_task(journal.count_links(kPair)));
  ASSERT_TRUE(run_task(journal.prune_history({})));
  for (const SideName side : kBothSides) {
    ASSERT_TRUE(run_task(journal.links_by_side_id(kPair, side, {"google100500"})));
    ASSERT_TRUE(run_task(journal.unlinked_changes(kPair, side, "", 500)));
    ASSERT_TRUE(run_task(journal.count_unlinked_changes(kPair, side)));
    ASSERT_TRUE(run_task(journal.links_missing_from_listing(kPair, side, 2, "", 500)));
  }
  // Few changes are looked up, many are walked.
  WriteBatch few;
  for (std::size_t i = 20; i < 1'500; ++i)
    few.delete_changes.push_back(
        {kPair, SideName::remote, Stocked::link(i).side[SideName::remote].id});
  stocked.commit(std::move(few));
  EXPECT_EQ(run_task(journal.links_with_changes(kPair, "", 500))->size(), 10u);
  stocked.in_one_transaction([](Connection& connection) -> Result<> {
    TRY_VOID(decide_held(connection, kAccount, Decision::keep));
    TRY_VOID(decide_conflict(connection, kAccount, "link100001", Decision::take_crm));
    TRY_VOID(open_conflicts(connection, kAccount));
    return {};
  });
  std::size_t of_links = 0;
  for (const support::StatementCounter::Plan& plan : stocked.counter.plans()) {
    SCOPED_TRACE(plan.sql + "\n" + plan.steps);
    EXPECT_THAT(plan.steps, Not(ContainsRegex("SCAN [^fC0-9]")))
        << "few is limited, rows of constants";
    // Pairs and intents are few, whatever a calendar holds.
    const auto names = [&](const char* table) { return plan.sql.find(table) != std::string::npos; };
    if (!names("links") && !names("observed") && !names("history")) continue;
    of_links += names("links");
    EXPECT_THAT(plan.steps, Not(HasSubstr("TEMP B-TREE")));
    EXPECT_THAT(plan.steps, Not(HasSubstr("AUTOMATIC")));
    // PostgreSQL has no join of this kind with a condition.
    EXPECT_THAT(plan.sql, Not(HasSubstr("CROSS JOIN")));
  }
  EXPECT_GT(of_links, 15u) << "the counter sees nothing";
}

}  // namespace
}  // namespace gcal::store
