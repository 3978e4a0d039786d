// Properties of the planner and the merge bases: random bases, random changes on both sides, and
// what must hold for all of them. Each failure names its seed.
#include "src/engine/sync/plan.hpp"

#include <gtest/gtest.h>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/series_move.hpp"
#include "src/engine/sync/link_state.hpp"
#include "src/engine/sync/merge_base.hpp"
#include "tests/unit/engine/sync/series_generator.hpp"

namespace gcal::sync {
namespace {

using namespace std::chrono_literals;
using calendar::Field;
using testing::SeriesGenerator;

LinkWithChanges linked_by(const Series& crm_base, const Series& remote_base) {
  LinkWithChanges linked;
  linked.link.id = "link";
  linked.link.side.crm = {"crm", "1", true, crm_base};
  linked.link.side.remote = {"google", "1", true, remote_base};
  return linked;
}

void see(LinkWithChanges& linked, SideName side, const Series& series) {
  PendingChange change;
  change.side = side;
  change.item.id = linked.link.side[side].id;
  change.item.series = series;
  linked.change[side] = change;
}

void see_deleted(LinkWithChanges& linked, SideName side) {
  see(linked, side, {});
  linked.change[side]->item.kind = FeedItem::Kind::deleted;
}

TEST(PlanProperties, AnyTwoChangesConvergeWithinTwoWrites) {  // S-28
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    SeriesGenerator make(seed);
    const Series base = make.series();
    LinkWithChanges linked = linked_by(base, base);
    if (make.chance(5))
      see_deleted(linked, SideName::crm);
    else if (make.chance(2))
      see(linked, SideName::crm, make.changed(base));
    if (make.chance(5))
      see_deleted(linked, SideName::remote);
    else if (make.chance(2))
      see(linked, SideName::remote, make.changed(base));
    int writes = 0;
    bool done = false;
    for (int step = 0; step < 5 && !done; ++step) {
      const Plan decided = plan(linked, PairMode::two_way, ConflictPolicy::remote_wins);
      EXPECT_FALSE(decided.hold) << "seed " << seed;
      done = decided.rebase_only || decided.remove_link;
      if (done) break;
      const SideName side =
          decided.action.remote != Plan::Action::nothing ? SideName::remote : SideName::crm;
      const SideName held_on = other(side);
      ++writes;
      if (decided.action[side] == Plan::Action::erase) {
        done = true;
        break;
      }
      const Series& wanted = decided.series[side];
      const Series held = linked.change[held_on] ? linked.change[held_on]->item.series
                                                 : linked.link.side[held_on].base;
      if (decided.create[side])
        linked.link.side.crm.has_base = linked.link.side.remote.has_base = false;
      Operation put;
      put.series = wanted;
      if (!decided.create[side]) put.id = linked.link.side[side].id;
      if (const Series* const before = current(linked, side)) put.before = *before;
      update_bases(linked.link, side, put, wanted, held);
      see(linked, side, wanted);
      see(linked, held_on, held);
    }
    EXPECT_TRUE(done) << "seed " << seed;
    EXPECT_LE(writes, 2) << "seed " << seed;
  }
}

TEST(PlanProperties, ADeletionAgainstNoChangeIsApplied) {  // S-29
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SeriesGenerator make(seed);
    const Series base = make.series();
    LinkWithChanges deleted_in_crm = linked_by(base, base);
    see_deleted(deleted_in_crm, SideName::crm);
    EXPECT_EQ(plan(deleted_in_crm, PairMode::two_way, ConflictPolicy::remote_wins).action.remote,
              Plan::Action::erase)
        << "seed " << seed;
    EXPECT_EQ(plan(deleted_in_crm, PairMode::view_only, ConflictPolicy::remote_wins).action.remote,
              Plan::Action::nothing)
        << "seed " << seed;
    LinkWithChanges deleted_at_remote = linked_by(base, base);
    see_deleted(deleted_at_remote, SideName::remote);
    for (const PairMode mode : {PairMode::two_way, PairMode::view_only})
      EXPECT_EQ(plan(deleted_at_remote, mode, ConflictPolicy::remote_wins).action.crm,
                Plan::Action::erase)
          << "seed " << seed;
  }
}

TEST(PlanProperties, AViewOnlyPairNeverWritesToTheRemote) {  // S-17
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    SeriesGenerator make(seed);
    const Series base = make.series();
    LinkWithChanges linked = linked_by(base, make.changed(base));
    if (make.chance(3)) linked.link.side.crm.has_base = linked.link.side.remote.has_base = false;
    for (const SideName side : kBothSides) {
      if (make.chance(4))
        see_deleted(linked, side);
      else if (make.chance(2))
        see(linked, side, make.changed(base));
    }
    for (const ConflictPolicy policy : {ConflictPolicy::remote_wins, ConflictPolicy::crm_wins})
      EXPECT_EQ(plan(linked, PairMode::view_only, policy).action.remote, Plan::Action::nothing)
          << "seed " << seed;
  }
}

