// The cycle over two calendars in memory: creation, changes, conflicts, mails, matching, and what
// cannot be written or read. Deletions are in deletion_test.cpp.
#include "src/engine/calendar/series_move.hpp"
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

TEST_F(CycleTest, AllPagesOfAListingAreImported) {  // S-20
  import_events(100);
}

TEST_F(CycleTest, AnAppointmentIsCreatedOnceOnTheOtherSide) {  // S-26
  crm.user_saves("mine", appointment("from crm"));
  remote.user_saves("theirs", appointment("from google", 5));
  ASSERT_TRUE(run());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 2u);
  EXPECT_EQ(remote.live().size(), 2u);
}

TEST_F(CycleTest, EqualSidesCauseNoWrites) {  // S-28
  import_events(20);
  const std::size_t writes = crm.writes() + remote.writes();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.writes() + remote.writes(), writes);
}

TEST_F(CycleTest, ChangesOfDifferentFieldsAreMerged) {  // S-27
  import_events(1);
  Series here = in_crm();
  here.master.summary = "renamed here";
  crm.user_saves(only_crm(), here);
  Series there = in_remote();
  there.master.location = "moved there";
  remote.user_saves("event0", there);
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.summary, "renamed here");
  EXPECT_EQ(in_crm().master.location, "moved there");
  EXPECT_EQ(in_remote().master.summary, "renamed here");
}

TEST_F(CycleTest, InAConflictTheRemoteValueWinsAndTheCrmsIsKeptInTheHistory) {  // S-28, PD-08
  import_events(1);
  Series here = in_crm();
  here.master.summary = "here";
  crm.user_saves(only_crm(), here);
  Series there = in_remote();
  there.master.summary = "there";
  remote.user_saves("event0", there);
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->conflicts, 1u);
  EXPECT_EQ(in_crm().master.summary, "there");
  ASSERT_TRUE(has_history("conflict"));
  EXPECT_EQ(
      std::ranges::find(journal.history(), "conflict", &HistoryEntry::what)->copy->master.summary,
      "here");
}

TEST_F(CycleTest, ARefusedAppointmentIsQuarantinedAndTheOthersContinue) {  // P-06
  remote.refuses = "bad";
  crm.user_saves("bad", appointment("bad"));
  crm.user_saves("good", appointment("good", 3));
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->quarantined, 1u);
  EXPECT_EQ(remote.live().size(), 1u);
  EXPECT_EQ(held(kHeldInvalid), 1u);
  ASSERT_TRUE(run());
  // After an edit it is tried again.
  crm.user_saves("bad", appointment("better"));
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.live().size(), 2u);
  EXPECT_EQ(held(kHeldInvalid), 0u);
}

TEST_F(CycleTest, AnUnreadableAppointmentIsHeldAndNotDeleted) {  // P-06
  import_events(5);
  remote.unreadable = "event2";
  remote.expire_cursors();
  const auto report = run();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(crm.live().size(), 5u);
  EXPECT_EQ(held(kHeldUnreadable), 1u);
  remote.unreadable.clear();
  remote.expire_cursors();
  ASSERT_TRUE(run());
  EXPECT_EQ(held(kHeldUnreadable), 0u);
  EXPECT_EQ(crm.live().size(), 5u);
}

TEST_F(CycleTest, TheInitialSyncSendsNoMail) {  // P-13
  Series meeting = appointment("with guests");
  meeting.master.attendees = {guest("a@example.com")};
  crm.user_saves("old", meeting);
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.live().size(), 1u);
  EXPECT_EQ(remote.mails(), 0u);
}

