// Which writes let the remote service mail guests: only acts of a user in the CRM, each once.
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

Series with_guests(std::string summary, std::size_t count = 1, int hour = 0) {
  Series series = appointment(std::move(summary), hour);
  for (std::size_t i = 0; i < count; ++i)
    series.master.attendees.push_back(guest("g" + std::to_string(i) + "@example.com"));
  return series;
}

calendar::OriginalStart date(const Series& series, int week) {
  calendar::OriginalStart start = calendar::OriginalStart::of(series.master.start);
  start.instant += std::chrono::weeks{week};
  return start;
}

struct MailsTest : CycleTest {
  // An appointment on both sides, whose guests were mailed; its id in the CRM is "one".
  void agree(Series series) {
    ASSERT_TRUE(run());
    crm.user_saves("one", std::move(series));
    ASSERT_TRUE(run());
    ASSERT_TRUE(run());
    ASSERT_EQ(remote.live().size(), 1u);
    mails_before = remote.mails();
  }
  void rename(std::string summary) {
    Series renamed = crm.objects().at(only_crm()).series;
    renamed.master.summary = std::move(summary);
    crm.user_saves(only_crm(), renamed);
  }
  std::size_t mails() const { return remote.mails() - mails_before; }

  std::size_t mails_before = 0;
};

TEST_F(MailsTest, AnActDuringAFailingFirstSyncIsMailedAndWhatExistedIsNot) {  // P-13
  crm.user_saves("old", with_guests("existed"));
  remote.write_fails = [](const Operation&) { return Error{Code::unavailable, "busy", {}}; };
  (void)run();
  crm.user_saves("new", with_guests("an act", 1, 5));
  (void)run();
  Series edited = with_guests("existed and edited");
  crm.user_saves("old", edited);  // it was never at the remote side: still no invitation
  (void)run();
  remote.write_fails = nullptr;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(remote.live().size(), 2u);
  EXPECT_EQ(remote.mails(), 1u);
  rename("now it is known");
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.mails(), 2u);
}

TEST_F(MailsTest, WhatTheCallerMovedIntoTheCalendarIsNotMailed) {  // P-13
  agree(with_guests("known"));
  crm.user_saves("moved", with_guests("moved here", 1, 5));
  Cycle cycle(crm, remote, journal, clock, random, {});
  Pair current = last;
  ASSERT_TRUE(support::run_task(cycle.take_in(current, CountAs::existing)));
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.live().size(), 2u);
  EXPECT_EQ(mails(), 0u);
}

TEST_F(MailsTest, ADeletionByAbsenceIsNotMailed) {  // P-13, P-21
  agree(with_guests("gone with a backup"));
  crm.user_deletes("one");
  crm.expire_cursors();  // it is missing from a listing
  crm.forgets_tombstones = true;
  ASSERT_TRUE(run());
  EXPECT_TRUE(remote.live().empty());
  EXPECT_EQ(mails(), 0u);
}

TEST_F(MailsTest, ADeletionByTheUserIsMailed) {  // P-13
  agree(with_guests("cancelled"));
  crm.user_deletes("one");
  ASSERT_TRUE(run());
  EXPECT_TRUE(remote.live().empty());
  EXPECT_EQ(mails(), 1u);
}

TEST_F(MailsTest, TheGuestOfASingleOccurrenceIsMailed) {  // P-13
  Series series = appointment("weekly");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=4"};
  agree(series);
  calendar::Occurrence once;
  once.event = appointment("weekly", 24 * 7).master;
  once.event.attendees = {guest("g@example.com")};
  series.occurrences[date(series, 1)] = once;
  crm.user_saves("one", series);
  ASSERT_TRUE(run());
  EXPECT_EQ(mails(), 1u);
}

TEST_F(MailsTest, FieldsThatGuestsDoNotSeeAreNotMailed) {  // P-13
  agree(with_guests("one"));
  Series changed = in_crm();
  changed.master.color = "4";
  crm.user_saves("one", changed);
  ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.color, "4");
  EXPECT_EQ(mails(), 0u);
}

