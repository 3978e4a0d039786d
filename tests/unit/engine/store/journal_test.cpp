#include "src/engine/store/journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "src/engine/calendar/event_json.hpp"
#include "src/engine/store/channels.hpp"
#include "src/engine/store/migrations.hpp"
#include "src/engine/store/rows.hpp"
#include "tests/support/memory_journal.hpp"
#include "tests/support/run_task.hpp"
#include "tests/unit/engine/store/sqlite_database.hpp"

namespace gcal::store {
namespace {

using namespace gcal::sync;
using support::run_task;

std::string name(base::Random& random, const char* prefix, std::uint64_t range) {
  return prefix + std::to_string(random.below(range));
}

calendar::Series some_series(base::Random& random) {
  calendar::Series series;
  series.master.summary = "appointment " + std::to_string(random.below(1000));
  const std::chrono::sys_seconds start{std::chrono::seconds{
      1'790'000'000 + static_cast<std::int64_t>(random.below(1'000'000)) * 60}};
  series.master.start = calendar::ZonedTime{start, "Europe/Berlin"};
  series.master.end = calendar::ZonedTime{start + std::chrono::hours{1}, "Europe/Berlin"};
  for (std::uint64_t i = random.below(3); i > 0; --i) {
    calendar::Attendee attendee;
    attendee.email = name(random, "Guest", 6) + "@example.com";
    series.master.attendees.push_back(std::move(attendee));
  }
  series.facts.ical_uid = name(random, "uid", 8);
  if (random.below(4) == 0) {
    series.recurrence.push_back("RRULE:FREQ=DAILY;COUNT=5");
    calendar::Occurrence cancelled;
    cancelled.cancelled = true;
    series.occurrences.emplace(calendar::OriginalStart{false, start + std::chrono::days{1}},
                               cancelled);
  }
  return series;
}

Link some_link(base::Random& random) {
  Link link;
  link.id = name(random, "link", 12);
  link.pair = name(random, "pair", 2);
  for (End& end : link.end) {
    end.id = random.below(5) == 0 ? "" : name(random, "event", 12);
    end.version = name(random, "v", 100);
    end.agreed = random.below(4) != 0;
    if (end.agreed) end.series = some_series(random);
  }
  if (link.end[0].agreed && link.end[1].agreed && random.below(2) == 0)
    link.end[1].series = link.end[0].series;
  link.incarnation = static_cast<std::uint32_t>(random.below(3));
  if (random.below(6) == 0) link.held_reason = "held.burst";
  link.generation[0] = random.below(4);
  link.generation[1] = random.below(4);
  return link;
}

Observed some_observed(base::Random& random) {
  Observed observed;
  observed.pair = name(random, "pair", 2);
  observed.side = random.below(2) == 0 ? SideName::crm : SideName::google;
  observed.observation.id = name(random, "event", 12);
  observed.observation.version = name(random, "v", 100);
  if (random.below(3) == 0) {
    observed.observation.kind = Observation::Kind::gone;
    observed.observation.moved_away = random.below(2) == 0;
    observed.inferred = random.below(2) == 0;
  } else {
    observed.observation.series = some_series(random);
  }
  observed.generation = random.below(4);
  return observed;
}

Commit some_commit(base::Random& random) {
  Commit commit;
  for (std::uint64_t i = random.below(2); i > 0; --i) {
    Pair pair;
    pair.id = name(random, "pair", 2);
    pair.account = name(random, "account", 2);
    pair.google_calendar = "calendar";
    pair.mode = random.below(2) == 0 ? PairMode::two_way : PairMode::view_only;
    pair.state = static_cast<PairState>(random.below(4));
    pair.cursor[0] = name(random, "cursor", 9);
    pair.generation[1] = random.below(9);
    pair.dirty = random.below(2) == 0;
    commit.pairs.push_back(std::move(pair));
  }
  if (random.below(5) == 0) commit.cleaned.push_back(name(random, "pair", 2));
  // One object per key and commit, as the engine promises.
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    Link link = some_link(random);
    if (std::none_of(commit.links.begin(), commit.links.end(),
                     [&](const Link& other) { return other.id == link.id; }))
      commit.links.push_back(std::move(link));
  }
  if (random.below(3) == 0) commit.dropped_links.push_back(name(random, "link", 12));
  for (std::uint64_t i = random.below(4); i > 0; --i)
    commit.observed.push_back(some_observed(random));
  if (random.below(3) == 0)
    commit.dropped_observed.push_back({name(random, "pair", 2),
                                       random.below(2) == 0 ? SideName::crm : SideName::google,
                                       name(random, "event", 12)});
  if (random.below(3) == 0) {
    Intent intent;
    intent.op_id = name(random, "op", 5);
    intent.pair = name(random, "pair", 2);
    intent.link = name(random, "link", 12);
    intent.operation.op_id = intent.op_id;
    intent.operation.id = random.below(2) == 0 ? "" : "event1";
    intent.operation.series = some_series(random);
    if (!intent.operation.id.empty()) intent.operation.before = some_series(random);
    intent.operation.if_version = "7";
    intent.operation.notify = Notify::guests;
    commit.intents.push_back(std::move(intent));
  }
  if (random.below(4) == 0) commit.dropped_intents.push_back(name(random, "op", 5));
  return commit;
}

// Everything a journal can be asked, as one text, so that a difference is shown where it is.
std::string link_text(const Link& link) {
  std::string text;
  for (const Value& value : link_values(link))
    text += value.is_integer() ? std::to_string(value.integer()) + "|"
                               : std::string(value.text()) + "|";
  return text;
}

std::string observed_text(const Observed& observed) {
  std::string text;
  for (const Value& value : observed_values(observed))
    text += value.is_integer() ? std::to_string(value.integer()) + "|"
                               : std::string(value.text()) + "|";
  return text;
}

std::string answers(Journal& journal) {
  std::string text;
  const auto links = [&](const char* question, Result<std::vector<Link>> found) {
    ASSERT_TRUE(found) << question << ": " << found.error().message;
    std::sort(found->begin(), found->end(),
              [](const Link& a, const Link& b) { return a.id < b.id; });
    text += std::string("\n") + question;
    for (const Link& link : *found) text += "\n  " + link_text(link);
  };
  const std::vector<std::string> events{"event0", "event1", "event2", "event3",
                                        "event4", "event5", "event6", "event1"};
  for (const std::string account : {"account0", "account1"}) {
    const auto pairs = run_task(journal.pairs(account));
    text += "\npairs of " + account;
    for (const Pair& pair : *pairs)
      text += "\n  " + pair.id + (pair.dirty ? " dirty " : " ") + pair.cursor[0] + " " +
              std::to_string(static_cast<int>(pair.state));
    links("by address", run_task(journal.links_by_address(
                            account, {"guest1@example.com", "guest2@example.com"})));
  }
  for (const std::string pair : {"pair0", "pair1"}) {
    text += "\nintents";
    const auto intents = run_task(journal.intents(pair));
    for (const Intent& intent : *intents)
      text += "\n  " + intent.op_id + " " + intent.link + " " + operation_text(intent.operation);
    links("by uid", run_task(journal.links_by_ical_uid(pair, {"uid1", "uid2", "uid3"})));
    text += "\ncount " + std::to_string(*run_task(journal.count_links(pair)));
    const auto pending = run_task(journal.pending_deletions(pair));
    text += "\npending " + std::to_string(pending->told_by_google) + " " +
            std::to_string(pending->inferred_at_google) + " " +
            std::to_string(pending->inferred_in_crm);
    for (const SideName side : {SideName::crm, SideName::google}) {
      links("by end", run_task(journal.links_by_end(pair, side, events)));
      links("unseen", run_task(journal.unseen(pair, side, 3, "", 100)));
      links("unseen page", run_task(journal.unseen(pair, side, 2, "link1", 2)));
      for (const auto& observed : {run_task(journal.observed(pair, side, events)),
                                   run_task(journal.unlinked(pair, side, "", 100)),
                                   run_task(journal.unlinked(pair, side, "event10", 2))}) {
        text += "\nobserved";
        for (const Observed& one : *observed) text += "\n  " + observed_text(one);
      }
    }
    for (const auto& views :
         {run_task(journal.work(pair, "", 100)), run_task(journal.work(pair, "link1", 2))}) {
      text += "\nwork";
      for (const LinkView& view : *views)
        text += "\n  " + view.link.id + (view.seen[0] ? observed_text(*view.seen[0]) : " -") +
                (view.seen[1] ? observed_text(*view.seen[1]) : " -");
    }
  }
  links("by id", run_task(journal.links_by_id({"link1", "link2", "nobody"})));
  return text;
}

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    EXPECT_TRUE(migrate(database));
    worker.start();
  }
  support::SqliteDatabase database;
  Worker worker;
  base::SeededRandom names{1};
  SqlJournal journal{database, worker, names, 0};
};

// The simulation proves the engine over a journal in memory; this is why the proof holds for the
// one in SQL. An end that is unique per pair is the engine's invariant, so links that would share
// one are not compared.
TEST_F(JournalTest, GivenRandomCommits_WhenAskedAnything_ThenSqlAnswersAsMemoryDoes) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::SqliteDatabase file;
    ASSERT_TRUE(migrate(file));
    SqlJournal in_sql(file, worker, names, 0);
    support::Weather calm;
    support::MemoryJournal in_memory(calm);
    base::SeededRandom random(seed);
    for (int step = 0; step < 40; ++step) {
      Commit commit = some_commit(random);
      std::erase_if(commit.links, [&](const Link& link) {
        for (const SideName side : {SideName::crm, SideName::google}) {
          const std::string& id = link.end[static_cast<std::size_t>(side)].id;
          const auto holders = *run_task(in_memory.links_by_end(link.pair, side, {id}));
          if (std::any_of(holders.begin(), holders.end(),
                          [&](const Link& other) { return other.id != link.id; }))
            return true;
          for (const Link& other : commit.links)
            if (&other != &link && other.pair == link.pair &&
                other.end[static_cast<std::size_t>(side)].id == id)
              return true;
        }
        return false;
      });
      Commit copy = commit;
      ASSERT_TRUE(run_task(in_sql.commit(std::move(copy))));
      ASSERT_TRUE(run_task(in_memory.commit(std::move(commit))));
      ASSERT_EQ(answers(in_sql), answers(in_memory)) << "step " << step;
    }
  }
}

