// Jobs of an account as a whole.
#include "tests/bench/calls/calls.hpp"

namespace gcal::bench {
namespace {

using AccountJobs = CallsTest;

TEST_F(AccountJobs, DefaultThereAndBack) {
  set_up("none", {kTeam, kMe});
  create(10);
  settle();
  begin();
  for (const char* calendar : {kTeam, kMe}) {
    change([&](settings::AccountConfig& config) { config.default_calendar = calendar; });
    settle();
  }
  EXPECT_EQ(at_google(kTeam).size(), 10u);
  EXPECT_EQ(at_google(kMe).size(), 10u);
  finish("default_there_and_back", 10, 14);
}

TEST_F(AccountJobs, DisconnectAndReturn) {
  fill(kMe, 100);
  set_up();
  host::test::must(crm_->accounts().set_state(account_, "disconnected"));
  settle();
  edit("event 5", Json::object({{"summary", "mine"}}));
  accesses_->forget(account_);
  begin();
  set_up();
  EXPECT_EQ(in_crm(kMe).size(), 100u);
  EXPECT_EQ(http_.writes(), 0u);
  finish("disconnect_and_return", 4, 6);
}

TEST_F(AccountJobs, ImportWithoutQuota) {
  fill(kMe, 1'500);
  create(60);
  emulated(
      "/faults",
      Json::object({{"match", Json::object({{"method", "POST"},
                                            {"path",
                                             "/calendar/v3/calendars/{calendarId}/"
                                             "events"}})},
                    {"times", 0},
                    {"effect", Json::object({{"status", 403}, {"reason", "quotaExceeded"}})}}));
  begin();
  set_up("all");
  EXPECT_GE(in_crm(kMe).size(), 1'500u);
  finish("import_without_quota", 5);
}

}  // namespace
}  // namespace gcal::bench
