#include "src/engine/store/journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "src/engine/calendar/event_json.hpp"
#include "src/engine/store/channels.hpp"
#include "src/engine/store/migrations.hpp"
#include "src/engine/store/rows.hpp"
#include "tests/support/memory_journal.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/store/store_database.hpp"

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
    series.recurrence.emplace_back("RRULE:FREQ=DAILY;COUNT=5");
    calendar::Occurrence cancelled;
    cancelled.cancelled = true;
    series.occurrences.emplace(calendar::OriginalStart{false, start + std::chrono::days{1}},
                               cancelled);
  }
  return series;
}

calendar::OriginalStart some_date(base::Random& random) {
  return {random.below(2) == 0, std::chrono::sys_seconds{std::chrono::days{random.below(5)}}};
}

std::vector<calendar::Mail> some_mails(base::Random& random) {
  return {{"a@example.com", calendar::Mail::Kind::update, {}},
          {"b@example.com", calendar::Mail::Kind::answer, some_date(random)}};
}

Link some_link(base::Random& random) {
  Link link;
  link.id = name(random, "link", 12);
  link.pair = name(random, "pair", 2);
  for (const SideName side : kBothSides) {
    SideState& state = link.side[side];
    state.id = random.below(5) == 0 ? "" : name(random, "event", 12);
    state.version = name(random, "v", 100);
    state.has_base = random.below(4) != 0;
    if (state.has_base) state.base = some_series(random);
  }
  if (link.side.crm.has_base && link.side.remote.has_base && random.below(2) == 0)
    link.side.remote.base = link.side.crm.base;
  link.incarnation = static_cast<std::uint32_t>(random.below(3));
  if (random.below(6) == 0) link.held_reason = "held.burst";
  link.generation.crm = random.below(4);
  link.generation.remote = random.below(4);
  if (random.below(3) == 0) link.notified = name(random, "v", 100);
  if (random.below(3) == 0) link.not_mailed = some_mails(random);
  return link;
}

PendingChange some_change(base::Random& random) {
  PendingChange change;
  change.pair = name(random, "pair", 2);
  change.side = random.below(2) == 0 ? SideName::crm : SideName::remote;
  change.item.id = name(random, "event", 12);
  change.item.version = name(random, "v", 100);
  if (random.below(3) == 0) {
    change.item.kind = FeedItem::Kind::deleted;
    change.inferred = random.below(2) == 0;
  } else {
    change.item.series = some_series(random);
  }
  change.generation = random.below(4);
  change.acted_at = base::Instant{base::Milliseconds{random.below(3)}};
  change.item.by_google = random.below(2) == 0;
  return change;
}

RemoteItem some_remote_item(base::Random& random) {
  RemoteItem item;
  const auto bytes = [&] {
    return random.below(4) == 0 ? std::string() : name(random, "{\"later\": \"\u00e4", 9) + "\"}";
  };
  if (random.below(3) != 0) item.master = bytes();
  for (std::uint64_t i = random.below(3); i > 0; --i)
    item.occurrences.insert_or_assign(some_date(random), bytes());
  item.whole = random.below(2) == 0;
  return item;
}

Invitation some_invitation(base::Random& random) {
  Invitation row;
  row.id = name(random, "mail", 20);
  row.pair = name(random, "pair", 2);
  row.link = name(random, "link", 12);
  row.crm_id = name(random, "event", 12);
  row.uid = name(random, "uid", 3);
  row.guest = "guest@example.com";
  row.kind = static_cast<calendar::Mail::Kind>(random.below(3));
  row.state = static_cast<Invitation::State>(random.below(8));
  row.sequence = static_cast<std::int64_t>(random.below(4));
  row.stamp = base::Instant{base::Milliseconds{random.below(9)}};
  row.acted_at = base::Instant{base::Milliseconds{random.below(9)}};
  row.attempted = random.below(2) == 0;
  row.first_key = random.below(2) == 0 ? "" : "mail1";
  row.error = random.below(4) == 0 ? "no such address" : "";
  if (random.below(2) == 0) row.date = some_date(random);
  if (random.below(3) != 0) row.before = some_series(random);
  if (random.below(3) != 0) row.after = some_series(random);
  return row;
}

