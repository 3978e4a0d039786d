// The CRM's side of a cycle over the host's own tables.
#include "plugin/adapters/crm_side.hpp"

#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using testing::ElementsAre;

class CrmSideTest : public InstallationTest {
 protected:
  CrmSideTest() {
    connect({kMe}, kMe);
    run();
  }
  static sync::Operation creation() {
    sync::Operation create;
    create.link_id = "0123456789abcdefghijklmnop";
    create.series.master.summary = "Call";
    create.series.master.start = calendar::ZonedTime{std::chrono::sys_seconds{}, "UTC"};
    create.series.master.end =
        calendar::ZonedTime{std::chrono::sys_seconds{std::chrono::hours{1}}, "UTC"};
    return create;
  }
  // As each run makes one.
  Result<sync::Written> apply(sync::Operation operation, const char* op_id, bool settles) {
    operation.op_id = op_id;
    CrmSide side(services_->events, RecordMatcher(services_->contacts, user_.id, {kMe}),
                 calendar(kMe).string("id"), next_fence(), blocking_);
    std::vector<sync::Operation> one;
    one.push_back(std::move(operation));
    std::vector<Result<sync::Written>> answers =
        must(support::run_task(side.apply(std::move(one))));
    if (settles) must(support::run_task(side.settle({op_id})));
    return answers.at(0);
  }
};

TEST_F(CrmSideTest, AWriteThatIsRepeatedAfterACrashIsAnsweredAsItWas) {
  const sync::Operation create = creation();
  const auto first = apply(create, "before the crash", false);
  ASSERT_TRUE(first);
  const auto again = apply(create, "after the crash", true);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->version, first->version);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Call"));
  EXPECT_FALSE(apply(create, "settled", true)) << "the answer was forgotten";
}

// What the user reads names the CRM, not Google.
TEST_F(CrmSideTest, AnOutageOfTheCrmIsNamedAsSuch) {
  crm_events_0 table{};
  table.changes = [](const crm_host*, crm_str, crm_str, std::uint32_t, crm_sink,
                     crm_error*) noexcept -> crm_status { return CRM_UNAVAILABLE; };
  const crm::Events away(nullptr, &table);
  CrmSide side(away, RecordMatcher(services_->contacts, user_.id, {kMe}), "calendar", 0, blocking_);
  const auto read = support::run_task(side.changes(""));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::unavailable);
  EXPECT_EQ(read.error().detail, "health.crm_waiting");
}

TEST_F(CrmSideTest, AnswersThatNoOneSettlesAreForgottenWithTheFeed) {
  const sync::Operation create = creation();
  ASSERT_TRUE(apply(create, "before the crash", false));
  clock_.advance(std::chrono::days{89});
  must(crm_->appointment_feed().purge());
  EXPECT_TRUE(apply(create, "again", false));
  clock_.advance(std::chrono::days{2});
  must(crm_->appointment_feed().purge());
  EXPECT_FALSE(apply(create, "later", false));
}

}  // namespace
}  // namespace gcal::plugin::test
