// The cycle and deletions: when a series counts as deleted, what is deleted on the other side, and
// what is held until the user decides.
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

struct DeletionTest : CycleTest {};

TEST_F(DeletionTest, ADeletionReachesTheOtherSideAndIsFinal) {  // S-29
  import_events(2);
  crm.user_deletes(crm.live()[0]);
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.live().size(), 1u);
  remote.user_deletes(remote.live()[0]);
  ASSERT_TRUE(run());
  EXPECT_TRUE(crm.live().empty());
  remote.expire_cursors();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_TRUE(crm.live().empty());
  EXPECT_TRUE(remote.live().empty());
  EXPECT_TRUE(std::ranges::all_of(journal.history(), [](const HistoryEntry& entry) {
    return entry.what != "deleted" || entry.copy;
  })) << "a deletion without a copy cannot be undone";
}

TEST_F(DeletionTest, AnEditOutweighsADeletion) {  // P-22
  import_events(1);
  Series here = in_crm();
  here.master.summary = "still wanted";
  crm.user_saves(only_crm(), here);
  remote.user_deletes("event0");
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  ASSERT_EQ(remote.live().size(), 1u);
  EXPECT_EQ(in_remote().master.summary, "still wanted");
  EXPECT_EQ(crm.live().size(), 1u);
  EXPECT_EQ(remote.mails(), 0u);
}

TEST_F(DeletionTest, AChangedReminderDoesNotOutweighADeletion) {  // P-22
  import_events(1);
  Series here = in_crm();
  here.master.reminders = std::vector{calendar::Reminder{"popup", 10}};
  crm.user_saves(only_crm(), here);
  remote.user_deletes("event0");
  ASSERT_TRUE(run());
  EXPECT_TRUE(crm.live().empty());
}

// What arrived of the write is no edit of the remote side, also when it cannot be asked for at
// once.
TEST_F(DeletionTest, ADeletionAfterAWriteWithALostAnswerIsFinal) {  // P-22
  import_events(1);
  Series here = in_crm();
  here.master.description = "mine";
  crm.user_saves(only_crm(), here);
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::crash_after : Fault::none;
  };
  (void)run();
  crm.user_deletes(only_crm());
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "side.get" ? Fault::before : Fault::none;
  };
  (void)run();
  EXPECT_TRUE(crm.live().empty());
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  ASSERT_TRUE(run());
  EXPECT_TRUE(crm.live().empty());
  EXPECT_TRUE(remote.live().empty());
}

// The start of the series moved after one of its dates was cancelled: one side keeps the cancelled
// date, which no longer exists, and the other does not.
TEST_F(DeletionTest, ACancelledDateThatNoLongerExistsIsNoEdit) {
  Series series = appointment("weekly");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=5"};
  remote.user_saves("event0", series);
  ASSERT_TRUE(run());
  Series moved = in_crm();
  const auto date =
      std::get<calendar::ZonedTime>(moved.master.start).instant + std::chrono::weeks{2};
  moved.occurrences[calendar::OriginalStart{false, date}].cancelled = true;
  std::get<calendar::ZonedTime>(moved.master.start).instant += 15min;
  std::get<calendar::ZonedTime>(moved.master.end).instant += 15min;
  crm.user_saves(only_crm(), moved);
  ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.start, moved.master.start);
  EXPECT_EQ(run()->writes(), 0u);
  remote.user_saves("event0", in_remote());  // an edit that changes nothing
  crm.user_deletes(only_crm());
  ASSERT_TRUE(run());
  EXPECT_TRUE(remote.live().empty());
  EXPECT_TRUE(crm.live().empty());
}

TEST_F(DeletionTest, CopiesOfADeletedCalendarRemain) {  // S-30
  import_events(15);
  remote.remove_calendar();
  const std::size_t writes = crm.writes();
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->calendar_gone);
  EXPECT_EQ(last.state, PairState::gone);
  EXPECT_EQ(crm.live().size(), 15u);
  EXPECT_EQ(crm.writes(), writes);
}

// The calendar vanishes between the listing and a write, which is then answered with 404.
TEST_F(DeletionTest, CopiesRemainIfTheCalendarVanishesDuringAWrite) {  // S-30
  import_events(3);
  Series here = in_crm();
  here.master.summary = "edited";
  crm.user_saves(only_crm(), here);
  faults.decide = [&](std::size_t, std::string_view where) {
    if (where == "remote.write") remote.remove_calendar();
    return Fault::none;
  };
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->calendar_gone);
  EXPECT_EQ(crm.live().size(), 3u);
}

// Google reports the events of a deleted calendar as cancelled before the calendar itself is known
// to be gone; the process may die in between.
TEST_F(DeletionTest, CancellationsOfADeletedCalendarAreIgnoredDespiteCrashes) {  // S-30
  for (std::size_t point = 0;; ++point) {
    World world;
    world.import_events(12);
    for (int i = 0; i < 12; ++i) world.remote.user_deletes("event" + std::to_string(i));
    world.remote.answers_exists = false;
    const std::size_t before = world.faults.points();
    bool met = false;
    world.faults.decide = [&](std::size_t at, std::string_view) {
      const bool now = at == before + point;
      met |= now;
      return now ? Fault::crash_after : Fault::none;
    };
    (void)world.run();
    (void)world.run();
    ASSERT_EQ(world.crm.live().size(), 12u) << "crash at point " << point;
    if (!met) break;
  }
}

