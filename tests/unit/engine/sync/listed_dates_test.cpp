// Exceptions at dates that their rule lacks (decision 0035), and puts whose answers were lost.
#include "src/engine/sync/listed_dates.hpp"

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/feed_item.hpp"
#include "src/engine/sync/merge_base.hpp"
#include "src/engine/sync/plan.hpp"
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

calendar::OriginalStart week(int number, int minutes = 0) {
  calendar::OriginalStart start =
      calendar::OriginalStart::of(appointment("", number * 24 * 7).master.start);
  start.instant += std::chrono::minutes{minutes};
  return start;
}

calendar::Occurrence exception(int number, std::string summary) {
  calendar::Occurrence occurrence;
  occurrence.event = appointment(std::move(summary), number * 24 * 7).master;
  return occurrence;
}

Series weekly(int count) {
  Series series = appointment("series");
  series.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=" + std::to_string(count)};
  return series;
}

// Of 2 weeks, with an exception in its 5th.
Series with_left_exception() {
  Series series = weekly(2);
  series.occurrences.emplace(week(4), exception(4, "left behind"));
  return series;
}

const std::vector<std::string> kListed{"RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20270212T080000Z"};

TEST(ListedDates, OnlyShownExceptionsOutsideTheRuleAreListed) {
  Series series = with_left_exception();
  series.occurrences.emplace(week(1), exception(1, "within the rule"));
  series.occurrences.emplace(week(6), calendar::Occurrence{true, {}});
  EXPECT_EQ(with_listed_dates(series).recurrence, kListed);
}

TEST(ListedDates, ADayIsListedAsADay) {
  Series series = weekly(2);
  series.master.start = calendar::Date{std::chrono::year{2027} / 1 / 4};
  series.master.end = calendar::Date{std::chrono::year{2027} / 1 / 5};
  calendar::Occurrence left;
  left.event = series.master;
  left.event.summary = "left behind";
  const calendar::Date day{std::chrono::year{2027} / 3 / 2};
  left.event.start = day;
  series.occurrences.emplace(calendar::OriginalStart::of(day), left);
  EXPECT_EQ(with_listed_dates(series).recurrence.back(), "RDATE;VALUE=DATE:20270302");
}

TEST(ListedDates, ExcludedDatesAndUnreadableRulesStayAsTheyAre) {
  Series excluded = with_left_exception();
  excluded.recurrence.emplace_back("EXDATE:20270212T080000Z");
  EXPECT_EQ(with_listed_dates(excluded).recurrence, excluded.recurrence);
  Series unreadable = with_left_exception();
  unreadable.recurrence = {"RRULE:FREQ=HOURLY;COUNT=4"};
  EXPECT_EQ(with_listed_dates(unreadable).recurrence, unreadable.recurrence);
}

TEST(ListedDates, ARuleIsLeftAloneWhereTheExceptionExists) {
  const Series held = with_left_exception();
  Series renamed = held;
  renamed.occurrences.at(week(4)).event.summary = "renamed";
  EXPECT_EQ(as_written(held, renamed, renamed).recurrence, held.recurrence);
  EXPECT_EQ(as_written(weekly(2), renamed, renamed).recurrence, kListed);
}

TEST(ListedDates, DatesThatAreListedAlreadyKeepTheirNotation) {
  Series held = with_left_exception();
  held.recurrence.emplace_back("RDATE;TZID=Europe/Berlin:20270212T090000");
  EXPECT_EQ(as_written(held, with_left_exception(), with_left_exception()).recurrence,
            held.recurrence);
}

TEST(ListedDates, ADateWhoseExceptionIsRemovedIsListedNoMore) {
  Series held = with_left_exception();
  held.recurrence = kListed;
  held.recurrence[1] += ",20270219T080000Z";  // a date that the user added
  Series wanted = held;
  wanted.occurrences.clear();
  const std::vector<std::string> left{"RRULE:FREQ=WEEKLY;COUNT=2", "RDATE:20270219T080000Z"};
  EXPECT_EQ(as_written(held, wanted, weekly(2)).recurrence, left);
  EXPECT_EQ(as_written(held, wanted, weekly(5)).recurrence, held.recurrence) << "the CRM has it";
  EXPECT_EQ(as_written(wanted, wanted, weekly(2)).recurrence, held.recurrence) << "none removed";
}