TEST_F(CycleTest, OnlyAUsersActInTheCrmSendsMailAndOnlyOnce) {  // P-13
  ASSERT_TRUE(run());                                           // the initial sync
  Series meeting = appointment("with guests");
  meeting.master.attendees = {guest("a@example.com")};
  crm.user_saves("new", meeting);
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.mails(), 1u);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(remote.mails(), 1u);
  Series there = in_remote();
  there.master.summary = "renamed at the remote side";
  remote.user_saves(remote.live().front(), there);
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.mails(), 1u);
  Series past = appointment("long ago");
  past.master.start = calendar::ZonedTime{std::chrono::sys_seconds{1'000'000'000s}, "UTC"};
  past.master.end = calendar::ZonedTime{std::chrono::sys_seconds{1'000'003'600s}, "UTC"};
  past.master.attendees = {guest("a@example.com")};
  crm.user_saves("past", past);
  crm.user_saves("alone", appointment("without guests", 9));
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.mails(), 1u);
}

// The remote side keeps the beginning of a long text. That is no edit of its user, also when the
// answer to the write was lost.
TEST_F(CycleTest, ATextThatTheRemoteSideCutStaysWholeAfterALostAnswer) {  // P-22
  import_events(1);
  Series here = in_crm();
  here.master.description = "The first words, and then " + std::string(60, 'x');
  crm.user_saves(only_crm(), here);
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::crash_after : Fault::none;
  };
  (void)run();
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.description, here.master.description);
  EXPECT_LT(in_remote().master.description.size(), here.master.description.size());
}

// The title arrived, and its answer was lost. The read that would show so fails, and the user takes
// the title back: that is an edit of what the remote side holds.
TEST_F(CycleTest, AnEditTakenBackBeforeALostAnswerIsKnownHolds) {  // P-22
  import_events(1);
  Series here = in_crm();
  const std::string title = std::exchange(here.master.summary, "renamed");
  crm.user_saves(only_crm(), here);
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::crash_after : Fault::none;
  };
  (void)run();
  ASSERT_EQ(in_remote().master.summary, "renamed");
  here.master.summary = title;
  crm.user_saves(only_crm(), here);
  bool failed = false;
  faults.decide = [&](std::size_t, std::string_view where) {
    return where == "side.get" && !std::exchange(failed, true) ? Fault::before : Fault::none;
  };
  (void)run();
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  for (int i = 0; i < 3; ++i) {
    clock.advance(25h);
    ASSERT_TRUE(run());
  }
  EXPECT_EQ(in_crm().master.summary, title);
  EXPECT_EQ(in_remote().master.summary, title);
}

// The CRM's user moves a single appointment that Google's user makes a series, and moves it again
// while the run writes the first move: the second one is no conflict with Google's rule.
TEST_F(CycleTest, ASecondMoveBesideTheRuleOfTheOtherSideHolds) {  // P-22
  import_events(1);
  const auto move_in_crm = [&](std::chrono::hours by) {
    Series moved = in_crm();
    for (calendar::EventTime* const time : {&moved.master.start, &moved.master.end})
      std::get<calendar::ZonedTime>(*time).instant += by;
    crm.user_saves(only_crm(), moved);
    return moved.master.start;
  };
  move_in_crm(2h);
  Series there = in_remote();
  there.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=10"};
  remote.user_saves(remote.live().front(), there);
  calendar::EventTime start;
  faults.decide = [&, moved = false](std::size_t, std::string_view where) mutable {
    if (where == "crm.apply" && !std::exchange(moved, true)) start = move_in_crm(3h);
    return Fault::none;
  };
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  for (const Series* series : {&in_crm(), &in_remote()}) {
    EXPECT_TRUE(series->master.start == start);
    EXPECT_EQ(series->recurrence, there.recurrence);
  }
  EXPECT_FALSE(has_history("conflict"));
}

// The series is moved in the CRM, and the remote side refuses that. The CRM gets the title
// that one date has at Google: it is agreed although the rules differ. That Google's user cancels
// the date then is an edit of that user alone.
TEST_F(CycleTest, ADateThatIsCancelledWhileItsSeriesWaitsStaysCancelled) {  // P-22
  Series weekly = appointment("weekly");
  weekly.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=6"};
  remote.user_saves("series", weekly);
  ASSERT_TRUE(run());
  Series there = in_remote();
  calendar::OriginalStart date = calendar::OriginalStart::of(there.master.start);
  date.instant += std::chrono::weeks{2};
  there.occurrences[date].event = calendar::occurrence_by_rule(there.master, date);
  there.occurrences[date].event.summary = "once";
  remote.user_saves("series", there);
  Series here = in_crm();
  for (calendar::EventTime* const time : {&here.master.start, &here.master.end})
    std::get<calendar::ZonedTime>(*time).instant += 1h;
  crm.user_saves(only_crm(), here);
  remote.may_write = false;
  CycleOptions read_only;
  read_only.remote_writable = false;
  ASSERT_TRUE(run(read_only));
  calendar::OriginalStart moved = date;
  moved.instant += 1h;
  ASSERT_EQ(in_crm().occurrences.at(moved).event.summary, "once");
  there = in_remote();
  there.occurrences[date] = calendar::Occurrence{true, {}};
  remote.user_saves("series", there);
  remote.may_write = true;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  for (const Series* series : {&in_crm(), &in_remote()}) {
    EXPECT_TRUE(series->master.start == here.master.start);
    ASSERT_TRUE(series->occurrences.contains(moved));
    EXPECT_TRUE(series->occurrences.at(moved).cancelled);
  }
}

