// What the user chose to remove on disconnecting, in the runs of the disconnected account (PD-14).
#include "tests/unit/plugin/settings_page_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using testing::ElementsAre;

class DisconnectRemoval : public SettingsPages {
 protected:
  DisconnectRemoval() {
    add_at_google(kMe, google_day("Theirs", "2026-03-24", "2026-03-25"));
    connect({kMe}, kMe);
    run();
    create_in_crm(timed("Ours", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00"));
    run();
    EXPECT_THAT(at_google(kMe), ElementsAre("Ours", "Theirs"));
    http_.forget();
  }
  void disconnect(const std::string& copies, const std::string& events) {
    const Json form = step("options", "disconnect");
    EXPECT_EQ(form["args"]["copies"].as_integer(), 1);
    EXPECT_EQ(form["args"]["events"].as_integer(), 1);
    EXPECT_EQ(form["args"]["guests"].as_integer(), 0);
    const Json answer = Json::object({{"copies", copies}, {"events", events}, {"confirm", true}});
    EXPECT_EQ(step("options", "disconnect", answer, form["memo"]).string("type"), "finish");
  }
  void google_answers(bool answers) {
    if (answers) return clear_faults();
    emulated("/faults", Json::object({{"match", Json::object({{"method", "DELETE"}})},
                                      {"times", 0},
                                      {"effect", Json::object({{"status", 503}})}}));
  }
};

TEST_F(DisconnectRemoval, KeepsBothSidesUnlessTheUserChoosesOtherwise) {
  disconnect("keep", "keep");
  EXPECT_FALSE(run().next);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Ours", "Theirs"));
  EXPECT_EQ(http_.writes(), 0u);
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
}

TEST_F(DisconnectRemoval, GoesOnUntilGoogleAnswersAndThenRevokesTheGrant) {
  google_answers(false);
  disconnect("remove", "remove");
  ASSERT_TRUE(run().next);
  EXPECT_THAT(in_crm(kMe), ElementsAre("Ours")) << "the CRM does not wait for Google";
  runs_.clear();  // the plugin was started again
  EXPECT_TRUE(run().next);
  EXPECT_EQ(http_.count("POST", "/revoke"), 0u);
  google_answers(true);
  EXPECT_FALSE(run().next);
  EXPECT_THAT(at_google(kMe), ElementsAre("Theirs"));
  EXPECT_THAT(in_crm(kMe), ElementsAre("Ours"));
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
}

TEST_F(DisconnectRemoval, CalendarWithoutAppointmentsIsNoLongerShown) {
  disconnect("remove", "keep");
  run();
  EXPECT_EQ(calendar(kMe).string("state"), "gone") << "the user's own appointment is in it";
}

TEST_F(DisconnectRemoval, ConnectingAgainTakesTheChoiceBack) {
  google_answers(false);
  disconnect("keep", "remove");
  ASSERT_TRUE(run().next);
  google_answers(true);
  connect({kMe}, kMe);
  change([](settings::AccountConfig& config) { config.draft = "draft-2"; });
  run();
  must(crm_->accounts().set_state(account_, "disconnected"));
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Ours", "Theirs"));
}

}  // namespace
}  // namespace gcal::plugin::test