LinkWithChanges linked_by(const Series& base) {
  LinkWithChanges linked;
  linked.link.id = "link";
  linked.link.side.crm = {"crm", "1", true, base};
  linked.link.side.remote = {"remote", "1", true, base};
  return linked;
}

void see(LinkWithChanges& linked, SideName side, const Series* series) {
  PendingChange change;
  change.side = side;
  change.item.id = linked.link.side[side].id;
  if (series) change.item.series = *series;
  if (!series) change.item.kind = FeedItem::Kind::deleted;
  linked.change[side] = change;
}

TEST(ListedDates, ADateCancelledInTheCrmGoesAtTheRemoteSideThatListsIt) {  // S-29
  LinkWithChanges linked = linked_by(with_left_exception());
  linked.link.side.remote.base.recurrence = kListed;
  const Series cancelled = weekly(2);  // a cancellation outside the rule says nothing
  see(linked, SideName::crm, &cancelled);
  const Plan decided = plan(linked, PairMode::two_way, ConflictPolicy::remote_wins);
  ASSERT_EQ(decided.action.remote, Plan::Action::put);
  EXPECT_EQ(decided.series.remote.recurrence, weekly(2).recurrence);
  EXPECT_TRUE(decided.series.remote.occurrences.empty());
}

// The CRM shows the exception without listing its date.
TEST(ListedDates, AListedDateThatTheRemoteSideDropsGoesInTheCrm) {  // S-29
  LinkWithChanges linked = linked_by(with_left_exception());
  linked.link.side.remote.base.recurrence = kListed;
  const Series dropped = weekly(2);
  see(linked, SideName::remote, &dropped);
  const Plan decided = plan(linked, PairMode::two_way, ConflictPolicy::remote_wins);
  ASSERT_EQ(decided.action.crm, Plan::Action::put);
  EXPECT_TRUE(decided.series.crm.occurrences.empty());
  EXPECT_EQ(decided.action.remote, Plan::Action::nothing);
}

TEST(ListedDates, ASeriesThatIsCreatedAgainListsWhatItShows) {  // S-28
  LinkWithChanges linked = linked_by(with_left_exception());
  Series renamed = with_left_exception();
  renamed.master.summary = "renamed";
  see(linked, SideName::crm, &renamed);
  see(linked, SideName::remote, nullptr);
  const Plan decided = plan(linked, PairMode::two_way, ConflictPolicy::remote_wins);
  ASSERT_TRUE(decided.create.remote);
  EXPECT_EQ(decided.series.remote.recurrence, kListed);
}

TEST(ListedDates, BothSidesAreInStepWhenOneListsWhatTheOtherShows) {
  Series wanted = with_left_exception();
  LinkWithChanges linked = linked_by(weekly(2));
  see(linked, SideName::crm, &wanted);
  const Plan decided = plan(linked, PairMode::two_way, ConflictPolicy::remote_wins);
  ASSERT_EQ(decided.action.remote, Plan::Action::put);
  Operation put;
  put.id = "remote";
  put.before = weekly(2);
  put.series = decided.series.remote;
  EXPECT_EQ(put.series.recurrence, kListed);
  update_bases(linked.link, SideName::remote, put, put.series, wanted);
  EXPECT_FALSE(calendar::changed(linked.link.side.crm.base, wanted).any());
  EXPECT_FALSE(calendar::changed(linked.link.side.remote.base, put.series).any());
}

// A put that gives a series another time, with what the remote side renamed at the same moment.
struct LostAnswer {
  LostAnswer() {
    put.id = "remote";
    put.before = weekly(6);
    put.before.occurrences.emplace(week(3), exception(3, "theirs"));
    put.series = weekly(6);
    put.series.master.start = appointment("", 1).master.start;
    put.series.master.end = appointment("", 1).master.end;
    put.series.occurrences.emplace(week(3, 60), exception(3, "theirs"));
  }
  // The master as it was written, with the exceptions that the side has now.
  Series found(std::map<calendar::OriginalStart, calendar::Occurrence> occurrences) const {
    Series series = put.series;
    series.occurrences = std::move(occurrences);
    return series;
  }
  Operation put;
};