TEST_F(JournalTest,
       GivenATransactionThatMeetsConflicts_WhenCommitted_ThenItIsRunAgainAndTakesPlaceOnce) {
  base::SeededRandom random(3);
  Commit commit;
  commit.history.push_back(
      {"pair", "link", {}, "deleted", SideName::crm, "history.deleted", some_series(random)});
  database.conflicts_to_come = 3;
  ASSERT_TRUE(run_task(journal.commit(std::move(commit))));
  std::int64_t rows = 0;
  const auto count = [&](Connection& connection) {
    return connection.exec("SELECT count(*) FROM history", {}, [&](Row row) -> Result<> {
      rows = row[0].integer();
      return {};
    });
  };
  ASSERT_TRUE(database.transact(Mode::read, 0, count));
  EXPECT_EQ(rows, 1);
}

TEST_F(JournalTest, GivenEndlessConflicts_WhenCommitted_ThenTheCallerIsTold) {
  database.conflicts_to_come = 100;
  base::SeededRandom random(4);
  Commit commit;
  commit.links.push_back(some_link(random));
  const auto result = run_task(journal.commit(std::move(commit)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::conflict);
  EXPECT_EQ(database.conflicts_to_come, 95);
}

TEST_F(JournalTest, GivenAHookDuringACycle_WhenTheCycleStoresItsPair_ThenTheMarkSurvives) {
  Pair pair;
  pair.id = "p";
  pair.account = "a";
  Commit first;
  first.pairs.push_back(pair);
  ASSERT_TRUE(run_task(journal.commit(std::move(first))));
  std::optional<std::string> account;
  const auto mark = [&](Connection& connection) -> Result<> {
    TRY(account, mark_dirty(connection, "p"));
    return {};
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, mark));
  EXPECT_EQ(account, "a");
  Commit second;
  second.pairs.push_back(pair);
  ASSERT_TRUE(run_task(journal.commit(std::move(second))));
  EXPECT_TRUE(run_task(journal.pairs("a"))->front().dirty);
}

