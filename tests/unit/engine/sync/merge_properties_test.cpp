// Properties of the merge: random series, random changes on both sides, and what must hold for all
// of them. Each failure names its seed.
#include "src/engine/sync/merge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/unit/engine/sync/series_generator.hpp"

namespace gcal::sync {
namespace {

using calendar::Field;
using calendar::FieldSet;
using testing::SeriesGenerator;

constexpr std::array kPolicies{ConflictPolicy::remote_wins, ConflictPolicy::crm_wins};

// A base, and what each side made of it.
struct Change {
  Series base, crm, remote;

  explicit Change(std::uint64_t seed) : Change(SeriesGenerator(seed)) {}

  Merged merge(ConflictPolicy policy) const {
    return sync::merge(&base, crm, &base, remote, policy);
  }
  Merged mirrored(ConflictPolicy policy) const {
    return sync::merge(&base, remote, &base, crm, policy);
  }

 private:
  explicit Change(SeriesGenerator make)
      : base(make.series()), crm(make.changed(base)), remote(make.changed(base)) {
    if (!base.recurring() || make.chance(3)) return;
    crm = make.dates_changed(crm);
    remote = make.dates_changed(remote);
  }
};

// What a series shows on one date; nullopt: the date is cancelled.
std::optional<calendar::Event> shown(const Series& series, const OriginalStart& start) {
  const calendar::Occurrence* exception = find_occurrence(series, start);
  if (exception && exception->cancelled) return std::nullopt;
  return exception ? exception->event : calendar::occurrence_by_rule(series.master, start);
}

std::set<OriginalStart> dates_of(const std::vector<const Series*>& all) {
  std::set<OriginalStart> dates;
  for (const Series* series : all)
    for (const auto& [start, occurrence] : series->occurrences) dates.insert(start);
  return dates;
}

TEST(MergeProperties, AChangeOfOneSideIsKeptUnderEachPolicy) {  // S-27
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    const Change made(seed);
    for (const ConflictPolicy policy : kPolicies) {
      const Merged from_crm = merge(&made.base, made.crm, &made.base, made.base, policy);
      const Merged from_remote = merge(&made.base, made.base, &made.base, made.crm, policy);
      for (const Merged* merged : {&from_crm, &from_remote}) {
        for (const Series* side : {&merged->crm, &merged->remote})
          EXPECT_EQ(calendar::changed(*side, made.crm), FieldSet()) << "seed " << seed;
        EXPECT_FALSE(merged->conflicts.any()) << "seed " << seed;
        EXPECT_FALSE(merged->edit_beat_delete) << "seed " << seed;
      }
    }
  }
}

TEST(MergeProperties, AnEqualChangeOnBothSidesIsNoConflict) {  // S-28
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    const Change made(seed);
    for (const ConflictPolicy policy : kPolicies) {
      const Merged merged = merge(&made.base, made.crm, &made.base, made.crm, policy);
      for (const Series* side : {&merged.crm, &merged.remote})
        EXPECT_EQ(calendar::changed(*side, made.crm), FieldSet()) << "seed " << seed;
      EXPECT_FALSE(merged.conflicts.any()) << "seed " << seed;
    }
  }
}

// What a user sees of it: exceptions that show what the rule shows are left out.
Series visible(Series series) {
  std::erase_if(series.occurrences, [&](const auto& each) {
    return !each.second.cancelled &&
           calendar::equal_event(each.second.event,
                                 calendar::occurrence_by_rule(series.master, each.first));
  });
  return series;
}

TEST(MergeProperties, MergedSidesAreEqualAndMergingAgainChangesNothing) {  // S-28
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    const Change made(seed);
    for (const ConflictPolicy policy : kPolicies) {
      const Merged merged = made.merge(policy);
      EXPECT_EQ(calendar::changed(visible(merged.crm), visible(merged.remote)), FieldSet())
          << "seed " << seed;
      // With the old base, as in the next round, and with the new one, as in the next run.
      const Merged next_round = merge(&made.base, merged.crm, &made.base, merged.remote, policy);
      const Merged next_run = merge(&merged.crm, merged.crm, &merged.remote, merged.remote, policy);
      for (const Merged* again : {&next_round, &next_run}) {
        for (const auto& [held, wanted] :
             {std::pair(&again->crm, &merged.crm), std::pair(&again->remote, &merged.remote)})
          EXPECT_EQ(calendar::changed(visible(*held), visible(*wanted)), FieldSet())
              << "seed " << seed;
        EXPECT_FALSE(again->conflicts.any()) << "seed " << seed;
      }
    }
  }
}

// The remote side gave a date the very value that the CRM gave the whole series: once the series
// was written there, it can no longer be seen that the date was edited for itself.
bool an_edit_equals_that_of_the_series(const Change& made) {
  for (const auto& [start, occurrence] : made.remote.occurrences)
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i)
      if (const Field field = static_cast<Field>(i);
          field != Field::schedule && !occurrence.cancelled &&
          !calendar::equal(made.base.master, made.crm.master, field) &&
          calendar::equal(made.crm.master, occurrence.event, field))
        return true;
  return false;
}