WriteBatch some_batch(base::Random& random) {
  WriteBatch batch;
  for (std::uint64_t i = random.below(2); i > 0; --i) {
    Pair pair;
    pair.id = name(random, "pair", 2);
    pair.account = name(random, "account", 2);
    pair.remote_calendar = "calendar";
    pair.mode = random.below(2) == 0 ? PairMode::two_way : PairMode::view_only;
    pair.state = static_cast<PairState>(random.below(4));
    pair.cursor.crm = name(random, "cursor", 9);
    pair.generation.remote = random.below(9);
    pair.dirty = static_cast<std::int64_t>(random.below(3));
    for (bool* flag : {&pair.is_primary, &pair.is_default, &pair.draining, &pair.returning})
      *flag = random.below(2) == 0;
    batch.pairs.push_back(std::move(pair));
  }
  if (random.below(5) == 0) batch.clear_dirty.push_back({name(random, "pair", 2), 1});
  // One object per key and batch, as in the engine.
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    Link link = some_link(random);
    if (std::none_of(batch.links.begin(), batch.links.end(),
                     [&](const Link& other) { return other.id == link.id; }))
      batch.links.push_back(std::move(link));
  }
  if (random.below(3) == 0) batch.delete_links.push_back(name(random, "link", 12));
  for (std::uint64_t i = random.below(4); i > 0; --i) batch.changes.push_back(some_change(random));
  if (random.below(3) == 0)
    batch.delete_changes.push_back({name(random, "pair", 2),
                                    random.below(2) == 0 ? SideName::crm : SideName::remote,
                                    name(random, "event", 12)});
  if (random.below(5) == 0) batch.clear_acts.push_back(name(random, "pair", 2));
  for (std::uint64_t i = random.below(3); i > 0; --i)
    batch.remote_items.push_back(
        {name(random, "pair", 2), name(random, "event", 12), some_remote_item(random)});
  if (random.below(6) == 0)
    batch.remote_item_moves.push_back(
        {name(random, "pair", 2), name(random, "event", 12), name(random, "event", 12) + "i1"});
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
    intent.operation.notify = static_cast<Notify>(random.below(3));
    if (random.below(2) == 0) intent.operation.mails = some_mails(random);
    intent.operation.act = name(random, "v", 100);
    intent.operation.steps = static_cast<std::uint32_t>(random.below(3));
    intent.operation.created = random.below(2) == 0;
    intent.operation.sequence = static_cast<std::int64_t>(random.below(3));
    intent.operation.sent = random.below(1U << calendar::kFieldCount);
    batch.intents.push_back(std::move(intent));
  }
  if (random.below(4) == 0) batch.delete_intents.push_back(name(random, "op", 5));
  const auto split = [&] {
    return Split{name(random, "pair", 2), name(random, "event", 4), name(random, "event", 9)};
  };
  if (random.below(3) == 0) batch.splits.push_back(split());
  if (random.below(4) == 0) batch.delete_splits.push_back(split());
  if (random.below(2) == 0)
    batch.held.push_back({name(random, "pair", 2),
                          random.below(2) == 0 ? SideName::crm : SideName::remote,
                          name(random, "event", 12), random.below(3) == 0 ? "" : "link1",
                          kHeldDenied, "because", static_cast<std::uint32_t>(random.below(9)),
                          base::Instant{base::Milliseconds{random.below(1'000'000)}}, "1.2"});
  if (random.below(4) == 0)
    batch.release_held.push_back(
        {name(random, "pair", 2), SideName::remote, name(random, "event", 12)});
  for (std::uint64_t i = random.below(3); i > 0; --i)
    batch.invitations.push_back(some_invitation(random));
  return batch;
}

template <class T>
std::string rows_text(const char* title, const std::vector<T>& rows, Values (*values)(const T&)) {
  std::string text = title;
  for (const T& row : rows)
    for (const Value& value : values(row))
      text +=
          (value.is_integer() ? std::to_string(value.integer()) : std::string(value.text())) + "|";
  return text;
}

