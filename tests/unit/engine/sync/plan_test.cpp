// Properties of the planner, the merge and the merge bases: random bases, random changes on both
// sides, and what must hold for all of them. Each failure names its seed.
#include "src/engine/sync/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "src/common/base/random.hpp"
#include "src/engine/sync/merge_base.hpp"
#include "tests/support/seeded_random.hpp"

namespace gcal::sync {
namespace {

using calendar::Field;
using namespace std::chrono_literals;

class SeriesGenerator {
 public:
  explicit SeriesGenerator(std::uint64_t seed) : random_(seed) {}

  Series series() {
    Series made;
    made.master.summary = text();
    made.master.description = text();
    made.master.start = calendar::ZonedTime{kStart, "UTC"};
    made.master.end = calendar::ZonedTime{kStart + 1h, "UTC"};
    if (chance(2)) made.recurrence = {"RRULE:FREQ=DAILY;COUNT=5"};
    if (made.recurring())
      for (int i = 0; i < 5; ++i)
        if (chance(4)) occurrence(made, i);
    for (int i = 0; i < 4; ++i)
      if (chance(3)) guest(made, i);
    return made;
  }

  // `series` with some fields changed, as a user would change them.
  Series changed(Series series) {
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      if (chance(4)) change(series, static_cast<Field>(i));
    return series;
  }

  void change(Series& series, Field field) {
    calendar::Event& event = series.master;
    switch (field) {
      case Field::summary: event.summary = text(); break;
      case Field::description: event.description = text(); break;
      case Field::location: event.location = text(); break;
      case Field::schedule:
        if (series.recurring() && chance(2)) return occurrence(series, static_cast<int>(below(5)));
        std::get<calendar::ZonedTime>(event.end).instant =
            kStart + 1h + 15min * static_cast<int>(below(4));
        break;
      case Field::status: event.status = static_cast<calendar::Status>(below(2)); break;
      case Field::transparency:
        event.transparency = static_cast<calendar::Transparency>(below(2));
        break;
      case Field::visibility: event.visibility = static_cast<calendar::Visibility>(below(4)); break;
      case Field::color: event.color = std::to_string(below(4)); break;
      case Field::attendees:
        if (!event.attendees.empty() && chance(2))
          event.attendees.erase(event.attendees.begin() +
                                static_cast<std::ptrdiff_t>(below(event.attendees.size())));
        else
          guest(series, static_cast<int>(4 + below(4)));
        break;
      case Field::reminders:
        event.reminders =
            std::vector{calendar::Reminder{"popup", static_cast<std::int32_t>(below(3))}};
        break;
    }
  }

  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }
  bool chance(std::uint64_t one_in) { return random_.below(one_in) == 0; }

