// What the remote side holds beyond the engine's model, and guest lists that it shows in part.
#include "src/engine/sync/complete_guests.hpp"
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

using RemoteItemTest = CycleTest;

RemoteItem remote_item(std::string master) {
  RemoteItem item;
  item.master = std::move(master);
  return item;
}

std::vector<std::string> addresses(const Series& series) {
  std::vector<std::string> found;
  for (const calendar::Attendee& guest : series.master.attendees) found.push_back(guest.email);
  std::ranges::sort(found);
  return found;
}

using Addresses = std::vector<std::string>;

Series meeting() {
  Series series = appointment("meeting");
  series.master.attendees = {guest("me@example.com", true), guest("lead@client.example")};
  return series;
}

TEST_F(RemoteItemTest, AnEventThatIsCreatedAgainTakesOverWhatTheDeletedOneHad) {  // P-25
  remote.remote_items["e"] = remote_item("room");
  remote.user_saves("e", appointment("a"));
  ASSERT_TRUE(run());
  Series edited = in_crm();
  edited.master.summary = "b";
  crm.user_saves(only_crm(), edited);
  remote.user_deletes("e");
  ASSERT_TRUE(run());
  const auto live = remote.live();
  ASSERT_EQ(live.size(), 1u);
  ASSERT_NE(live.front(), "e");
  EXPECT_EQ(in_remote().master.summary, "b");
  EXPECT_EQ(remote.remote_items[live.front()].master, "room");
  EXPECT_EQ(journal.remote_items_stored(), 1u);
}

TEST_F(RemoteItemTest, ACreationWhoseAnswerWasLostIsRepeatedWithTheSameMembers) {  // P-25
  remote.remote_items["e"] = remote_item("room");
  remote.user_saves("e", appointment("a"));
  ASSERT_TRUE(run());
  Series edited = in_crm();
  edited.master.summary = "b";
  crm.user_saves(only_crm(), edited);
  remote.user_deletes("e");
  for (const Fault fault : {Fault::before, Fault::crash_before, Fault::after}) {
    faults.decide = [fault](std::size_t, std::string_view where) {
      return where == "remote.write" ? fault : Fault::none;
    };
    (void)run();
    clock.advance(2h);  // what failed is tried again
  }
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  ASSERT_TRUE(run());
  const auto live = remote.live();
  ASSERT_EQ(live.size(), 1u);
  EXPECT_EQ(remote.remote_items[live.front()].master, "room");
}

TEST_F(RemoteItemTest, AnAppointmentFromAnotherCalendarTakesOverWhatItHadThere) {  // PD-10, P-25
  remote.user_saves("e", appointment("a"));
  ASSERT_TRUE(run());
  Pair former = pair;
  former.id = "pair of the former default";
  Link retired;
  retired.id = "retiredlink";
  retired.pair = former.id;
  retired.held_reason = kRetired;
  retired.side.crm.id = "moved";
  retired.side.remote.id = "there";
  WriteBatch batch;
  batch.pairs.push_back(former);
  batch.links.push_back(retired);
  batch.remote_items.push_back({former.id, "there", remote_item("room")});
  ASSERT_TRUE(support::run_task(journal.commit(std::move(batch))));
  crm.user_saves("moved", appointment("b", 3));
  ASSERT_TRUE(run());
  std::size_t rooms = 0;
  for (const std::string& id : remote.live())
    if (remote.remote_items.contains(id) && remote.remote_items[id].master == "room") ++rooms;
  EXPECT_EQ(rooms, 1u);
}

TEST_F(RemoteItemTest, WhatIsStoredOfAnEventIsErasedWithItsLink) {
  remote.remote_items["e"] = remote_item("room");
  remote.user_saves("e", appointment("a"));
  ASSERT_TRUE(run());
  ASSERT_EQ(journal.remote_items_stored(), 1u);
  remote.user_deletes("e");
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 0u);
  EXPECT_EQ(journal.remote_items_stored(), 0u);
}

TEST_F(RemoteItemTest, OfAnEventThatHasNothingElseNothingIsStored) {
  import_events(20);
  EXPECT_EQ(journal.remote_items_stored(), 0u);
}

