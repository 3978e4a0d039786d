#include "src/engine/store/migrations.hpp"

#include <gtest/gtest.h>

#include <map>

#include "src/engine/store/journal.hpp"
#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/store/store_database.hpp"

namespace gcal::store {
namespace {

using namespace gcal::sync;
using support::run_task;

// Takes away what the fifth version added to the pairs, and what later ones added.
Result<> to_pairs_of_version_4(Connection& connection) {
  for (const char* statement :
       {"ALTER TABLE observed DROP COLUMN acted_at", "ALTER TABLE observed DROP COLUMN by_google",
        "ALTER TABLE links DROP COLUMN not_mailed", "ALTER TABLE links DROP COLUMN agreed_at",
        "DROP INDEX pairs_by_remote_calendar", "DROP INDEX pairs_by_crm_calendar",
        "ALTER TABLE pairs DROP COLUMN is_primary", "ALTER TABLE pairs DROP COLUMN is_default",
        "ALTER TABLE pairs DROP COLUMN draining", "ALTER TABLE pairs DROP COLUMN returning_copies"})
    TRY_VOID(connection.exec(statement, {}));
  return {};
}

// Earlier versions held a link in both directions, without a time for another try.
TEST(Migrations, WhatEarlierVersionsHeldIsTriedAgain) {
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  const auto to_version_2 = [](Connection& connection) -> Result<> {
    TRY_VOID(to_pairs_of_version_4(connection));
    TRY_VOID(connection.exec("DROP TABLE held_items", {}));
    for (const char* reason : {"held.denied", "held.unreadable", "held.foreign", ""})
      TRY_VOID(connection.exec(
          "INSERT INTO links(id, pair, crm_id, crm_version, crm_agreed, crm_series, crm_uid, "
          "crm_generation, google_id, google_version, google_agreed, google_series, google_uid, "
          "google_generation, incarnation, held_reason) VALUES ($1, 'p', $2, '', 0, '', '', 0, "
          "$3, '', 0, '', '', 0, 0, $4)",
          {std::string("link ") + reason, std::string("crm ") + reason,
           std::string("google ") + reason, std::string(reason)}));
    return connection.exec("UPDATE schema_version SET version = 2", {});
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, to_version_2));
  ASSERT_TRUE(migrate(database));
  BlockingExecutor blocking;
  blocking.start();
  support::SeededRandom names{1};
  SqlJournal journal{database, blocking, names, 0};
  const auto items = run_task(journal.held_items("p"));
  ASSERT_TRUE(items);
  ASSERT_EQ(items->size(), 2u);
  EXPECT_EQ((*items)[0].id, "google held.denied");
  EXPECT_EQ((*items)[0].next_try, base::Instant{});
  EXPECT_EQ((*items)[1].reason, kHeldUnreadable);
  std::map<std::string, std::string> held;
  const auto links = run_task(journal.links("p", "", 10));
  ASSERT_TRUE(links);
  for (const Link& link : *links) held[link.id] = link.held_reason;
  EXPECT_EQ(held["link held.denied"], "");
  EXPECT_EQ(held["link held.unreadable"], "held.unreadable");
  EXPECT_EQ(held["link held.foreign"], "held.foreign");
}

// Before remote items were kept nothing is known of events that were read: they are read again.
TEST(Migrations, ADatabaseWithoutRemoteItemsListsItsCalendarsAgain) {
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  const auto age = [](Connection& connection) -> Result<> {
    TRY_VOID(to_pairs_of_version_4(connection));
    TRY_VOID(connection.exec("DROP TABLE remote_items", {}));
    TRY_VOID(connection.exec(
        "INSERT INTO pairs(id, account, google_calendar, crm_calendar, identity, mode, state, "
        "crm_cursor, google_cursor, crm_generation, google_generation, dirty, synced_at) VALUES "
        "('p', 'a', 'g', 'c', 'i', 0, 1, 'C', 'G', 1, 1, 0, 5)",
        {}));
    return connection.exec("UPDATE schema_version SET version = 3", {});
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, age));
  ASSERT_TRUE(migrate(database));
  BlockingExecutor blocking;
  blocking.start();
  support::SeededRandom names(1);
  SqlJournal journal(database, blocking, names, 0);
  const auto pairs = run_task(journal.pairs("a"));
  ASSERT_EQ(pairs->size(), 1u);
  EXPECT_EQ(pairs->front().cursor.remote, "");
  EXPECT_EQ(pairs->front().cursor.crm, "C");
  ASSERT_TRUE(run_task(journal.remote_items("p", {"e"})));
}