// The results of all queries of a journal as one text, so that a failure shows the difference.
std::string link_text(const Link& link) {
  std::string text;
  for (const Value& value : link_values(link))
    text += value.is_integer() ? std::to_string(value.integer()) + "|"
                               : std::string(value.text()) + "|";
  return text;
}

std::string change_text(const PendingChange& change) {
  std::string text;
  for (const Value& value : change_values(change))
    text += value.is_integer() ? std::to_string(value.integer()) + "|"
                               : std::string(value.text()) + "|";
  return text;
}

std::string remote_item_text(const std::string& id, const RemoteItem& item) {
  std::string text = "\n  " + id + " " + item.master.value_or("-");
  for (const auto& [start, bytes] : item.occurrences)
    text += (start.all_day ? " day " : " time ") +
            std::to_string(start.instant.time_since_epoch().count()) + " " + bytes;
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
      text += "\n  " + pair.id + " dirty " + std::to_string(pair.dirty) + " " + pair.cursor.crm +
              " " + std::to_string(static_cast<int>(pair.state));
    text += "\nremote items by CRM id";
    const auto moved = run_task(journal.remote_items_by_crm_id(account, {"event1", "event2"}));
    for (const auto& [id, item] : *moved) text += remote_item_text(id, item);
    links("by address", run_task(journal.links_by_address(
                            account, {"guest1@example.com", "guest2@example.com"})));
  }
  for (const std::string pair : {"pair0", "pair1"}) {
    text += "\nintents";
    const auto intents = run_task(journal.intents(pair));
    for (const Intent& intent : *intents)
      text += "\n  " + intent.op_id + " " + intent.link + " " + operation_text(intent.operation);
    text += "\nsplits";
    const auto splits = run_task(journal.splits(pair));
    for (const Split& split : *splits) text += "\n  " + split.heir + " of " + split.origin;
    text += rows_text("\nheld", *run_task(journal.held_items(pair)), held_values);
    for (const std::string uid : {"uid0", "uid1", "uid2"})
      text += rows_text("\nmails", *run_task(journal.invitations(uid)), invitation_values);
    text += "\nto tell";
    const auto uids = run_task(journal.uids_to_tell(pair));
    for (const std::string& uid : *uids) text += " " + uid;
    text += "\nremote items";
    const auto items = run_task(journal.remote_items(pair, {"event1", "event2", "event3i1"}));
    for (const auto& [id, item] : *items) text += remote_item_text(id, item);
    text += "\ncount " + std::to_string(*run_task(journal.count_links(pair)));
    const auto pending = run_task(journal.pending_deletions(pair));
    text += "\npending " + std::to_string(pending->reported_by_remote) + " " +
            std::to_string(pending->inferred_at_remote) + " " +
            std::to_string(pending->inferred_in_crm);
    for (const SideName side : kBothSides) {
      links("by side id", run_task(journal.links_by_side_id(pair, side, events)));
      links("missing from listing",
            run_task(journal.links_missing_from_listing(pair, side, 3, "", 100)));
      links("missing from listing, page",
            run_task(journal.links_missing_from_listing(pair, side, 2, "link1", 2)));
      for (const auto& changes : {run_task(journal.pending_changes(pair, side, events)),
                                  run_task(journal.unlinked_changes(pair, side, "", 100)),
                                  run_task(journal.unlinked_changes(pair, side, "event10", 2))}) {
        text += "\nchanges";
        for (const PendingChange& one : *changes) text += "\n  " + change_text(one);
      }
    }
    for (const auto& page : {run_task(journal.links_with_changes(pair, "", 100)),
                             run_task(journal.links_with_changes(pair, "link1", 2))}) {
      text += "\nlinks with changes";
      for (const LinkWithChanges& linked : *page)
        text += "\n  " + linked.link.id +
                (linked.change.crm ? change_text(*linked.change.crm) : " -") +
                (linked.change.remote ? change_text(*linked.change.remote) : " -");
    }
  }
  links("by id", run_task(journal.links_by_id({"link1", "link2", "unknown"})));
  return text;
}

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    EXPECT_TRUE(migrate(database));
    blocking.start();
  }
  support::StoreDatabase database;
  BlockingExecutor blocking;
  support::SeededRandom names{1};
  SqlJournal journal{database, blocking, names, 0};
};

