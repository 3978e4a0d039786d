// What the CRM's mailer tells guests of writes whose answer was lost, that were refused half way or
// took several requests.
#include "tests/unit/engine/sync/invitations_fixture.hpp"

namespace gcal::sync {
namespace {

TEST_F(InvitationsTest, AWriteWhoseAnswerIsLostReachesTheGuest) {  // PD-06
  agree(meeting("one"));
  save("two");
  die_after_the_write();
  (void)pass();
  all_is_well();
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(in_remote().master.summary, "two");
  EXPECT_EQ(told(), Lines{"update ada@example.net two"});
}

TEST_F(InvitationsTest, AWriteThatDidNotArriveIsPlannedAgainAndMailedOnce) {  // PD-06
  agree(meeting("one"));
  save("two");
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::crash_before : Fault::none;
  };
  (void)pass();
  all_is_well();
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(told(), Lines{"update ada@example.net two"});
}

TEST_F(InvitationsTest, ALostCreationReachesTheGuest) {  // PD-06
  ASSERT_TRUE(pass());
  crm.user_saves("one", meeting("one"));
  die_after_the_write();
  (void)pass();
  all_is_well();
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(told(), Lines{"invite ada@example.net one"});
}

TEST_F(InvitationsTest, ALostDeletionReachesTheGuest) {  // PD-06
  agree(meeting("one"));
  crm.user_deletes("one");
  die_after_the_write();
  (void)pass();
  all_is_well();
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_TRUE(remote.live().empty());
  EXPECT_EQ(told(), Lines{"cancel ada@example.net one"});
}

// The remote calendar is listed before the intent can be resolved: both sides are seen alike, and
// nothing is left to plan.
TEST_F(InvitationsTest, ALostWriteThatAListingBringsReachesTheGuest) {  // PD-06
  agree(meeting("one"));
  save("two");
  lose_the_answer();
  (void)pass();
  all_is_well();
  remote.expire_cursors();
  remote.get_fails = [](const std::string&) { return Error{Code::unavailable, "busy", {}}; };
  (void)pass();
  all_is_well();
  clock.advance(25h);
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(told(), Lines{"update ada@example.net two"});
}

TEST_F(InvitationsTest, ALostDeletionThatAListingBringsReachesTheGuest) {  // PD-06
  agree(meeting("one"));
  crm.user_deletes("one");
  lose_the_answer();
  (void)pass();
  all_is_well();
  remote.expire_cursors();
  remote.get_fails = [](const std::string&) { return Error{Code::unavailable, "busy", {}}; };
  (void)pass();
  all_is_well();
  clock.advance(25h);
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(told(), Lines{"cancel ada@example.net one"});
}

TEST_F(InvitationsTest, NothingIsSaidOfALostWriteThatNoLongerHolds) {  // PD-06
  agree(meeting("one"));
  save("two");
  die_after_the_write();
  (void)pass();
  all_is_well();
  Series there = in_remote();
  there.master.summary = "theirs";
  remote.user_saves(remote.live().front(), there);
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(told(), Lines{});
}

// The feed reports the deletion before the intent can be resolved: the link is gone by then.
TEST_F(InvitationsTest, ALostDeletionThatTheFeedReportsReachesTheGuest) {  // PD-06
  agree(meeting("one"));
  crm.user_deletes("one");
  lose_the_answer();
  (void)pass();
  all_is_well();
  remote.get_fails = [](const std::string&) { return Error{Code::unavailable, "busy", {}}; };
  (void)pass();
  EXPECT_TRUE(journal.links().empty());
  all_is_well();
  clock.advance(25h);
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(told(), Lines{"cancel ada@example.net one"});
}

TEST_F(InvitationsTest, OnlyWhatStillHoldsIsSaidOfALostWrite) {  // PD-06
  agree(meeting("one"));
  Series changed = in_crm();
  changed.master.summary = "two";
  changed.master.location = "room 2";
  crm.user_saves("one", changed);
  die_after_the_write();
  (void)pass();
  all_is_well();
  Series there = in_remote();
  there.master.summary = "theirs";
  remote.user_saves(remote.live().front(), there);
  for (int i = 0; i < 3; ++i) tell();
  ASSERT_EQ(told(), Lines{"update ada@example.net theirs"});  // as it is at the remote side
  EXPECT_EQ(mailer.delivered().back().after->master.location, "room 2");
}

TEST_F(InvitationsTest, ASeriesThatIsWrittenInStepsMakesOneMail) {  // PD-06
  remote.writes_in_steps = true;
  Series series = meeting("weekly");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=6"};
  agree(series);
  series = in_crm();
  series.master.summary = "weekly, new";
  for (int week : {1, 2}) {
    calendar::OriginalStart start = calendar::OriginalStart::of(series.master.start);
    start.instant += std::chrono::weeks{week};
    series.occurrences[start].cancelled = true;
  }
  crm.user_saves("one", series);
  std::size_t requests = 0;
  faults.decide = [&](std::size_t, std::string_view where) {
    if (where != "remote.write") return Fault::none;
    return ++requests == 2 ? Fault::crash_after : Fault::none;
  };
  (void)pass();
  all_is_well();
  hand_over();
  mailer.deliver();
  EXPECT_EQ(told(), Lines{});  // the rest belongs into the same message
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(told(), Lines{"update ada@example.net weekly, new"});
  EXPECT_EQ(mailer.delivered().back().after->occurrences.size(), 2u);
}

// The remote side was edited too, so that the write merges both. The retry reads nothing before it.
TEST_F(InvitationsTest, AWriteThatIsRefusedHalfWayIsSaidInTwoPartsAndNoneTwice) {  // I-01, P-13
  remote.writes_in_steps = true;
  Series series = meeting("weekly");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=6"};
  agree(series);
  Series there = in_remote();
  there.master.color = "4";
  remote.user_saves(remote.live().front(), there);
  series = in_crm();
  series.master.summary = "weekly, new";
  calendar::OriginalStart start = calendar::OriginalStart::of(series.master.start);
  start.instant += std::chrono::weeks{1};
  series.occurrences[start].cancelled = true;
  crm.user_saves("one", series);
  remote.write_fails = [](const Operation& operation) {
    return operation.steps == 1 ? std::optional(Error{Code::denied, "not this date", {}})
                                : std::nullopt;
  };
  tell();
  EXPECT_EQ(told(), Lines{"update ada@example.net weekly, new"});
  EXPECT_EQ(held(kHeldDenied), 1u);
  remote.write_fails = nullptr;
  CycleOptions again = options();
  again.read_remote = false;
  again.try_held_again = true;
  ASSERT_TRUE(run(again));
  hand_over();
  mailer.deliver();
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(told(), (Lines{"update ada@example.net weekly, new",
                           "cancel ada@example.net weekly, new once"}));
  EXPECT_EQ(remote.mails(), 0u);
}

}  // namespace
}  // namespace gcal::sync