TEST_F(MailsTest, AMoveIntoThePastIsMailedAndAnEditOfThePastIsNot) {  // P-13
  agree(with_guests("one"));
  Series moved = in_crm();
  moved.master.start = calendar::ZonedTime{std::chrono::sys_seconds{1'000'000'000s}, "UTC"};
  moved.master.end = calendar::ZonedTime{std::chrono::sys_seconds{1'000'003'600s}, "UTC"};
  crm.user_saves("one", moved);
  ASSERT_TRUE(run());
  EXPECT_EQ(mails(), 1u);
  rename("minutes");
  ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.summary, "minutes");
  EXPECT_EQ(mails(), 1u);
}

TEST_F(MailsTest, ARepetitionOfALostWriteIsNotMailedAgain) {  // P-13
  agree(with_guests("one"));
  rename("two");
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::after : Fault::none;
  };
  (void)run();
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(in_remote().master.summary, "two");
  EXPECT_EQ(mails(), 1u);
}

// The guest whom the remote side's user invited was sent along, and is still news for the CRM.
TEST_F(MailsTest, AGuestOfEachSideSurvivesAWriteWithALostAnswer) {  // P-22
  agree(with_guests("one"));
  const auto invited = [](Series series, const char* address) {
    series.master.attendees.push_back(guest(address));
    return series;
  };
  crm.user_saves("one", invited(in_crm(), "of-crm@example.net"));
  remote.user_saves(remote.live().front(), invited(in_remote(), "of-remote@example.net"));
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::crash_after : Fault::none;
  };
  (void)run();
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  for (const Series* series : {&in_crm(), &in_remote()})
    for (const char* address : {"of-crm@example.net", "of-remote@example.net"})
      EXPECT_EQ(std::ranges::count(series->master.attendees, address, &calendar::Attendee::email),
                1)
          << address;
}

// The invitation had arrived, which the list alone does not say: it has one more guest by then.
TEST_F(MailsTest, AGuestWhomTheCrmNoLongerInvitesAfterALostAnswerIsNotInvitedAgain) {  // P-22
  agree(with_guests("one"));
  Series here = in_crm();
  here.master.attendees.push_back(guest("of-crm@example.net"));
  crm.user_saves("one", here);
  faults.decide = [](std::size_t, std::string_view where) {
    return where == "remote.write" ? Fault::crash_after : Fault::none;
  };
  (void)run();
  faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  Series there = in_remote();
  there.master.attendees.push_back(guest("of-remote@example.net"));
  remote.user_saves(remote.live().front(), there);
  here.master.attendees.pop_back();
  crm.user_saves("one", here);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run());
  for (const Series* series : {&in_crm(), &in_remote()}) {
    const auto count = [&](const char* address) {
      return std::ranges::count(series->master.attendees, address, &calendar::Attendee::email);
    };
    EXPECT_EQ(count("of-crm@example.net"), 0);
    EXPECT_EQ(count("of-remote@example.net"), 1);
  }
}

TEST_F(MailsTest, WhatWasPendingWhenACalendarWasLeftIsNotMailedOnReturn) {  // P-13
  agree(with_guests("one"));
  rename("two");
  Cycle cycle(crm, remote, journal, clock, random, {});
  Pair current = last;
  ASSERT_TRUE(support::run_task(cycle.leave(current)));
  crm.user_saves("alone", with_guests("while it was left", 1, 5));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(run());
  EXPECT_EQ(mails(), 0u);
  EXPECT_EQ(remote.live().size(), 2u);
}

CycleOptions undoable() {
  CycleOptions options;
  options.mail_delay = 10min;  // two runs
  return options;
}

TEST_F(MailsTest, AnActThatMailsWaitsWhileItCanBeUndoneAndOthersLeaveAtOnce) {  // P-13
  agree(with_guests("one"));
  rename("two");
  crm.user_saves("alone", appointment("no guests", 5));
  const base::Instant acted = clock.now();
  const auto report = run(undoable());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->next_try, std::optional(acted + 10min));
  EXPECT_EQ(remote.live().size(), 2u);
  EXPECT_EQ(mails(), 0u);
  ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(mails(), 0u);
  ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(mails(), 1u);
  const auto quiet = run(undoable());
  ASSERT_TRUE(quiet);
  EXPECT_EQ(quiet->next_try, std::nullopt);
  EXPECT_EQ(mails(), 1u);
}

TEST_F(MailsTest, WhatIsUndoneInTimeIsNeverWritten) {  // P-13
  agree(with_guests("one"));
  const std::size_t writes = remote.writes();
  const Series before = in_crm();
  rename("two");
  ASSERT_TRUE(run(undoable()));
  crm.user_saves("one", before);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(remote.writes(), writes);
  crm.user_saves("new", with_guests("new", 1, 5));
  ASSERT_TRUE(run(undoable()));
  crm.user_deletes("new");
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(remote.writes(), writes);
  EXPECT_EQ(mails(), 0u);
}

TEST_F(MailsTest, ADeletionThatIsUndoneInTimeLeavesTheEventAlone) {  // P-13
  remote.makes_uids = true;
  agree(with_guests("one"));
  const std::size_t writes = remote.writes();
  const std::string id = remote.live().front();
  Series back = in_crm();
  ASSERT_FALSE(back.facts.ical_uid.empty());
  crm.user_deletes("one");
  ASSERT_TRUE(run(undoable()));
  ASSERT_EQ(remote.live().size(), 1u);
  const std::string uid = back.facts.ical_uid;
  back.facts = {};  // it comes back as a new appointment
  crm.user_saves("two", back);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(remote.writes(), writes);
  EXPECT_EQ(remote.live(), std::vector{id});
  EXPECT_EQ(crm.live(), std::vector<std::string>{"two"});
  EXPECT_EQ(in_crm().facts.ical_uid, uid);
  EXPECT_EQ(journal.links().size(), 1u);
  rename("still linked");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(in_remote().master.summary, "still linked");
}