TEST(MergeProperties, WhatIsSentToOneSideMergesToTheSameWithTheOther) {  // S-28
  std::size_t excepted = 0;
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    const Change made(seed);
    if (an_edit_equals_that_of_the_series(made)) {
      ++excepted;
      continue;
    }
    const Merged merged = made.merge(ConflictPolicy::remote_wins);
    // The remote side was written, the CRM not yet, and the base is still the old one.
    const Merged next =
        merge(&made.base, made.crm, &made.base, merged.remote, ConflictPolicy::remote_wins);
    EXPECT_EQ(calendar::changed(next.crm, merged.crm), FieldSet()) << "seed " << seed;
    EXPECT_EQ(calendar::changed(next.remote, merged.remote), FieldSet()) << "seed " << seed;
  }
  EXPECT_LT(excepted, 200u);
}

TEST(MergeProperties, TheSidesAreTreatedAlikeApartFromThePolicy) {  // S-28
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    const Change made(seed);
    const Merged merged = made.merge(ConflictPolicy::remote_wins);
    const Merged mirrored = made.mirrored(ConflictPolicy::crm_wins);
    EXPECT_EQ(calendar::changed(merged.crm, mirrored.remote), FieldSet()) << "seed " << seed;
    EXPECT_EQ(calendar::changed(merged.remote, mirrored.crm), FieldSet()) << "seed " << seed;
    EXPECT_EQ(merged.conflicts, mirrored.conflicts) << "seed " << seed;
    EXPECT_EQ(merged.lost.crm, mirrored.lost.remote) << "seed " << seed;
    EXPECT_EQ(merged.lost.remote, mirrored.lost.crm) << "seed " << seed;
  }
}

TEST(MergeProperties, AFieldThatOneSideAloneChangedTakesItsValue) {  // S-28
  for (std::uint64_t seed = 1; seed <= 1'000; ++seed) {
    const Change made(seed);
    const Merged merged = made.merge(ConflictPolicy::remote_wins);
    for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
      const Field field = static_cast<Field>(i);
      if (field == Field::schedule) continue;
      const bool by_crm = !calendar::equal(made.base, made.crm, field);
      const bool by_remote = !calendar::equal(made.base, made.remote, field);
      if (by_crm == by_remote) continue;
      EXPECT_TRUE(calendar::equal(merged.remote, by_crm ? made.crm : made.remote, field))
          << "seed " << seed << " field " << i;
      EXPECT_FALSE(merged.conflicts[i]) << "seed " << seed << " field " << i;
    }
  }
}

// Independent of the merge: what each side did to each field of each date.
TEST(MergeProperties, OfOneDateOnlyAFieldChangedTwiceIsAConflict) {  // S-28
  std::size_t conflicts = 0, together = 0;
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    const Change made(seed);
    if (!calendar::equal_rule(made.base, made.crm) || !calendar::equal_rule(made.base, made.remote))
      continue;
    const Merged merged = made.merge(ConflictPolicy::remote_wins);
    bool expected = false;
    for (const OriginalStart& start : dates_of({&made.base, &made.crm, &made.remote})) {
      const calendar::Event by_rule = calendar::occurrence_by_rule(made.base.master, start);
      const auto base = shown(made.base, start).value_or(by_rule);
      const auto crm = shown(made.crm, start), remote = shown(made.remote, start),
                 result = shown(merged.crm, start);
      if (!crm || !remote) continue;
      ASSERT_TRUE(result) << "seed " << seed;
      // A date without an exception shows what the merged series shows.
      const bool follows = !find_occurrence(merged.crm, start);
      bool by_crm = false, by_remote = false;
      const auto of_the_date = [&](const Series& series, Field field) {
        return !calendar::equal(by_rule, base, field) ||
               !calendar::equal(calendar::occurrence_by_rule(series.master, start),
                                *shown(series, start), field);
      };
      for (std::size_t i = 0; i < calendar::kFieldCount; ++i) {
        const Field field = static_cast<Field>(i);
        if (field == Field::attendees) continue;
        const bool crm_changed = !calendar::equal(base, *crm, field);
        const bool remote_changed = !calendar::equal(base, *remote, field);
        by_crm |= crm_changed && !remote_changed;
        by_remote |= remote_changed && !crm_changed;
        if (follows) {  // the value that lost against the rule went with its exception
          expected |= (find_occurrence(made.crm, start) || find_occurrence(made.remote, start)) &&
                      crm_changed && remote_changed && !calendar::equal(*crm, *remote, field) &&
                      of_the_date(made.crm, field) == of_the_date(made.remote, field);
          continue;
        }
        if (crm_changed != remote_changed) {
          EXPECT_TRUE(calendar::equal(*result, crm_changed ? *crm : *remote, field))
              << "seed " << seed << " field " << i;
        } else if (crm_changed && !calendar::equal(*crm, *remote, field)) {
          const bool one_only = of_the_date(made.crm, field) != of_the_date(made.remote, field);
          expected |= !one_only;
          EXPECT_TRUE(calendar::equal(
              *result, one_only && of_the_date(made.crm, field) ? *crm : *remote, field))
              << "seed " << seed << " field " << i;
        }
      }
      together += by_crm && by_remote ? 1 : 0;
    }
    EXPECT_EQ(merged.conflicts[calendar::index(Field::schedule)], expected) << "seed " << seed;
    conflicts += expected ? 1 : 0;
  }
  EXPECT_GT(conflicts, 50u) << "too few conflicts to prove anything";
  EXPECT_GT(together, 50u) << "too few dates that both sides changed";
}

TEST(MergeProperties, EachConflictNamesTheSideWhoseChangeIsLost) {  // PD-08
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    const Merged merged = Change(seed).merge(ConflictPolicy::remote_wins);
    EXPECT_EQ(merged.conflicts.any(), merged.lost.crm || merged.lost.remote) << "seed " << seed;
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

}  // namespace
}  // namespace gcal::sync