TEST(Plan, CrmChangesToReadOnlyTypesAreNotWritten) {  // P-20
  for (const calendar::EventType type :
       {calendar::EventType::birthday, calendar::EventType::working_location,
        calendar::EventType::unknown}) {
    SeriesGenerator make(1);
    Series base = make.series();
    base.facts.type = type;
    LinkWithChanges deleted = linked_by(base, base);
    see_deleted(deleted, SideName::crm);
    EXPECT_EQ(plan(deleted, PairMode::two_way, ConflictPolicy::remote_wins).action.remote,
              Plan::Action::nothing);
    LinkWithChanges edited = linked_by(base, base);
    Series changed = base;
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      make.change(changed, static_cast<Field>(i));
    see(edited, SideName::crm, changed);
    const Plan decided = plan(edited, PairMode::two_way, ConflictPolicy::remote_wins);
    EXPECT_EQ(decided.action.remote, Plan::Action::nothing);
    EXPECT_EQ(decided.action.crm, Plan::Action::put);
    EXPECT_TRUE(decided.discarded.crm);
  }
}

// Of another organiser's meeting a user decides the own answer and which dates stay.
TEST(Plan, TheOwnAnswerToSingleDatesIsWrittenAndNothingElse) {  // PD-06
  Series meeting;
  meeting.master.start = calendar::ZonedTime{std::chrono::sys_seconds{1'800'000'000s}, "UTC"};
  meeting.master.end = calendar::ZonedTime{std::chrono::sys_seconds{1'800'003'600s}, "UTC"};
  meeting.recurrence = {"RRULE:FREQ=WEEKLY;COUNT=4"};
  meeting.facts.organized_by_self = false;
  calendar::Attendee me;
  me.email = "me@example.com";
  me.self = true;
  meeting.master.attendees = {me};
  const auto week = [&](int number) {
    calendar::OriginalStart start = calendar::OriginalStart::of(meeting.master.start);
    start.instant += std::chrono::weeks{number};
    return start;
  };
  Series decided = meeting;
  calendar::Occurrence accepted{false, calendar::occurrence_by_rule(meeting.master, week(1))};
  accepted.event.attendees.front().partstat = calendar::PartStat::accepted;
  Series expected = meeting;
  expected.occurrences[week(1)] = accepted;
  expected.occurrences[week(2)].cancelled = true;
  accepted.event.summary = "renamed";  // not the user's to change
  decided.occurrences[week(1)] = accepted;
  decided.occurrences[week(2)].cancelled = true;
  calendar::Occurrence moved{false, calendar::occurrence_by_rule(meeting.master, week(3))};
  moved.event.location = "elsewhere";
  decided.occurrences[week(3)] = moved;
  LinkWithChanges linked = linked_by(meeting, meeting);
  see(linked, SideName::crm, decided);
  const Plan wanted = plan(linked, PairMode::two_way, ConflictPolicy::remote_wins);
  EXPECT_EQ(wanted.action.remote, Plan::Action::put);
  EXPECT_TRUE(wanted.notify_guests);
  EXPECT_TRUE(calendar::changed(wanted.series.remote, expected).none());
  EXPECT_EQ(wanted.action.crm, Plan::Action::put);
  EXPECT_TRUE(calendar::changed(wanted.series.crm, expected).none());
  EXPECT_TRUE(wanted.discarded.crm);

  // Undo of the answer takes the date's exception away: it has the answer of the series again.
  LinkWithChanges answered = linked_by(expected, expected);
  Series taken_back = expected;
  taken_back.occurrences.erase(week(1));
  see(answered, SideName::crm, taken_back);
  const Plan undone = plan(answered, PairMode::two_way, ConflictPolicy::remote_wins);
  EXPECT_EQ(undone.action.remote, Plan::Action::put);
  EXPECT_TRUE(calendar::equal_event(undone.series.remote.occurrences.at(week(1)).event,
                                    calendar::occurrence_by_rule(meeting.master, week(1))));
}

TEST(Plan, ADeletionByAbsenceNotifiesNoGuest) {  // P-13
  const Series series = SeriesGenerator(1).series();
  LinkWithChanges linked = linked_by(series, series);
  see_deleted(linked, SideName::crm);
  EXPECT_TRUE(plan(linked, PairMode::two_way, ConflictPolicy::remote_wins).notify_guests);
  linked.change.crm->inferred = true;
  EXPECT_FALSE(plan(linked, PairMode::two_way, ConflictPolicy::remote_wins).notify_guests);
}

TEST(MergeBase, ExceptionsThatDidNotArriveAreStillSent) {  // S-26
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SeriesGenerator make(seed);
    Series crm = make.series();
    if (!crm.recurring() || crm.occurrences.empty()) continue;
    Link link;
    link.side.crm = {"crm", "1", false, {}};
    link.side.remote = {"google", "", false, {}};
    Operation put;
    put.series = crm;
    Series found = crm;  // the process died before all of the exceptions were written
    std::erase_if(found.occurrences, [&](const auto&) { return make.chance(2); });
    adopt_sent_values(link, SideName::remote, put, found);
    LinkWithChanges linked;
    linked.link = link;
    see(linked, SideName::remote, found);
    see(linked, SideName::crm, crm);
    const Plan decided = plan(linked, PairMode::two_way, ConflictPolicy::remote_wins);
    EXPECT_EQ(decided.action.crm, Plan::Action::nothing)
        << "seed " << seed << ": the CRM's exceptions must not be removed";
    if (found.occurrences.size() == crm.occurrences.size()) continue;
    EXPECT_EQ(decided.action.remote, Plan::Action::put) << "seed " << seed;
    EXPECT_FALSE(calendar::changed(decided.series.remote, crm).any()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace gcal::sync