// Google is sent the rule in one request and the changed date in another. After the first one the
// CRM does not have Google's move yet, so that it is still news for it.
TEST_F(CycleTest, AMoveAndAnotherRuleHoldBothInSeveralRequests) {  // P-22
  import_events(1);
  remote.writes_in_steps = true;
  Series here = in_crm();
  here.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=10"};
  calendar::OriginalStart date = calendar::OriginalStart::of(here.master.start);
  date.instant += std::chrono::weeks{6};
  here.occurrences[date].event = calendar::occurrence_by_rule(here.master, date);
  here.occurrences[date].event.summary = "once";
  crm.user_saves(only_crm(), here);
  Series there = in_remote();
  for (calendar::EventTime* const time : {&there.master.start, &there.master.end})
    std::get<calendar::ZonedTime>(*time).instant += 2h;
  remote.user_saves(remote.live().front(), there);
  date.instant += 2h;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  for (const Series* series : {&in_crm(), &in_remote()}) {
    EXPECT_TRUE(series->master.start == there.master.start);
    EXPECT_EQ(series->recurrence, here.recurrence);
    ASSERT_TRUE(series->occurrences.contains(date));
    EXPECT_EQ(series->occurrences.at(date).event.summary, "once");
  }
}

TEST_F(CycleTest, LostLinksCauseNoDuplicates) {  // P-04
  import_events(20);
  World again;
  for (const std::string& id : crm.live()) again.crm.user_saves(id, crm.objects().at(id).series);
  for (const std::string& id : remote.live())
    again.remote.user_saves(id, remote.objects().at(id).series);
  ASSERT_TRUE(again.run());
  ASSERT_TRUE(again.run());
  EXPECT_EQ(again.crm.live().size(), 20u);
  EXPECT_EQ(again.remote.live().size(), 20u);
  EXPECT_EQ(again.remote.writes(), 0u);
}

TEST_F(CycleTest, OccurrencesWithOneUidAreMatchedOneByOne) {  // P-01
  for (int i = 0; i < 4; ++i) {
    Series one = appointment("invited", i * 24);
    one.facts.ical_uid = "meeting@example.com";
    remote.user_saves("instance" + std::to_string(i), one);
    if (i != 1) crm.user_saves("copy" + std::to_string(i), one);  // one was lost
  }
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 4u);
  for (int i : {0, 2, 3})
    EXPECT_EQ(crm.objects().at("copy" + std::to_string(i)).series.master.start,
              appointment("", i * 24).master.start)
        << i;
}

TEST_F(CycleTest, ACopiedMarkMakesNoLink) {  // P-03
  crm.user_saves("mine", appointment("mine"));
  ASSERT_TRUE(run());
  Series copy = in_remote();  // a split or a duplicate contains our private property too
  std::get<calendar::ZonedTime>(copy.master.start).instant += 24h;
  std::get<calendar::ZonedTime>(copy.master.end).instant += 24h;
  remote.user_saves("thecopy", copy);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.live().size(), 2u);
  EXPECT_EQ(remote.live().size(), 2u);
}

TEST_F(CycleTest, AViewOnlyPairRevertsCrmEditsAndNeverWritesToTheRemote) {  // S-17
  pair.mode = PairMode::view_only;
  import_events(3);
  Series here = in_crm();
  here.master.summary = "slipped in";
  crm.user_saves(only_crm(), here);
  crm.user_saves("local", appointment("local", 77));
  crm.user_deletes(crm.live().back() == "local" ? crm.live()[1] : crm.live().back());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(remote.writes(), 0u);
  EXPECT_EQ(crm.live().size(), 4u);
  EXPECT_TRUE(std::ranges::none_of(crm.live(), [&](const std::string& id) {
    return crm.objects().at(id).series.master.summary == "slipped in";
  }));
  EXPECT_TRUE(has_history("conflict"));
}