TEST_F(RemoteItemTest, AShortenedListOfGuestsRemovesNoGuest) {  // P-24
  remote.user_saves("e", meeting());
  ASSERT_TRUE(run());
  remote.hides_guests.insert("e");
  Series renamed = meeting();
  renamed.master.summary = "renamed";
  remote.user_saves("e", renamed);
  const std::size_t writes = remote.writes();
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.summary, "renamed");
  EXPECT_EQ(addresses(in_crm()), (Addresses{"lead@client.example", "me@example.com"}));
  EXPECT_EQ(remote.writes(), writes);
}

TEST_F(RemoteItemTest, AGuestAddedToAShortenedListJoinsThoseThatAreKnown) {  // P-24
  remote.user_saves("e", meeting());
  ASSERT_TRUE(run());
  remote.hides_guests.insert("e");
  Series renamed = meeting();
  renamed.master.summary = "renamed";
  remote.user_saves("e", renamed);
  ASSERT_TRUE(run());
  Series invited = in_crm();
  invited.master.attendees.push_back(guest("carol@example.com"));
  crm.user_saves(only_crm(), invited);
  ASSERT_TRUE(run());
  const Addresses all{"carol@example.com", "lead@client.example", "me@example.com"};
  EXPECT_EQ(addresses(in_remote()), all);
  EXPECT_EQ(addresses(in_crm()), all);
  const std::size_t writes = remote.writes();
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.writes(), writes);
}

TEST_F(RemoteItemTest, AListThatIsWholeAgainRemovesWhoLeftMeanwhile) {  // P-24
  remote.user_saves("e", meeting());
  ASSERT_TRUE(run());
  remote.hides_guests.insert("e");
  Series alone = meeting();
  alone.master.attendees.pop_back();
  remote.user_saves("e", alone);
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.attendees.size(), 2u);
  remote.hides_guests.clear();
  remote.user_saves("e", alone);
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.attendees.size(), 1u);
}

TEST_F(RemoteItemTest, AShortenedListFoundAgainWithoutLinksKeepsTheCrmsGuests) {  // P-04, P-24
  remote.user_saves("e", meeting());
  ASSERT_TRUE(run());
  World again;
  again.crm.user_saves(only_crm(), in_crm());
  again.remote.hides_guests.insert("e");
  again.remote.user_saves("e", meeting());
  ASSERT_TRUE(again.run());
  ASSERT_TRUE(again.run());
  EXPECT_EQ(again.crm.live().size(), 1u);
  EXPECT_EQ(addresses(again.in_crm()), (Addresses{"lead@client.example", "me@example.com"}));
  EXPECT_EQ(again.remote.writes(), 0u);
}

TEST(CompleteGuests, AnExceptionIsCompletedFromWhatWasKnownOfItOrFromItsSeries) {
  Series known = meeting();
  known.recurrence = {"RRULE:FREQ=DAILY;COUNT=5"};
  const OriginalStart first{false, std::chrono::sys_seconds{1'800'000'000s}};
  const OriginalStart second{false, first.instant + 24h};
  calendar::Occurrence exception;
  exception.event = known.master;
  exception.event.attendees.push_back(guest("only@first.example"));
  known.occurrences[first] = exception;

  Series seen = known;
  exception.event.attendees = {guest("ME@example.com", true)};
  exception.event.attendees_omitted = true;
  seen.occurrences[first] = seen.occurrences[second] = exception;
  complete_guests(seen, &known);
  EXPECT_EQ(seen.occurrences[first].event.attendees.size(), 3u);
  EXPECT_EQ(seen.occurrences[second].event.attendees.size(), 2u);
  EXPECT_EQ(seen.master.attendees.size(), 2u);

  seen.occurrences[first] = exception;
  seen.occurrences[first].event.attendees_omitted = false;
  complete_guests(seen, &known);
  EXPECT_EQ(seen.occurrences[first].event.attendees.size(), 1u) << "a whole list is the truth";
}

}  // namespace
}  // namespace gcal::sync
