// What the CRM's mailer tells guests: the rows of each act, wherever its write is resolved, and
// what is left of them when they are handed over.
#include "src/engine/sync/invitations.hpp"

#include "src/engine/sync/hand_over.hpp"
#include "tests/support/fake_mailer.hpp"
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

using Kind = calendar::Mail::Kind;
using State = Invitation::State;
using support::FakeMailer;

constexpr const char* kAda = "ada@example.net";
constexpr const char* kBob = "bob@example.org";

Series meeting(std::string summary, std::vector<std::string> guests = {kAda}) {
  Series series = appointment(std::move(summary));
  for (const std::string& address : guests) series.master.attendees.push_back(guest(address));
  return series;
}

struct InvitationsTest : CycleTest {
  InvitationsTest() { remote.makes_uids = true; }

  CycleOptions options() const {
    CycleOptions options;
    options.mailer = Notify::crm;
    return options;
  }
  Result<CycleReport> pass() { return run(options()); }
  void hand_over() {
    faults.restart();
    const auto report =
        support::run_task(sync::hand_over(journal, mailer, "pair", {}, clock.now()));
    handed_over = report.has_value();
  }
  // A pass, and everything that waits reaches the guests.
  void tell() {
    ASSERT_TRUE(pass());
    hand_over();
    mailer.deliver();
  }
  // An appointment whose guests were invited; its id in the CRM is "one".
  void agree(Series series) {
    ASSERT_TRUE(pass());
    crm.user_saves("one", std::move(series));
    tell();
    ASSERT_EQ(remote.live().size(), 1u);
    seen = mailer.delivered().size();
  }
  void save(std::string summary, std::vector<std::string> guests = {kAda}) {
    Series series = in_crm();
    series.master.summary = std::move(summary);
    series.master.attendees = meeting("", std::move(guests)).master.attendees;
    crm.user_saves("one", series);
  }
  // What the guests got since agree(): "kind guest title".
  std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (std::size_t i = seen; i < mailer.delivered().size(); ++i) {
      const Invitation& row = mailer.delivered()[i];
      const char* kind = row.kind == Kind::invite   ? "invite "
                         : row.kind == Kind::update ? "update "
                                                    : "cancel ";
      const Series& shown = row.kind == Kind::cancel ? *row.before : *row.after;
      lines.push_back(kind + row.guest + " " + shown.master.summary + (row.date ? " once" : ""));
    }
    return lines;
  }
  void lose_the_answer() {
    faults.decide = [](std::size_t, std::string_view where) {
      return where == "remote.write" ? Fault::after : Fault::none;
    };
  }
  void die_after_the_write() {
    faults.decide = [](std::size_t, std::string_view where) {
      return where == "remote.write" ? Fault::crash_after : Fault::none;
    };
  }
  void all_is_well() {
    faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
    remote.get_fails = nullptr;
  }
  using Lines = std::vector<std::string>;

  FakeMailer mailer{faults};
  bool handed_over = false;
  std::size_t seen = 0;
};

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