TEST(Migrations, ADatabaseOfANewerVersionIsRefused) {
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  ASSERT_TRUE(migrate(database)) << "repeatable";
  const auto age = [](Connection& connection) {
    return connection.exec("UPDATE schema_version SET version = 99, min_reader = 99", {});
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, age));
  const auto result = migrate(database);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::denied);
}

// A host goes back one version when a new one fails, and no further.
TEST(Migrations, TheVersionBeforeMayReadTheDatabaseAndOlderOnesMayNot) {
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  std::int64_t version = 0, min_reader = 0;
  const auto read = [&](Connection& connection) {
    const auto take = [&](Row row) -> Result<> {
      version = row[0].integer();
      min_reader = row[1].integer();
      return {};
    };
    return connection.exec("SELECT version, min_reader FROM schema_version", {}, take);
  };
  ASSERT_TRUE(database.transact(Mode::read, 0, read));
  EXPECT_EQ(min_reader, version - 1);
  // Seen from this version: one step ahead is read and left as it is, two steps are refused.
  const auto ahead = [&](int steps) {
    const auto write = [&](Connection& connection) {
      return connection.exec("UPDATE schema_version SET version = $1, min_reader = $2",
                             {version + steps, version + steps - 1});
    };
    EXPECT_TRUE(database.transact(Mode::write, 0, write));
    return migrate(database);
  };
  EXPECT_TRUE(ahead(1));
  const auto refused = ahead(2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::denied);
  EXPECT_NE(refused.error().message.find("a newer version"), std::string::npos);
}

TEST(Migrations, AJournalOfTheFirstVersionIsOpenedWithItsLinks) {
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  // As the first version left it.
  const char* const link =
      "INSERT INTO links(id, pair, crm_id, crm_version, crm_agreed, crm_series, crm_uid, "
      "crm_generation, google_id, google_version, google_agreed, google_series, google_uid, "
      "google_generation, incarnation, held_reason) VALUES ('link', 'pair', 'event', '1', 0, "
      "'', '', 0, '', '', 0, '', '', 0, 0, '')";
  const auto first_version = [link](Connection& connection) -> Result<> {
    for (const char* statement :
         {"ALTER TABLE observed DROP COLUMN acted_at", "ALTER TABLE observed DROP COLUMN by_google",
          "ALTER TABLE links DROP COLUMN not_mailed", "DROP TABLE splits",
          "ALTER TABLE links DROP COLUMN crm_notified", "ALTER TABLE links DROP COLUMN agreed_at",
          "DROP TABLE held_items", "DROP INDEX pairs_by_remote_calendar",
          "DROP INDEX pairs_by_crm_calendar", "ALTER TABLE pairs DROP COLUMN is_primary",
          "ALTER TABLE pairs DROP COLUMN is_default", "ALTER TABLE pairs DROP COLUMN draining",
          "ALTER TABLE pairs DROP COLUMN returning_copies", "UPDATE schema_version SET version = 1",
          link})
      TRY_VOID(connection.exec(statement, {}));
    return {};
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, first_version));
  ASSERT_TRUE(migrate(database));
  ASSERT_TRUE(migrate(database)) << "once more";
  BlockingExecutor blocking;
  blocking.start();
  support::SeededRandom names{1};
  SqlJournal journal{database, blocking, names, 0};
  const auto links = run_task(journal.links_by_id({"link"}));
  ASSERT_TRUE(links);
  ASSERT_EQ(links->size(), 1u);
  EXPECT_EQ(links->front().notified, "");
  EXPECT_TRUE(run_task(journal.splits("pair"))->empty());
}

