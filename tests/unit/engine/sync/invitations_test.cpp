// What the CRM's mailer tells guests: the rows of each act, and what is left of them when they are
// handed over.
#include "src/engine/sync/invitations.hpp"

#include "tests/unit/engine/sync/invitations_fixture.hpp"

namespace gcal::sync {
namespace {

TEST_F(InvitationsTest, EachGuestIsInformedOnceAndTheRemoteServiceMailsNoOne) {  // PD-06
  ASSERT_TRUE(pass());
  crm.user_saves("one", meeting("kick-off", {kAda, kBob}));
  tell();
  EXPECT_EQ(told(), (Lines{"invite ada@example.net kick-off", "invite bob@example.org kick-off"}));
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(told().size(), 2u);
  EXPECT_EQ(remote.mails(), 0u);
  EXPECT_FALSE(mailer.delivered().front().uid.empty());
  EXPECT_EQ(mailer.delivered().front().id.size(), 64u);
}

TEST_F(InvitationsTest, AddedGuestsAreInvitedRemovedOnesCancelledTheOthersLeftAlone) {  // PD-06
  agree(meeting("one", {kAda}));
  save("one", {kBob});
  tell();
  EXPECT_EQ(told(), (Lines{"cancel ada@example.net one", "invite bob@example.org one"}));
}

TEST_F(InvitationsTest, SeveralEditsWithinTheUndoTimeMakeOneMail) {  // PD-06
  agree(meeting("one"));
  for (const char* title : {"two", "three", "four"}) {
    save(title);
    ASSERT_TRUE(pass());
    hand_over();
  }
  mailer.deliver();
  EXPECT_EQ(told(), Lines{"update ada@example.net four"});
  EXPECT_EQ(mailer.delivered().back().before->master.summary, "one");
}

TEST_F(InvitationsTest, WhatIsUndoneReachesNoGuest) {  // PD-06
  agree(meeting("one"));
  const Series before = in_crm();
  save("two");
  ASSERT_TRUE(pass());
  hand_over();
  crm.user_saves("one", before);
  tell();
  crm.user_saves("new", meeting("a mistake"));
  ASSERT_TRUE(pass());
  hand_over();
  crm.user_deletes("new");
  tell();
  EXPECT_EQ(told(), Lines{});
  EXPECT_EQ(mailer.waiting(), 0u);
}

TEST_F(InvitationsTest, AnUndoAfterTheMailWasAttemptedReachesTheGuest) {  // PD-06
  agree(meeting("one"));
  const Series before = in_crm();
  save("two");
  tell();
  crm.user_saves("one", before);
  tell();
  EXPECT_EQ(told(), (Lines{"update ada@example.net two", "update ada@example.net one"}));
}

TEST_F(InvitationsTest, AnInvitationThatIsChangedBeforeItLeavesStaysOne) {  // PD-06
  ASSERT_TRUE(pass());
  crm.user_saves("one", meeting("one"));
  ASSERT_TRUE(pass());
  hand_over();
  save("two");
  tell();
  EXPECT_EQ(told(), Lines{"invite ada@example.net two"});
}

TEST_F(InvitationsTest, AGuestWhoIsRemovedAndAddedAgainGetsNoMail) {  // PD-06
  agree(meeting("one"));
  save("one", {});
  ASSERT_TRUE(pass());
  hand_over();
  save("one");
  tell();
  EXPECT_EQ(told(), Lines{});
}

TEST_F(InvitationsTest, ACancellationRaisesTheSequenceAndSoDoesTheNextInvitation) {  // PD-06
  agree(meeting("one", {kAda, kBob}));
  save("one", {kBob});
  tell();
  EXPECT_EQ(mailer.delivered().back().sequence, 1);
  EXPECT_EQ(in_remote().facts.sequence, 0);
  save("one", {kAda, kBob});
  tell();
  EXPECT_EQ(mailer.delivered().back().kind, Kind::invite);
  EXPECT_EQ(mailer.delivered().back().sequence, 1);
  EXPECT_GT(mailer.delivered().back().stamp, mailer.delivered()[seen].stamp);
  EXPECT_EQ(in_remote().facts.sequence, 1);  // the remote service's later mails are not older
  EXPECT_EQ(mailer.delivered().back().first_key, mailer.delivered().front().id);
}

// Google keeps SEQUENCE and UID when an event moves to another calendar. The CRM's cancellation had
// raised the SEQUENCE that the guest knows.
TEST_F(InvitationsTest, AnEventFromAnotherCalendarIsNotOlderThanWhatItsGuestKnows) {  // I-21, I-23
  agree(meeting("one", {kAda, kBob}));
  save("one", {kBob});
  tell();
  const Invitation cancelled = mailer.delivered().back();
  ASSERT_EQ(cancelled.kind, Kind::cancel);
  const Series moved = in_remote();
  ASSERT_LT(moved.facts.sequence, cancelled.sequence);

  FakeSide other_crm{Dialect::crm, faults};
  FakeSide other_remote{Dialect::google, faults};
  Pair other;
  other.id = "other";
  other.account = "another account";
  other.mode = PairMode::two_way;
  other.state = PairState::live;
  const auto pass_there = [&] {
    Cycle cycle(other_crm, other_remote, journal, clock, random, options());
    ASSERT_TRUE(support::run_task(cycle.run(other)));
    ASSERT_TRUE(support::run_task(sync::hand_over(journal, mailer, "other", {}, clock.now())));
    mailer.deliver();
    clock.advance(5min);
  };
  remote.user_deletes(remote.live().front());
  other_remote.user_saves("moved", moved);
  pass_there();
  const std::string id = other_crm.live().front();
  Series again = other_crm.objects().at(id).series;
  again.master.attendees = meeting("", {kAda, kBob}).master.attendees;
  other_crm.user_saves(id, again);
  pass_there();
  const Invitation& invited = mailer.delivered().back();
  EXPECT_EQ(invited.kind, Kind::invite);
  EXPECT_EQ(invited.guest, kAda);
  EXPECT_EQ(invited.uid, cancelled.uid);
  EXPECT_EQ(invited.sequence, cancelled.sequence);
  EXPECT_GT(invited.stamp, cancelled.stamp);
  EXPECT_EQ(other_remote.objects().at("moved").series.facts.sequence, cancelled.sequence);
}

TEST_F(InvitationsTest, WhatAnotherCalendarHasToTellIsNotJoined) {  // I-16
  agree(meeting("one"));
  save("two");
  ASSERT_TRUE(pass());
  Invitation theirs = journal.all_invitations().back();
  ASSERT_EQ(theirs.state, State::waiting);
  theirs.id = "theirs";
  theirs.pair = "other";
  WriteBatch batch;
  batch.invitations.push_back(theirs);
  ASSERT_TRUE(support::run_task(journal.commit(std::move(batch))));
  const auto report = support::run_task(sync::hand_over(journal, mailer, "other", {}, clock.now()));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->handed_over, 1u);
  const auto& rows = journal.all_invitations();
  EXPECT_EQ(rows.back().state, State::queued);
  EXPECT_EQ(rows.at(rows.size() - 2).state, State::waiting);
}

TEST_F(InvitationsTest, GoogleInvitesAgainWithTheSequenceThatTheGuestKnows) {  // I-23
  agree(meeting("one", {kAda, kBob}));
  save("one", {kBob});
  tell();
  ASSERT_EQ(mailer.delivered().back().sequence, 1);
  save("one", {kAda, kBob});
  ASSERT_TRUE(run({}));
  EXPECT_EQ(remote.mails(), 1u);
  EXPECT_EQ(in_remote().facts.sequence, 1);
}

TEST_F(InvitationsTest, AHandOverThatDiesAnywhereIsRepeatedWithTheSameKeys) {  // PD-06
  agree(meeting("one"));
  std::string title = "two";
  for (const char* place : {"mailer.submit", "journal.commit", "mailer.withdraw"})
    for (const Fault fault :
         {Fault::before, Fault::after, Fault::crash_before, Fault::crash_after}) {
      SCOPED_TRACE(std::string(place) + " " + support::name_of(fault));
      seen = mailer.delivered().size();
      for (const char* part : {" a", " b"}) {  // the second takes the first one back
        save(title + part);
        ASSERT_TRUE(pass());
        faults.decide = [&](std::size_t, std::string_view where) {
          return where == place ? fault : Fault::none;
        };
        hand_over();
        all_is_well();
        hand_over();
      }
      mailer.deliver();
      EXPECT_EQ(told(), Lines{"update ada@example.net " + title + " b"});
      title += "x";
    }
}

TEST_F(InvitationsTest, WithoutAMailerNothingIsLostAndNewActsAreTheRemoteServices) {  // PD-06
  agree(meeting("one"));
  mailer.ready = false;
  save("two");
  tell();
  EXPECT_EQ(told(), Lines{});
  EXPECT_FALSE(handed_over);
  save("three");
  ASSERT_TRUE(run({}));  // the mailer is not ready: Google mails
  EXPECT_EQ(remote.mails(), 1u);
  mailer.ready = true;
  hand_over();
  mailer.deliver();
  EXPECT_EQ(told(), Lines{"update ada@example.net two"});
}

TEST_F(InvitationsTest, AMessageThatCannotBeSentFailsAloneAndIsKept) {  // PD-06
  ASSERT_TRUE(pass());
  mailer.refuses = kAda;
  crm.user_saves("one", meeting("one", {kAda, kBob}));
  tell();
  EXPECT_EQ(told(), Lines{"invite bob@example.org one"});
  const auto& rows = journal.all_invitations();
  const auto failed = std::ranges::find(rows, State::failed, &Invitation::state);
  ASSERT_NE(failed, rows.end());
  EXPECT_EQ(failed->error, "no such address");
}

TEST_F(InvitationsTest, WhatIsOverBeforeItLeavesReachesNoGuest) {  // PD-06
  agree(meeting("one"));
  mailer.ready = false;
  save("two");
  tell();
  mailer.ready = true;
  clock.advance(std::chrono::hours{24 * 365 * 3});
  hand_over();
  mailer.deliver();
  EXPECT_EQ(told(), Lines{});
  EXPECT_EQ(journal.all_invitations().back().state, State::expired);
}

TEST_F(InvitationsTest, NoOneIsMailedWhereTheUserChoseSo) {  // PD-06
  CycleOptions nobody;
  nobody.mailer = Notify::none;
  ASSERT_TRUE(run(nobody));
  crm.user_saves("one", meeting("one"));
  ASSERT_TRUE(run(nobody));
  EXPECT_EQ(remote.live().size(), 1u);
  EXPECT_EQ(remote.mails(), 0u);
  EXPECT_TRUE(journal.all_invitations().empty());
}

TEST_F(InvitationsTest, AnotherOrganisersMeetingIsTheRemoteServices) {  // PD-06
  Series theirs = meeting("theirs", {});
  theirs.facts.organized_by_self = false;
  theirs.facts.organizer_email = "chef@example.com";
  theirs.master.attendees = {guest("me@example.com", true)};
  remote.user_saves("event1", theirs);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(pass());
  Series answered = in_crm();
  answered.master.attendees.front().partstat = calendar::PartStat::accepted;
  crm.user_saves(only_crm(), answered);
  tell();
  EXPECT_EQ(remote.mails(), 1u);
  EXPECT_EQ(told(), Lines{});
}

TEST_F(InvitationsTest, ADeletionThatMeetsAWriteOfTheEngineReachesTheGuest) {  // P-13
  agree(meeting("one"));
  Series there = in_remote();
  there.master.attendees.front().partstat = calendar::PartStat::accepted;
  remote.user_saves(remote.live().front(), there);
  bool deleted = false;
  faults.decide = [&](std::size_t, std::string_view where) {
    if (where == "crm.apply" && !std::exchange(deleted, true)) crm.user_deletes("one");
    return Fault::none;
  };
  ASSERT_TRUE(pass());
  all_is_well();
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_TRUE(remote.live().empty());
  EXPECT_EQ(told(), Lines{"cancel ada@example.net one"});
}

TEST_F(InvitationsTest, ASilentActIsWrittenAndNotMailedAndTheNextOneIs) {  // PD-06
  agree(meeting("one"));
  crm.saves_silently = true;
  save("two");
  tell();
  EXPECT_EQ(in_remote().master.summary, "two");
  EXPECT_EQ(told(), Lines{});
  crm.saves_silently = false;
  save("three");
  tell();
  EXPECT_EQ(told(), Lines{"update ada@example.net three"});
}

TEST_F(InvitationsTest, ASilentDeletionIsWrittenAndNotMailed) {  // I-19
  agree(meeting("one"));
  crm.saves_silently = true;
  crm.user_deletes("one");
  tell();
  EXPECT_TRUE(remote.live().empty());
  EXPECT_EQ(told(), Lines{});
  EXPECT_EQ(remote.mails(), 0u);
}

TEST_F(InvitationsTest, OneActCanBeMailedByGoogleAndTheNextIsTheCrms) {  // I-01, I-19
  agree(meeting("one"));
  crm.wants_google = true;
  save("two");
  tell();
  EXPECT_EQ(remote.mails(), 1u);
  EXPECT_EQ(told(), Lines{});
  crm.wants_google = false;
  save("three");
  tell();
  EXPECT_EQ(remote.mails(), 1u);
  EXPECT_EQ(told(), Lines{"update ada@example.net three"});
}

TEST_F(InvitationsTest, TheWishForGoogleOutlivesACrashBeforeTheWrite) {  // I-01, I-19
  agree(meeting("one"));
  crm.wants_google = true;
  save("two");
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::crash_before : Fault::none;
  };
  (void)pass();
  all_is_well();
  crm.wants_google = false;  // what the feed would say now must not matter
  for (int i = 0; i < 3; ++i) tell();
  EXPECT_EQ(in_remote().master.summary, "two");
  EXPECT_EQ(remote.mails(), 1u);
  EXPECT_EQ(told(), Lines{});
}

}  // namespace
}  // namespace gcal::sync
