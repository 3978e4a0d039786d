// What passes of private events, in both directions (P-19).
#include "src/engine/sync/private_events.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_side.hpp"
#include "tests/support/run_task.hpp"

namespace gcal::sync {
namespace {

using calendar::Visibility;
using support::run_task;

class PrivateEventsTest : public testing::Test {
 protected:
  static Series series(const std::string& title, Visibility visibility) {
    Series one;
    one.master.summary = title;
    one.master.location = "Berlin";
    one.master.visibility = visibility;
    one.master.start =
        calendar::ZonedTime{std::chrono::sys_days{calendar::Date{
                                std::chrono::year{2026}, std::chrono::May, std::chrono::day{5}}},
                            "UTC"};
    one.master.end = one.master.start;
    calendar::Attendee guest;
    guest.email = "guest@example.com";
    one.master.attendees.push_back(std::move(guest));
    return one;
  }
  FeedItem item(PrivateEvents policy, const std::string& id) {
    PrivateEventsSide side(google_, policy);
    Result<FeedItem> found = run_task(side.get(id));
    EXPECT_TRUE(found);
    return *found;
  }

  support::FaultPlan faults_;
  support::FakeSide google_{support::Dialect::google, faults_};
};

TEST_F(PrivateEventsTest, BusyPassesTheTimesOnly) {  // P-19
  google_.user_saves("doctor", series("Doctor", Visibility::private_));
  google_.user_saves("visit", series("Visit", Visibility::default_));
  PrivateEventsSide side(google_, PrivateEvents::busy);
  Result<ChangesPage> page = run_task(side.changes(""));
  ASSERT_TRUE(page);
  ASSERT_EQ(page->items.size(), 2u);
  for (const FeedItem& one : page->items) {
    const bool is_doctor = one.id == "doctor";
    EXPECT_EQ(one.series.master.summary, is_doctor ? "" : "Visit");
    EXPECT_EQ(one.series.master.location, is_doctor ? "" : "Berlin");
    EXPECT_EQ(one.series.master.attendees.empty(), is_doctor);
    EXPECT_EQ(one.series.master.start, series("", Visibility::default_).master.start);
  }
  EXPECT_EQ(item(PrivateEvents::keep, "doctor").series.master.summary, "Doctor");
}

TEST_F(PrivateEventsTest, HiddenEventsAreReportedAsDeleted) {  // P-19
  google_.user_saves("doctor", series("Doctor", Visibility::confidential));
  EXPECT_EQ(item(PrivateEvents::hide, "doctor").kind, FeedItem::Kind::deleted);
  google_.user_saves("doctor", series("Doctor", Visibility::default_));
  EXPECT_EQ(item(PrivateEvents::hide, "doctor").kind, FeedItem::Kind::full);
}

TEST_F(PrivateEventsTest, WhatIsHeldBackIsLockedAndNothingElseOfItIsStored) {  // P-19, S-27
  google_.user_saves("doctor", series("Doctor", Visibility::private_));
  const FeedItem known = item(PrivateEvents::busy, "doctor");
  EXPECT_TRUE(known.series.facts.locked);
  EXPECT_TRUE(known.remote_item.blank());
  EXPECT_TRUE(known.remote_item.whole);
  EXPECT_FALSE(item(PrivateEvents::keep, "doctor").series.facts.locked);
}

TEST_F(PrivateEventsTest, PrivateDateOfAPublicSeriesIsHeldBackToo) {  // P-19
  Series weekly = series("Team", Visibility::default_);
  weekly.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=3"};
  calendar::Occurrence one{false, series("Doctor", Visibility::private_).master};
  weekly.occurrences.emplace(calendar::OriginalStart::of(weekly.master.start), one);
  google_.user_saves("team", weekly);
  const FeedItem busy = item(PrivateEvents::busy, "team");
  EXPECT_EQ(busy.series.master.summary, "Team");
  EXPECT_EQ(busy.series.occurrences.begin()->second.event.summary, "");
  EXPECT_TRUE(busy.series.facts.locked);
  const FeedItem hidden = item(PrivateEvents::hide, "team");
  EXPECT_EQ(hidden.kind, FeedItem::Kind::full);
  EXPECT_TRUE(hidden.series.occurrences.begin()->second.cancelled);
}

TEST_F(PrivateEventsTest, AnswerToAWriteHoldsTheSameBack) {  // P-19
  google_.user_saves("doctor", series("Doctor", Visibility::private_));
  PrivateEventsSide side(google_, PrivateEvents::busy);
  const FeedItem known = item(PrivateEvents::busy, "doctor");
  Operation change;
  change.op_id = "1";
  change.id = "doctor";
  change.link_id = "link";
  change.if_version = known.version;
  change.before = known.series;
  change.series = known.series;
  change.series.master.color = "5";
  std::vector<Operation> operations{change};
  Result<std::vector<Result<Written>>> written = run_task(side.apply(std::move(operations)));
  ASSERT_TRUE(written && (*written)[0]);
  EXPECT_EQ((*written)[0]->series.master.summary, "");
  EXPECT_EQ((*written)[0]->series.master.color, "5");
}

TEST_F(PrivateEventsTest, HiddenEventIsNotCreatedAgain) {  // P-19
  PrivateEventsSide side(google_, PrivateEvents::hide);
  Operation again;
  again.op_id = "1";
  again.link_id = "link";
  again.incarnation = 1;
  again.series = series("Doctor", Visibility::private_);
  Operation fresh = again;
  fresh.op_id = "2";
  fresh.incarnation = 0;
  std::vector<Operation> operations{again, fresh};
  Result<std::vector<Result<Written>>> results = run_task(side.apply(std::move(operations)));
  ASSERT_TRUE(results);
  ASSERT_EQ(results->size(), 2u);
  EXPECT_EQ((*results)[0].error().code, Code::denied);
  EXPECT_TRUE((*results)[1]);
}

TEST(PrivateEvents, EventsCreatedByTheCrmPass) {  // S-28
  Series own;
  own.master.visibility = Visibility::private_;
  own.facts.link_mark = "abc";
  EXPECT_TRUE(created_by_crm("abc", own));
  EXPECT_TRUE(created_by_crm("abci2", own));
  EXPECT_FALSE(created_by_crm("copy", own)) << "a copy at Google has the mark of its original";
}

}  // namespace
}  // namespace gcal::sync