// Edits that waited when the version changed are acts; what was never at the remote side is none.
TEST(Migrations, OnlyPendingEditsOfKnownAppointmentsAreActs) {
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  const auto age = [](Connection& connection) -> Result<> {
    for (const char* statement :
         {"ALTER TABLE observed DROP COLUMN acted_at", "ALTER TABLE observed DROP COLUMN by_google",
          "ALTER TABLE links DROP COLUMN not_mailed",
          "INSERT INTO pairs(id, account, google_calendar, crm_calendar, identity, mode, state, "
          "crm_cursor, google_cursor, crm_generation, google_generation, dirty, synced_at) VALUES "
          "('p', 'a', 'g', 'c', 'i', 0, 1, 'C', 'G', 1, 1, 0, 5)",
          "INSERT INTO links(id, pair, crm_id, crm_version, crm_agreed, crm_series, crm_uid, "
          "crm_generation, google_id, google_version, google_agreed, google_series, google_uid, "
          "google_generation, incarnation, held_reason) VALUES ('l', 'p', 'known', '1', 1, '', '', "
          "0, 'g', '', 1, '', '', 0, 0, '')",
          "INSERT INTO observed(pair, side, id, version, gone, moved_away, inferred, generation, "
          "series) VALUES ('p', 0, 'known', '2', 1, 0, 0, 0, ''), ('p', 0, 'new', '2', 1, 0, 0, "
          "0, '')",
          "UPDATE schema_version SET version = 7"})
      TRY_VOID(connection.exec(statement, {}));
    return {};
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, age));
  ASSERT_TRUE(migrate(database));
  BlockingExecutor blocking;
  blocking.start();
  support::SeededRandom names{1};
  SqlJournal journal{database, blocking, names, 0};
  const auto known = run_task(journal.pending_changes("p", SideName::crm, {"known"}));
  ASSERT_EQ(known->size(), 1u);
  EXPECT_NE(known->front().acted_at, base::Instant{});
  const auto fresh = run_task(journal.pending_changes("p", SideName::crm, {"new"}));
  ASSERT_EQ(fresh->size(), 1u);
  EXPECT_EQ(fresh->front().acted_at, base::Instant{});
}

// What version 2 left: the two-way pair was the default, and a retired link may name an appointment
// that is in its calendar again.
TEST(Migrations, PairsOfTheSecondVersionKeepTheirMeaning) {
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  const auto make_old = [](Connection& connection) -> Result<> {
    for (const char* statement :
         {"ALTER TABLE observed DROP COLUMN acted_at", "ALTER TABLE observed DROP COLUMN by_google",
          "ALTER TABLE links DROP COLUMN not_mailed", "ALTER TABLE links DROP COLUMN agreed_at",
          "DROP TABLE pairs",
          "CREATE TABLE pairs(id TEXT PRIMARY KEY, account TEXT NOT NULL, google_calendar TEXT NOT "
          "NULL, crm_calendar TEXT NOT NULL, identity TEXT NOT NULL, mode BIGINT NOT NULL, state "
          "BIGINT NOT NULL, crm_cursor TEXT NOT NULL, google_cursor TEXT NOT NULL, crm_generation "
          "BIGINT NOT NULL, google_generation BIGINT NOT NULL, dirty BIGINT NOT NULL, synced_at "
          "BIGINT NOT NULL)",
          "INSERT INTO pairs VALUES ('a', 'one', 'a', 'ca', 's', 0, 1, 'c1', 'g1', 1, 1, 0, 5), "
          "('b', 'one', 'b', 'cb', 's', 1, 3, 'c2', '', 1, 1, 0, 5), "
          "('c', 'one', 'c', '', 's', 1, 0, '', 'g3', 0, 1, 0, 0)",
          "UPDATE schema_version SET version = 2"})
      TRY_VOID(connection.exec(statement, {}));
    return {};
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, make_old));
  BlockingExecutor blocking;
  blocking.start();
  support::SeededRandom random{1};
  SqlJournal journal{database, blocking, random, 0};
  ASSERT_TRUE(migrate(database));
  const std::vector<Pair> pairs = *run_task(journal.pairs("one"));
  ASSERT_EQ(pairs.size(), 3u);
  EXPECT_TRUE(pairs[0].is_default && !pairs[0].returning);
  EXPECT_EQ(pairs[0].cursor.crm, "c1");
  EXPECT_TRUE(!pairs[1].is_default && pairs[1].returning) << "gone";
  EXPECT_FALSE(pairs[2].is_default || pairs[2].returning || pairs[2].draining) << "draft";

  Link retired;
  retired.id = "l";
  retired.pair = "a";
  retired.held_reason = kRetired;
  WriteBatch batch;
  batch.links.push_back(retired);
  ASSERT_TRUE(run_task(journal.commit(std::move(batch))));
  ASSERT_TRUE(database.transact(Mode::write, 0, make_old));
  ASSERT_TRUE(migrate(database));
  EXPECT_EQ(run_task(journal.pairs("one"))->front().cursor.crm, "") << "is listed again";
  blocking.stop();
}