TEST(LostAnswer, ExceptionsThatTheSideResetAreStillToBeSent) {  // P-09
  const LostAnswer lost;
  const auto left = left_of_put(lost.put, lost.found({}));
  ASSERT_TRUE(left);
  EXPECT_EQ(left->occurrences, lost.put.series.occurrences);
}

TEST(LostAnswer, ExceptionsThatTheSideLeftBehindAreStillToGo) {
  const LostAnswer lost;
  const auto left = left_of_put(lost.put, lost.found(lost.put.before.occurrences));
  ASSERT_TRUE(left);
  EXPECT_EQ(left->occurrences, lost.put.series.occurrences);
}

TEST(LostAnswer, ADateThatAUserWroteSinceStays) {
  const LostAnswer lost;
  Series found = lost.found({{week(3, 60), exception(3, "newer")}});
  found.occurrences.emplace(week(3), exception(3, "theirs"));
  const auto left = left_of_put(lost.put, found);
  ASSERT_TRUE(left);
  ASSERT_EQ(left->occurrences.size(), 1u);
  EXPECT_EQ(left->occurrences.at(week(3, 60)).event.summary, "newer");
}

TEST(LostAnswer, NothingIsLeftOfAPutThatDidNotArriveOrIsDone) {
  const LostAnswer lost;
  EXPECT_FALSE(left_of_put(lost.put, lost.put.before));
  EXPECT_FALSE(left_of_put(lost.put, lost.put.series));
}

// One side shows a text that the other has cut; the date that both changed alike is agreed.
TEST(AdoptEqualValues, ADateThatBothSidesChangedAlikeIsAgreed) {  // P-22
  LinkWithChanges linked = linked_by(weekly(6));
  linked.link.side.crm.base.master.description = "long text";
  linked.link.side.remote.base.master.description = "long";
  PerSide<Series> now{linked.link.side.crm.base, linked.link.side.remote.base};
  for (const SideName side : kBothSides) {
    calendar::Occurrence& once = now[side].occurrences[week(2)];
    once.event = calendar::occurrence_by_rule(now[side].master, week(2));
    once.event.summary = "once";
    now[side].occurrences[week(3)].cancelled = true;
  }
  now.remote.occurrences.at(week(2)).event.location = "at the remote side alone";
  for (const SideName side : kBothSides)
    linked.link.side[side].base.occurrences[week(4)].cancelled = true;
  now.crm.occurrences[week(4)] = exception(4, "shown again");
  now.remote.occurrences[week(4)] = exception(4, "with another title");
  EXPECT_TRUE(adopt_equal_values(linked.link, {&now.crm, &now.remote}));
  const Series& base = linked.link.side.remote.base;
  EXPECT_EQ(base.occurrences.at(week(2)).event.summary, "once");
  EXPECT_EQ(base.occurrences.at(week(2)).event.location, "");
  EXPECT_TRUE(base.occurrences.at(week(3)).cancelled);
  EXPECT_TRUE(base.occurrences.at(week(4)).cancelled);
  now.crm.occurrences.at(week(4)).event.summary = "with another title";
  EXPECT_TRUE(adopt_equal_values(linked.link, {&now.crm, &now.remote}));
  EXPECT_FALSE(calendar::changed(linked.link.side.crm.base, now.crm).any());
}

// What both sides hold of a series and its date was edited by one user, who changed the date first:
// it keeps the series' old text, which one side cuts.
TEST(AdoptEqualValues, ADateDoesNotFollowWhatIsAgreedOfItsSeries) {  // S-29
  LinkWithChanges linked = linked_by(weekly(6));
  linked.link.side.crm.base.master.description = "long text";
  linked.link.side.remote.base.master.description = "long";
  PerSide<Series> now{linked.link.side.crm.base, linked.link.side.remote.base};
  for (const SideName side : kBothSides) {
    for (const int number : {2, 3}) {
      calendar::Occurrence& once = now[side].occurrences[week(number)];
      once.event = calendar::occurrence_by_rule(now[side].master, week(number));
      if (number == 2) once.event.summary = "once";
    }
    now[side].master.description = "new";
  }
  EXPECT_TRUE(adopt_equal_values(linked.link, {&now.crm, &now.remote}));
  for (const SideName side : kBothSides)
    EXPECT_FALSE(differs_from_base(linked.link.side[side], now[side]));
}