TEST_F(MailsTest, AnotherEditIsAnotherActAndBothMakeOneMail) {  // P-13
  agree(with_guests("one"));
  rename("two");
  ASSERT_TRUE(run(undoable()));
  rename("three");
  ASSERT_TRUE(run(undoable()));
  ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(mails(), 0u);  // ten minutes after the first act, five after the second
  ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(mails(), 1u);
  EXPECT_EQ(in_remote().master.summary, "three");
}

TEST_F(MailsTest, TheUserMaySendAtOnceAndAClockSetBackDelaysNothing) {  // P-13
  agree(with_guests("one"));
  rename("two");
  CycleOptions now = undoable();
  now.send_now = true;
  ASSERT_TRUE(run(now));
  EXPECT_EQ(mails(), 1u);
  rename("three");
  ASSERT_TRUE(run(undoable()));
  clock.step_wall_clock(-24h);
  ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(mails(), 2u);
}

TEST_F(MailsTest, TheCrmGetsWhatIsNewAtTheRemoteSideWhileAnActWaits) {  // P-13
  agree(with_guests("one"));
  Series there = in_remote();
  there.master.location = "another room";
  remote.user_saves(remote.live().front(), there);
  rename("two");
  ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(in_crm().master.location, "another room");
  EXPECT_EQ(in_remote().master.summary, "one");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(in_remote().master.summary, "two");
  EXPECT_EQ(mails(), 1u);
}

TEST_F(MailsTest, AnActForMoreGuestsThanTheCrmMailsIsGoogles) {  // I-11
  CycleOptions options;
  options.mailer = Notify::crm;
  options.mail_budget = 1'000;
  ASSERT_TRUE(run(options));
  crm.user_saves("few", with_guests("few", 500));
  ASSERT_TRUE(run(options));
  EXPECT_EQ(remote.mails(), 0u);
  EXPECT_EQ(journal.all_invitations().size(), 500u);
  crm.user_saves("many", with_guests("many", 501, 5));
  ASSERT_TRUE(run(options));
  EXPECT_EQ(remote.mails(), 1u);
  EXPECT_EQ(journal.all_invitations().size(), 500u);
}

TEST_F(MailsTest, WritesBeyondTheMailBudgetWaitForTheUser) {  // P-13
  ASSERT_TRUE(run());
  for (int i = 0; i < 30; ++i)
    crm.user_saves("m" + std::to_string(i), with_guests("m" + std::to_string(i), 10, i));
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.live().size(), 20u);
  EXPECT_EQ(remote.mails(), 20u);
  EXPECT_EQ(held(kHeldMails), 10u);
  clock.advance(25h);  // due again, but never mailed unasked
  CycleOptions again;
  again.try_held_again = true;
  ASSERT_TRUE(run(again));
  ASSERT_TRUE(run());
  EXPECT_EQ(remote.mails(), 20u);
  EXPECT_EQ(held(kHeldMails), 10u);
}

TEST_F(MailsTest, WhatTheUserAllowsIsMailedWhateverTheBudget) {  // P-13
  agree(with_guests("one", 1));
  Series big = with_guests("one", 202);
  crm.user_saves("one", big);
  ASSERT_TRUE(run());
  ASSERT_EQ(held(kHeldMails), 1u);
  EXPECT_EQ(in_remote().master.attendees.size(), 1u);
  EXPECT_EQ(journal.held().begin()->second.detail, "201 guests would be mailed");
  WriteBatch batch;
  batch.held.push_back(journal.held().begin()->second);
  batch.held.back().reason = kMailsAllowed;
  batch.held.back().next_try = {};
  ASSERT_TRUE(support::run_task(journal.commit(std::move(batch))));
  ASSERT_TRUE(run(undoable()));
  EXPECT_EQ(mails(), 1u);
  EXPECT_EQ(in_remote().master.attendees.size(), 202u);
  EXPECT_TRUE(journal.held().empty());
}

TEST_F(MailsTest, MailsThatAnOperationHasLeftFollowItsRequests) {  // P-13
  Operation put;
  put.notify = Notify::google;
  Series series = appointment("weekly");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=4"};
  put.before = put.series = series;
  const calendar::OriginalStart on = date(series, 1);
  const calendar::OriginalStart other = date(series, 2);
  put.series.occurrences[on].cancelled = true;
  using Kind = calendar::Mail::Kind;
  put.mails = {{"a@example.com", Kind::update, {}}, {"b@example.com", Kind::cancel, on}};
  EXPECT_TRUE(lets_mail(put, nullptr));
  EXPECT_TRUE(lets_mail(put, &on));
  put.mails = mails_left(put, series);  // after the request about the series
  put.steps = 1;
  EXPECT_EQ(put.mails, (std::vector<calendar::Mail>{{"b@example.com", Kind::cancel, on}}));
  EXPECT_FALSE(lets_mail(put, nullptr));
  EXPECT_FALSE(lets_mail(put, &other));
  EXPECT_TRUE(lets_mail(put, &on));
  EXPECT_TRUE(mails_left(put, put.series).empty());
}

}  // namespace
}  // namespace gcal::sync