TEST_F(JournalTest, GivenPairs_WhenErased_ThenNothingOfThemIsLeftAndOthersStay) {
  base::SeededRandom random(5);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(run_task(journal.commit(some_commit(random))));
  ASSERT_TRUE(run_task(journal.erase_pairs({"pair0"})));
  EXPECT_EQ(*run_task(journal.count_links("pair0")), 0u);
  EXPECT_TRUE(run_task(journal.intents("pair0"))->empty());
  EXPECT_TRUE(run_task(journal.unlinked("pair0", SideName::google, "", 100))->empty());
  EXPECT_GT(*run_task(journal.count_links("pair1")), 0u);
}

TEST_F(JournalTest, GivenADamagedRow_WhenRead_ThenItIsAnErrorAndNotAnEmptySeries) {
  const auto damage = [](Connection& connection) {
    return connection.exec(
        "INSERT INTO observed(pair, side, id, version, gone, moved_away, inferred, generation, "
        "series) VALUES ('p', 1, 'e', 'v', 0, 0, 0, 0, '{\"su')",
        {});
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, damage));
  const auto found = run_task(journal.observed("p", SideName::google, {"e"}));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::invalid);
}

TEST(Migrations, GivenADatabaseOfANewerVersion_WhenMigrated_ThenItIsRefusedAndUntouched) {
  support::SqliteDatabase database;
  ASSERT_TRUE(migrate(database));
  ASSERT_TRUE(migrate(database)) << "repeatable";
  const auto age = [](Connection& connection) {
    return connection.exec("UPDATE schema_version SET version = 9, min_reader = 9", {});
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, age));
  const auto result = migrate(database);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::denied);
}

TEST(WorkerTest, GivenJobs_WhenTheWorkerStops_ThenBegunOnesEndAndLaterOnesAreCancelled) {
  Worker worker;
  worker.start();
  std::function<Result<int>()> job = [] { return Result<int>(7); };
  EXPECT_EQ(*run_task(worker.run<int>(job)), 7);
  std::function<Result<int>()> thrower = []() -> Result<int> {
    throw std::runtime_error("broken");
  };
  EXPECT_EQ(run_task(worker.run<int>(thrower)).error().code, Code::internal);
  worker.stop();
  EXPECT_EQ(run_task(worker.run<int>(job)).error().code, Code::cancelled);
}

}  // namespace
}  // namespace gcal::store