 private:
  static constexpr std::chrono::sys_seconds kStart{1'800'000'000s};

  std::string text() {
    return below(4) == 0 ? std::string() : "text " + std::to_string(below(1'000));
  }
  void occurrence(Series& series, int number) {
    const calendar::OriginalStart start{false, kStart + std::chrono::days{number}};
    calendar::Occurrence made;
    made.cancelled = chance(2);
    made.event = series.master;
    made.event.summary = text();
    series.occurrences.insert_or_assign(start, made);
  }
  void guest(Series& series, int number) {
    calendar::Attendee made;
    made.email = "g" + std::to_string(number) + "@example.com";
    for (const calendar::Attendee& known : series.master.attendees)
      if (known.email == made.email) return;
    series.master.attendees.push_back(made);
  }

  support::SeededRandom random_;
};

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

TEST(MergeProperties, AChangeOfOneSideWinsUnderEitherPolicy) {  // S-27
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SeriesGenerator make(seed);
    const Series base = make.series();
    const Series changed = make.changed(base);
    for (const ConflictPolicy policy : {ConflictPolicy::remote_wins, ConflictPolicy::crm_wins}) {
      const Merged from_crm = merge(&base, changed, &base, base, policy);
      const Merged from_remote = merge(&base, base, &base, changed, policy);
      for (const Merged* merged : {&from_crm, &from_remote}) {
        EXPECT_FALSE(calendar::changed(merged->crm, changed).any()) << "seed " << seed;
        EXPECT_FALSE(calendar::changed(merged->remote, changed).any()) << "seed " << seed;
        EXPECT_FALSE(merged->conflicts.any()) << "seed " << seed;
      }
    }
  }
}

TEST(MergeProperties, MergedSidesAreEqualAndMergingIsIdempotent) {  // S-28
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    SeriesGenerator make(seed);
    const Series base = make.series();
    const Series crm = make.changed(base);
    const Series remote = make.changed(base);
    for (const ConflictPolicy policy : {ConflictPolicy::remote_wins, ConflictPolicy::crm_wins}) {
      const Merged merged = merge(&base, crm, &base, remote, policy);
      EXPECT_FALSE(calendar::changed(merged.crm, merged.remote).any())
          << "seed " << seed << " " << calendar::changed(merged.crm, merged.remote).to_string();
      const Merged again = merge(&merged.crm, merged.crm, &merged.remote, merged.remote, policy);
      EXPECT_FALSE(calendar::changed(again.crm, merged.crm).any() ||
                   calendar::changed(again.remote, merged.remote).any())
          << "seed " << seed;
      // A field that only one side changed takes that side's value.
      for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
        const Field field = static_cast<Field>(i);
        const bool by_crm = !calendar::equal(base, crm, field);
        const bool by_remote = !calendar::equal(base, remote, field);
        if (by_crm && !by_remote) {
          EXPECT_TRUE(calendar::equal(merged.remote, crm, field))
              << "seed " << seed << " field " << i;
        }
        if (by_remote && !by_crm) {
          EXPECT_TRUE(calendar::equal(merged.crm, remote, field))
              << "seed " << seed << " field " << i;
        }
        if (!by_crm || !by_remote) {
          EXPECT_FALSE(merged.conflicts[i]) << "seed " << seed << " field " << i;
        }
      }
    }
  }
}

TEST(MergeProperties, ATextThatASideCutsIsNotTransferred) {  // P-25
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SeriesGenerator make(seed);
    Series crm_base = make.series();
    crm_base.master.description = std::string(100, 'x');
    Series remote_base = crm_base;
    remote_base.master.description.resize(24);
    Series crm = crm_base;
    Series remote = remote_base;
    make.change(crm, Field::summary);
    make.change(remote, Field::color);
    const Merged merged = merge(&crm_base, crm, &remote_base, remote, ConflictPolicy::remote_wins);
    EXPECT_EQ(merged.crm.master.description.size(), 100u) << "seed " << seed;
    EXPECT_EQ(merged.remote.master.description.size(), 24u) << "seed " << seed;
  }
}

TEST(MergeProperties, GuestsAddedOrRemovedOnEitherSideStaySo) {  // P-24
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SeriesGenerator make(seed);
    const Series base = make.series();
    Series crm = base, remote = base;
    for (int i = 0; i < 2; ++i)
      make.change(crm, Field::attendees), make.change(remote, Field::attendees);
    const Merged merged = merge(&base, crm, &base, remote, ConflictPolicy::remote_wins);
    const auto holds = [](const Series& series, const std::string& email) {
      return std::ranges::any_of(series.master.attendees, [&](const calendar::Attendee& guest) {
        return guest.email == email;
      });
    };
    for (int i = 0; i < 8; ++i) {
      const std::string email = "g" + std::to_string(i) + "@example.com";
      const bool before = holds(base, email);
      const bool wanted = before ? holds(crm, email) && holds(remote, email)
                                 : holds(crm, email) || holds(remote, email);
      EXPECT_EQ(holds(merged.remote, email), wanted) << "seed " << seed << " " << email;
    }
  }
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
      update_bases(linked.link, side, wanted, wanted, held);
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
    EXPECT_TRUE(decided.discarded);
  }
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