TEST_F(DeletionTest, AClearedCalendarIsClearedInTheCrmWithCopiesToRestore) {  // S-32, PD-01
  import_events(40);
  crm.user_saves("draft", appointment("not sent yet", 500));
  for (int i = 0; i < 40; ++i) remote.user_deletes("event" + std::to_string(i));
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->erased.crm, 40u);
  EXPECT_EQ(report->held, 0u);
  EXPECT_EQ(crm.live(), std::vector<std::string>{"draft"});
  std::size_t copies = 0;
  for (const HistoryEntry& entry : journal.history())
    copies += entry.what == "deleted" && entry.copy;
  EXPECT_EQ(copies, 40u);
}

void delete_without_tombstones(World& world, int count) {
  for (int i = 0; i < count; ++i) world.remote.user_deletes("event" + std::to_string(i));
  world.remote.expire_cursors();  // the next read is a listing, without tombstones
  world.remote.forgets_tombstones = true;
}

TEST_F(DeletionTest, ManyMissingAppointmentsAreHeldUntilTheUserDecides) {  // P-21
  import_events(60);
  delete_without_tombstones(*this, 25);
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->held, 25u);
  EXPECT_EQ(crm.live().size(), 60u);
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 60u);

  std::vector<Link> links;
  for (const auto& [id, link] : journal.links())
    if (!link.held_reason.empty()) links.push_back(link);
  ASSERT_TRUE(support::run_task(resolve_held_deletions(journal, links, HeldDecision::remove)));
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 35u);
  EXPECT_EQ(held(kHeldInferred), 0u);
}

TEST_F(DeletionTest, HeldDeletionsEndWhenTheAppointmentsAreThereAgain) {  // P-21
  import_events(60);
  delete_without_tombstones(*this, 25);
  ASSERT_TRUE(run());
  ASSERT_EQ(held(kHeldInferred), 25u);
  for (int i = 0; i < 25; ++i)
    remote.user_saves("event" + std::to_string(i), appointment("meeting " + std::to_string(i), i));
  remote.expire_cursors();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(held(kHeldInferred), 0u);
  EXPECT_EQ(crm.live().size(), 60u);
  EXPECT_EQ(remote.live().size(), 60u);
}

TEST_F(DeletionTest, AHeldDeletionEndsWhenTheUserDeletesTheCopy) {  // P-21
  import_events(60);
  delete_without_tombstones(*this, 25);
  ASSERT_TRUE(run());
  const std::vector<std::string> copies = crm.live();
  for (const std::string& id : copies) crm.user_deletes(id);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(held(kHeldInferred), 0u);
  EXPECT_TRUE(remote.live().empty());
  EXPECT_TRUE(journal.links().empty());
}

TEST_F(DeletionTest, HeldDeletionsThatTheUserKeepsStayInTheCrm) {  // P-21
  import_events(60);
  delete_without_tombstones(*this, 25);
  ASSERT_TRUE(run());
  std::vector<Link> links;
  for (const auto& [id, link] : journal.links())
    if (!link.held_reason.empty()) links.push_back(link);
  ASSERT_TRUE(support::run_task(resolve_held_deletions(journal, links, HeldDecision::keep)));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 60u);
}

TEST_F(DeletionTest, ACrashBetweenListingAndGuardDeletesNothing) {  // P-21
  for (const Fault fault : {Fault::crash_before, Fault::crash_after})
    for (std::size_t point = 0;; ++point) {
      World world;
      world.import_events(60);
      delete_without_tombstones(world, 25);
      const std::size_t before = world.faults.points();
      bool met = false;
      world.faults.decide = [&](std::size_t at, std::string_view) {
        const bool now = at == before + point;
        met |= now;
        return now ? fault : Fault::none;
      };
      (void)world.run();
      world.faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
      ASSERT_TRUE(world.run());
      ASSERT_EQ(world.crm.live().size(), 60u) << "crash at point " << point;
      if (!met) break;
    }
}

TEST_F(DeletionTest, AfterAnExpiredCursorFewMissingOnesGoAndUnsentEditsStay) {  // P-17
  import_events(60);
  delete_without_tombstones(*this, 3);
  const std::string edited = crm.live().back();
  Series here = crm.objects().at(edited).series;
  here.master.description = "unsent";
  crm.user_saves(edited, here);
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 57u);
  EXPECT_EQ(crm.objects().at(edited).series.master.description, "unsent");
}

TEST_F(DeletionTest, AnIncompleteListingDeletesNothing) {  // P-05
  import_events(30);
  remote.expire_cursors();
  std::size_t pages = 0;
  faults.decide = [&](std::size_t, std::string_view where) {
    return where == "side.changes" && ++pages == 4 ? Fault::before : Fault::none;
  };
  EXPECT_FALSE(run());
  EXPECT_EQ(crm.live().size(), 30u);
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 30u);
}

}  // namespace
}  // namespace gcal::sync
