// A conflict that waits for its user's decision: what ends the waiting, and what does not (PD-08).
#include "tests/unit/engine/sync/cycle_fixture.hpp"

namespace gcal::sync {
namespace {

struct HeldConflictTest : CycleTest {
  HeldConflictTest() {
    import_events(1);
    retitle(crm, only_crm(), "in the CRM");
    retitle(remote, "event0", "there");
    EXPECT_TRUE(ask());
    EXPECT_EQ(held(kHeldConflict), 1u);
  }
  static void retitle(FakeSide& side, const std::string& id, const std::string& title) {
    Series series = side.objects().at(id).series;
    series.master.summary = title;
    side.user_saves(id, series);
  }
  Result<CycleReport> ask(CycleOptions options = {}) {
    options.conflict_policy = ConflictPolicy::ask;
    return run(options);
  }
  std::size_t times_held() const {
    return static_cast<std::size_t>(
        std::ranges::count(journal.history(), kHeldConflict, &HistoryEntry::detail));
  }
  bool both_are(const std::string& title) {
    return in_crm().master.summary == title && in_remote().master.summary == title;
  }
};

TEST_F(HeldConflictTest, NeitherARepetitionNorARetryNorAnotherPolicyDecidesIt) {  // PD-08
  Pair again = support::run_task(journal.pairs("account"))->front();
  again.cursor = {};  // both sides are listed again
  WriteBatch batch;
  batch.pairs.push_back(again);
  ASSERT_TRUE(support::run_task(journal.commit(std::move(batch))));
  CycleOptions retry;
  retry.try_held_again = true;
  ASSERT_TRUE(run(retry));  // the account does not ask any more
  EXPECT_EQ(held(kHeldConflict), 1u);
  EXPECT_EQ(in_crm().master.summary, "in the CRM");
  EXPECT_EQ(in_remote().master.summary, "there");
  EXPECT_EQ(times_held(), 1u);
}

TEST_F(HeldConflictTest, AnotherEditIsAnotherConflict) {
  retitle(remote, "event0", "there again");
  ASSERT_TRUE(ask());
  EXPECT_EQ(held(kHeldConflict), 1u);
  EXPECT_EQ(times_held(), 2u);
}

TEST_F(HeldConflictTest, EndsWhenOneSideTakesItsChangeBack) {
  retitle(remote, "event0", "meeting 0");
  ASSERT_TRUE(ask());
  EXPECT_EQ(held(kHeldConflict), 0u);
  EXPECT_TRUE(both_are("in the CRM"));
}

TEST_F(HeldConflictTest, EndsWhenOneSideIsDeleted) {
  remote.user_deletes("event0");
  ASSERT_TRUE(ask());
  ASSERT_TRUE(ask());
  EXPECT_EQ(held(kHeldConflict), 0u);
  EXPECT_TRUE(both_are("in the CRM")) << "an edit outweighs a deletion";
}

}  // namespace
}  // namespace gcal::sync