// One guest went on both sides, another came on one.
TEST(AdoptEqualValues, GuestsAreAgreedOneByOne) {  // S-29
  LinkWithChanges linked = linked_by(appointment("old"));
  for (const SideName side : kBothSides)
    linked.link.side[side].base.master.attendees = {guest("stays@example.com"),
                                                    guest("goes@example.com")};
  Series in_crm = appointment("old");
  in_crm.master.attendees = {guest("stays@example.com"), guest("comes@example.com")};
  Series in_remote = appointment("old");
  in_remote.master.attendees = {guest("stays@example.com")};
  EXPECT_TRUE(adopt_equal_values(linked.link, {&in_crm, &in_remote}));
  for (const SideName side : kBothSides)
    EXPECT_TRUE(calendar::equal_attendees(linked.link.side[side].base.master.attendees,
                                          in_remote.master.attendees));
  EXPECT_FALSE(adopt_equal_values(linked.link, {&in_crm, &in_remote}));
}

TEST(AdoptEqualValues, WhatBothSidesChangedAlikeIsAgreed) {  // S-29
  LinkWithChanges linked = linked_by(appointment("old"));
  Series in_crm = appointment("new");
  in_crm.master.location = "the user's own";
  const Series in_remote = appointment("new");
  EXPECT_TRUE(adopt_equal_values(linked.link, {&in_crm, &in_remote}));
  EXPECT_EQ(linked.link.side.crm.base.master.summary, "new");
  EXPECT_EQ(linked.link.side.remote.base.master.summary, "new");
  EXPECT_EQ(linked.link.side.crm.base.master.location, "");
  EXPECT_FALSE(adopt_equal_values(linked.link, {&in_crm, &in_remote}));
}

struct EchoTest : testing::Test, World {
  // The CRM has what the remote side's user did, and the process ended before that was stored.
  void run_without_storing_what_the_crm_has() {
    bool written = false;
    faults.decide = [&](std::size_t, std::string_view where) {
      if (where == "journal.commit" && written) return Fault::crash_before;
      written |= where == "crm.apply";
      return Fault::none;
    };
    EXPECT_FALSE(run());
    ASSERT_TRUE(written);
    faults.decide = [](std::size_t, std::string_view) { return Fault::none; };
  }
};

TEST_F(EchoTest, TheEchoOfAWriteWhoseResultWasLostDoesNotOutweighADeletion) {  // S-29
  import_events(1);
  const std::string id = remote.live().front();
  Series renamed = in_remote();
  renamed.master.summary = "renamed";
  remote.user_saves(id, renamed);
  run_without_storing_what_the_crm_has();
  EXPECT_EQ(in_crm().master.summary, "renamed");
  remote.user_deletes(id);
  ASSERT_TRUE(run());
  EXPECT_TRUE(remote.live().empty());
  EXPECT_TRUE(crm.live().empty());
}

// The remote side's user takes a guest out and in again; the CRM's user adds another one meanwhile.
TEST_F(EchoTest, TheEchoOfAGuestWhoWentDoesNotUndoThatHeIsBack) {  // S-29
  import_events(1);
  const std::string id = remote.live().front();
  Series series = in_remote();
  series.master.attendees = {guest("colleague@example.com")};
  remote.user_saves(id, series);
  ASSERT_TRUE(run());
  remote.user_saves(id, appointment(series.master.summary));
  run_without_storing_what_the_crm_has();
  ASSERT_TRUE(in_crm().master.attendees.empty());
  remote.user_saves(id, series);
  Series here = in_crm();
  here.master.attendees = {guest("guest@example.com")};
  crm.user_saves(only_crm(), here);
  ASSERT_TRUE(run());
  ASSERT_TRUE(run());
  EXPECT_EQ(in_crm().master.attendees.size(), 2u);
  EXPECT_EQ(in_remote().master.attendees.size(), 2u);
}

}  // namespace
}  // namespace gcal::sync
