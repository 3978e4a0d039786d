// The three policies for a field that both sides changed (PD-08).
#include <gtest/gtest.h>

#include "src/engine/sync/plan.hpp"

namespace gcal::sync {
namespace {

class ConflictPolicies : public testing::Test {
 protected:
  ConflictPolicies() {
    base_.master.summary = "Visit";
    base_.master.location = "Berlin";
    base_.facts.organized_by_self = true;
    linked_.link.id = "link";
    linked_.link.side.crm = {"crm", "1", true, base_};
    linked_.link.side.remote = {"google", "1", true, base_};
  }
  Series& see(SideName side) {
    PendingChange change;
    change.side = side;
    change.item.id = linked_.link.side[side].id;
    change.item.series = base_;
    linked_.change[side] = change;
    return linked_.change[side]->item.series;
  }
  void change_the_title_on_both_sides() {
    see(SideName::crm).master.summary = "Visit of Kim";
    see(SideName::remote).master.summary = "Dinner";
  }
  Plan plan_with(ConflictPolicy policy, PairMode mode = PairMode::two_way) {
    return plan(linked_, mode, policy);
  }

  Series base_;
  LinkWithChanges linked_;
};

TEST_F(ConflictPolicies, GoogleWins) {
  change_the_title_on_both_sides();
  const Plan decided = plan_with(ConflictPolicy::remote_wins);
  EXPECT_EQ(decided.series.crm.master.summary, "Dinner");
  EXPECT_EQ(decided.action.remote, Plan::Action::nothing);
  ASSERT_TRUE(decided.discarded.crm);
  EXPECT_EQ(decided.discarded.crm->master.summary, "Visit of Kim");
}

TEST_F(ConflictPolicies, CrmWins) {
  change_the_title_on_both_sides();
  const Plan decided = plan_with(ConflictPolicy::crm_wins);
  EXPECT_EQ(decided.series.remote.master.summary, "Visit of Kim");
  ASSERT_TRUE(decided.discarded.remote);
  EXPECT_EQ(decided.discarded.remote->master.summary, "Dinner");
}

TEST_F(ConflictPolicies, AskHoldsAndDiscardsNothing) {
  change_the_title_on_both_sides();
  const Plan decided = plan_with(ConflictPolicy::ask);
  ASSERT_TRUE(decided.hold);
  EXPECT_STREQ(decided.hold, kHeldConflict);
  EXPECT_EQ(decided.action.crm, Plan::Action::nothing);
  EXPECT_EQ(decided.action.remote, Plan::Action::nothing);
  EXPECT_FALSE(decided.discarded.crm || decided.discarded.remote);
}

TEST_F(ConflictPolicies, AskMergesDifferentFieldsWithoutAQuestion) {
  see(SideName::crm).master.summary = "Visit of Kim";
  see(SideName::remote).master.location = "Hamburg";
  const Plan decided = plan_with(ConflictPolicy::ask);
  EXPECT_FALSE(decided.hold);
  EXPECT_EQ(decided.series.remote.master.summary, "Visit of Kim");
  EXPECT_EQ(decided.series.crm.master.location, "Hamburg");
}

TEST_F(ConflictPolicies, AskHasNoQuestionAboutEqualChanges) {
  see(SideName::crm).master.summary = "Dinner";
  see(SideName::remote).master.summary = "Dinner";
  EXPECT_FALSE(plan_with(ConflictPolicy::ask).hold);
  EXPECT_TRUE(plan_with(ConflictPolicy::ask).rebase_only);
}

TEST_F(ConflictPolicies, AskHasNoQuestionAboutAMeetingThatTheCrmMayNotChange) {
  base_.facts.organized_by_self = false;
  linked_.link.side.crm.base = linked_.link.side.remote.base = base_;
  change_the_title_on_both_sides();
  const Plan decided = plan_with(ConflictPolicy::ask);
  EXPECT_FALSE(decided.hold);
  EXPECT_EQ(decided.series.crm.master.summary, "Dinner");
}

TEST_F(ConflictPolicies, ViewOnlyCalendarsAlwaysTakeGooglesValue) {
  change_the_title_on_both_sides();
  for (const ConflictPolicy policy :
       {ConflictPolicy::remote_wins, ConflictPolicy::crm_wins, ConflictPolicy::ask}) {
    const Plan decided = plan_with(policy, PairMode::view_only);
    EXPECT_FALSE(decided.hold);
    EXPECT_EQ(decided.series.crm.master.summary, "Dinner");
    EXPECT_EQ(decided.action.remote, Plan::Action::nothing);
  }
}

}  // namespace
}  // namespace gcal::sync