TEST_F(CycleTest, OfAForeignMeetingOnlyTheOwnAnswerIsWritten) {  // P-13
  Series meeting = appointment("their meeting");
  meeting.facts.organized_by_self = false;
  meeting.master.attendees = {guest("me@example.com", true), guest("other@example.com")};
  remote.user_saves("event0", meeting);
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  Series here = in_crm();
  here.master.summary = "my title";
  here.master.attendees[0].partstat = calendar::PartStat::accepted;
  here.master.attendees[1].partstat = calendar::PartStat::declined;
  crm.user_saves(only_crm(), here);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.summary, "their meeting");
  EXPECT_EQ(in_remote().master.attendees[0].partstat, calendar::PartStat::accepted);
  EXPECT_EQ(in_remote().master.attendees[1].partstat, calendar::PartStat::needs_action);
  EXPECT_EQ(in_crm().master.summary, "their meeting");
  EXPECT_TRUE(has_history("conflict"));
}

TEST_F(CycleTest, AForeignMeetingOnlyInTheCrmIsHeldAndNotCreated) {  // P-13
  ASSERT_TRUE(run());
  Series meeting = appointment("their meeting");
  meeting.facts.organized_by_self = false;
  meeting.master.attendees = {guest("other@example.com")};
  crm.user_saves("copy", meeting);
  const auto report = run();
  ASSERT_TRUE(report);
  EXPECT_TRUE(remote.live().empty());
  EXPECT_EQ(remote.mails(), 0u);
  EXPECT_EQ(held(kHeldForeign), 1u);
}

TEST_F(CycleTest, AHeldForeignMeetingThatTheUserDeletesIsNoLongerHeld) {  // P-13
  for (const bool listed : {false, true}) {
    ASSERT_TRUE(run());
    Series meeting = appointment("their meeting");
    meeting.facts.organized_by_self = false;
    meeting.master.attendees = {guest("other@example.com")};
    crm.user_saves("copy", meeting);
    ASSERT_TRUE(run());
    ASSERT_EQ(held(kHeldForeign), 1u);
    crm.forgets_tombstones = listed;
    crm.user_deletes("copy");
    if (listed) crm.expire_cursors();
    ASSERT_TRUE(run());
    EXPECT_EQ(held(kHeldForeign), 0u) << listed;
    EXPECT_TRUE(journal.links().empty()) << listed;
  }
}

TEST_F(CycleTest, TheUidOfACreatedEventReachesTheCrm) {  // S-22
  remote.makes_uids = true;
  crm.user_saves("mine", appointment("mine"));
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().facts.ical_uid, remote.live().front() + "@google.com");
  const std::size_t writes = crm.writes() + remote.writes();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(crm.writes() + remote.writes(), writes);
}

TEST_F(CycleTest, ATextCutByTheRemoteStaysWholeInTheCrm) {  // P-25
  Series long_text = appointment("long");
  long_text.master.description = std::string(100, 'x');
  crm.user_saves("long", long_text);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.description.size(), 24u);
  EXPECT_EQ(in_crm().master.description.size(), 100u);
  Series here = in_crm();
  here.master.summary = "still long";
  crm.user_saves("long", here);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.description.size(), 100u);
  EXPECT_EQ(in_remote().master.summary, "still long");
}

TEST_F(CycleTest, AnExceptionMissingFromAListingIsRemoved) {  // P-08
  Series series = appointment("weekly");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=5"};
  calendar::Occurrence moved;
  moved.event = series.master;
  moved.event.summary = "once";
  const calendar::OriginalStart second{
      false, std::get<calendar::ZonedTime>(series.master.start).instant + std::chrono::weeks{1}};
  series.occurrences[second] = moved;
  remote.user_saves("event0", series);
  ASSERT_TRUE(run());
  ASSERT_EQ(in_crm().occurrences.size(), 1u);
  series.occurrences.clear();
  remote.user_saves("event0", series);
  remote.expire_cursors();
  ASSERT_TRUE(run());
  EXPECT_TRUE(in_crm().occurrences.empty());
}

}  // namespace
}  // namespace gcal::sync