// The simulation runs on a journal in memory; this test extends its results to the one in SQL. In
// the engine no two links of a pair share an id of a side, so such links are not compared.
TEST_F(JournalTest, SqlReturnsWhatTheMemoryJournalReturns) {
  for (std::uint64_t seed = 1; seed <= support::journal_seeds(12); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    support::StoreDatabase file;
    ASSERT_TRUE(migrate(file));
    SqlJournal in_sql(file, blocking, names, 0);
    support::FaultPlan no_faults;
    support::MemoryJournal in_memory(no_faults);
    support::SeededRandom random(seed);
    for (int step = 0; step < 40; ++step) {
      WriteBatch batch = some_batch(random);
      std::erase_if(batch.links, [&](const Link& link) {
        for (const SideName side : kBothSides) {
          const std::string& id = link.side[side].id;
          const auto holders = *run_task(in_memory.links_by_side_id(link.pair, side, {id}));
          if (std::any_of(holders.begin(), holders.end(),
                          [&](const Link& other) { return other.id != link.id; }))
            return true;
          for (const Link& other : batch.links)
            if (&other != &link && other.pair == link.pair && other.side[side].id == id)
              return true;
        }
        return false;
      });
      WriteBatch copy = batch;
      ASSERT_TRUE(run_task(in_sql.commit(std::move(copy))));
      ASSERT_TRUE(run_task(in_memory.commit(std::move(batch))));
      ASSERT_EQ(answers(in_sql), answers(in_memory)) << "step " << step;
    }
  }
}

TEST_F(JournalTest, ATransactionIsRepeatedAfterConflictsAndStoredOnce) {
  support::SeededRandom random(3);
  WriteBatch batch;
  batch.history.push_back(
      {"pair", "link", {}, "deleted", SideName::crm, "history.deleted", some_series(random)});
  database.conflicts_to_come = 3;
  ASSERT_TRUE(run_task(journal.commit(std::move(batch))));
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

TEST_F(JournalTest, RepeatedConflictsAreReturnedAfterFiveAttempts) {
  database.conflicts_to_come = 100;
  support::SeededRandom random(4);
  WriteBatch batch;
  batch.links.push_back(some_link(random));
  const auto result = run_task(journal.commit(std::move(batch)));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::conflict);
  EXPECT_EQ(database.conflicts_to_come, 95);
}

TEST_F(JournalTest, StoringAPairKeepsADirtyMarkSetMeanwhile) {
  Pair pair;
  pair.id = "p";
  pair.account = "a";
  WriteBatch first;
  first.pairs.push_back(pair);
  ASSERT_TRUE(run_task(journal.commit(std::move(first))));
  std::optional<std::string> account;
  const auto mark = [&](Connection& connection) -> Result<> {
    TRY(account, mark_dirty(connection, "p"));
    return {};
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, mark));
  EXPECT_EQ(account, "a");
  WriteBatch second;
  second.pairs.push_back(pair);
  ASSERT_TRUE(run_task(journal.commit(std::move(second))));
  EXPECT_TRUE(run_task(journal.pairs("a"))->front().dirty);
}

TEST_F(JournalTest, ErasingAPairRemovesAllItsRowsAndNoOthers) {
  support::SeededRandom random(5);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(run_task(journal.commit(some_batch(random))));
  ASSERT_TRUE(run_task(journal.erase_pairs({"pair0"})));
  EXPECT_EQ(*run_task(journal.count_links("pair0")), 0u);
  EXPECT_TRUE(run_task(journal.intents("pair0"))->empty());
  EXPECT_TRUE(run_task(journal.held_items("pair0"))->empty());
  EXPECT_TRUE(run_task(journal.unlinked_changes("pair0", SideName::remote, "", 100))->empty());
  std::vector<std::string> ids;
  for (int i = 0; i < 12; ++i) ids.push_back("event" + std::to_string(i));
  EXPECT_TRUE(run_task(journal.remote_items("pair0", ids))->empty());
  EXPECT_GT(*run_task(journal.count_links("pair1")), 0u);
  EXPECT_FALSE(run_task(journal.remote_items("pair1", ids))->empty());
}