// When calendars were read was not stored: each is read once more, so that the account's state says
// what is true.
TEST(Migrations, AnAccountOfVersion5ReadsItsCalendarsOnce) {
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  const auto to_version_5 = [](Connection& connection) -> Result<> {
    const char* const pair =
        "INSERT INTO pairs(id, account, google_calendar, crm_calendar, identity, mode, state, "
        "crm_cursor, google_cursor, crm_generation, google_generation, dirty, synced_at) VALUES "
        "('p', 'a', 'g', 'c', 'i', 0, 1, 'C', 'G', 1, 1, 0, 5)";
    for (const char* statement :
         {"ALTER TABLE observed DROP COLUMN acted_at", "ALTER TABLE observed DROP COLUMN by_google",
          "ALTER TABLE links DROP COLUMN not_mailed", "ALTER TABLE links DROP COLUMN agreed_at",
          "DROP TABLE pair_status", "DROP TABLE account_status", pair,
          "UPDATE schema_version SET version = 5"})
      TRY_VOID(connection.exec(statement, {}));
    return {};
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, to_version_5));
  ASSERT_TRUE(migrate(database));
  BlockingExecutor blocking;
  blocking.start();
  support::SeededRandom names(1);
  SqlJournal journal(database, blocking, names, 0);
  EXPECT_EQ(run_task(journal.pairs("a"))->front().dirty, 1);
  EXPECT_EQ(run_task(journal.pairs("a"))->front().cursor.remote, "G");
  blocking.stop();
}

// The ninth version stores what the CRM tells guests.
TEST(Migrations, AJournalOfTheEighthVersionGetsATableOfInvitations) {  // PD-06
  support::StoreDatabase database;
  ASSERT_TRUE(migrate(database));
  const auto to_version_8 = [](Connection& connection) -> Result<> {
    TRY_VOID(connection.exec("DROP TABLE invitations", {}));
    TRY_VOID(connection.exec("ALTER TABLE observed DROP COLUMN by_google", {}));
    TRY_VOID(connection.exec("ALTER TABLE links DROP COLUMN not_mailed", {}));
    return connection.exec("UPDATE schema_version SET version = 8", {});
  };
  ASSERT_TRUE(database.transact(Mode::write, 0, to_version_8));
  ASSERT_TRUE(migrate(database));
  BlockingExecutor blocking;
  blocking.start();
  support::SeededRandom names{1};
  SqlJournal journal{database, blocking, names, 0};
  WriteBatch batch;
  Invitation row;
  row.id = "one";
  row.pair = "p";
  row.uid = "uid";
  batch.invitations.push_back(row);
  ASSERT_TRUE(run_task(journal.commit(std::move(batch))));
  const auto stored = run_task(journal.invitations("uid"));
  ASSERT_TRUE(stored);
  EXPECT_EQ(*stored, std::vector{row});
  blocking.stop();
}

}  // namespace
}  // namespace gcal::store