// In SQL and in memory: the test above draws no renames, because they would break its rule of one
// link per id.
TEST_F(JournalTest, RetiredLinksOfOtherPairsFollowARecordThatGetsAnotherId) {
  support::FaultPlan no_faults;
  support::MemoryJournal in_memory(no_faults);
  for (Journal* one : {static_cast<Journal*>(&journal), static_cast<Journal*>(&in_memory)}) {
    WriteBatch batch;
    for (const char* id : {"retired", "live", "other"}) {
      Pair pair;
      pair.id = std::string("pair of ") + id;
      pair.account = "a";
      Link link;
      link.id = id;
      link.pair = pair.id;
      link.side.crm.id = id == std::string("other") ? "another record" : "record";
      link.held_reason = id == std::string("live") ? "" : kRetired;
      batch.pairs.push_back(std::move(pair));
      batch.links.push_back(std::move(link));
    }
    ASSERT_TRUE(run_task(one->commit(std::move(batch))));
    WriteBatch renamed;
    renamed.record_renames.push_back({"record", "new record"});
    ASSERT_TRUE(run_task(one->commit(std::move(renamed))));
    std::map<std::string, std::string> records;
    const auto stored = run_task(one->links_by_id({"retired", "live", "other"}));
    for (const Link& link : *stored) records[link.id] = link.side.crm.id;
    EXPECT_EQ(records,
              (std::map<std::string, std::string>{
                  {"retired", "new record"}, {"live", "record"}, {"other", "another record"}}));
  }
}

TEST_F(JournalTest, AShortenedListOfGuestsIsStillOneAfterItWasStored) {
  support::SeededRandom random(6);
  Link link = some_link(random);
  link.side.crm.has_base = link.side.remote.has_base = true;
  link.side.crm.base = link.side.remote.base = some_series(random);
  link.side.remote.base.master.attendees_omitted = true;
  const std::string id = link.id;
  WriteBatch batch;
  batch.links.push_back(std::move(link));
  ASSERT_TRUE(run_task(journal.commit(std::move(batch))));
  const auto stored = run_task(journal.links_by_id({id}));
  ASSERT_EQ(stored->size(), 1u);
  EXPECT_TRUE(stored->front().side.remote.base.master.attendees_omitted);
  EXPECT_FALSE(stored->front().side.crm.base.master.attendees_omitted);
}

TEST_F(JournalTest, ADamagedRowIsAnErrorAndNotAnEmptySeries) {
  const auto damage = [](Connection& connection) {
    return connection.exec(
        "INSERT INTO observed(pair, side, id, version, gone, moved_away, inferred, generation, "
        "series) VALUES ('p', 1, 'e', 'v', 0, 0, 0, 0, '{\"su')",
        {});
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, damage));
  const auto found = run_task(journal.pending_changes("p", SideName::remote, {"e"}));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::invalid);
}

TEST(BlockingExecutorTest, StopFinishesBegunJobsAndCancelsLaterOnes) {
  BlockingExecutor blocking;
  blocking.start();
  std::function<Result<int>()> job = [] { return Result<int>(7); };
  EXPECT_EQ(*run_task(blocking.run<int>(job)), 7);
  std::function<Result<int>()> thrower = []() -> Result<int> {
    throw std::runtime_error("broken");
  };
  EXPECT_EQ(run_task(blocking.run<int>(thrower)).error().code, Code::internal);
  blocking.stop();
  EXPECT_EQ(run_task(blocking.run<int>(job)).error().code, Code::cancelled);
}

}  // namespace
}  // namespace gcal::store
