// One CRM user with two Google accounts: the default calendar belongs to one of them, and a
// calendar that both can reach is shown once. And one account whose address changes.
#include <set>

#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using testing::ElementsAre;

const Json kCall = timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00");
constexpr const char* kOther = "other@gmail.example";

class SeveralAccounts : public InstallationTest {
 protected:
  struct Connected {
    std::string id;
    AccountMemory memory;
  };

  SeveralAccounts() {
    const auto account = [](const char* email, const char* role) {
      return Json::object(
          {{"email", email},
           {"name", email},
           {"calendars", Json::array({Json::object({{"id", kTeam},
                                                    {"summary", "Team"},
                                                    {"access_role", role},
                                                    {"time_zone", "Europe/Berlin"}})})}});
    };
    emulated("/accounts", Json::object({{"email", kOther}, {"name", "Other"}}));
    emulated("/load",
             Json::object(
                 {{"accounts", Json::array({account(kMe, "owner"), account(kOther, "writer")})}}));
    add_at_google(kTeam, google_day("Fair", "2026-04-01", "2026-04-02"));
  }

  Connected connect_as(const std::string& email, const std::vector<std::string>& visible,
                       const std::string& default_calendar) {
    settings::AccountConfig config;
    config.sub = "sub-of-" + email;
    config.email = email;
    config.name = email;
    for (const std::string& id : visible)
      config.visible.push_back(
          {id, id, "#0b57d0", id == email ? "owner" : "writer", "Europe/Berlin", id == email});
    config.default_calendar = default_calendar;
    hosting::NewAccount account;
    account.plugin = kId;
    account.user = user_.id;
    account.unique_id = config.sub;
    account.title = config.name;
    account.identity = email;
    account.config = settings::to_json(config);
    Connected connected{must(crm_->accounts().finish_setup(account)).id, {}};
    const Json grant = emulated(
        "/tokens",
        Json::object(
            {{"email", email},
             {"client_id", "client"},
             {"scopes", Json::array({"calendar.events", "calendar.calendarlist.readonly"})}}));
    StoredGrant stored{grant.string("refresh_token"), config.sub, email};
    must(support::run_task(
        vault_->store_grant(connected.id, SecretVault::Which::kept, std::move(stored))));
    accesses_->forget(connected.id);
    return connected;
  }
  RunOutcome run_as(Connected& connected) {
    account_ = connected.id;
    memory_ = std::exchange(connected.memory, {});
    memory_.read_all = true;
    RunOutcome outcome = run();
    connected.memory = std::exchange(memory_, {});
    return outcome;
  }
  // Runs that one account requested for the other.
  void run_both() {
    for (int i = 0; i < 2; ++i)
      for (Connected* one : {&me_, &other_}) EXPECT_FALSE(run_as(*one).error);
  }
  void change_of(const Connected& connected,
                 const std::function<void(settings::AccountConfig&)>& edit) {
    account_ = connected.id;
    change(edit);
  }
  std::string default_of(const Connected& connected) {
    return must(support::run_task(calls_->account(connected.id))).config.default_calendar;
  }
  std::string mode_of(const Connected& connected, const std::string& remote_id) {
    account_ = connected.id;
    return calendar(remote_id).string("mode");
  }
  void disconnect(Connected& connected) {
    must(crm_->accounts().set_state(connected.id, "disconnected"));
    run_as(connected);
    accesses_->forget(connected.id);
  }
  // What the user sees on the calendar page, with repetitions.
  std::vector<std::string> shown() {
    std::vector<std::string> summaries;
    for (const auto& row : must(crm_->appointment_queries().occurrences(
             user_.id, host::test::at("2026-01-01T00:00:00Z"),
             host::test::at("2027-01-01T00:00:00Z"))))
      summaries.emplace_back(row.summary);
    return summaries;
  }

  Connected me_;
  Connected other_;
};

TEST_F(SeveralAccounts, OneCalendarInTwoAccountsIsShownOnce) {
  me_ = connect_as(kMe, {kMe, kTeam}, kTeam);
  other_ = connect_as(kOther, {kOther, kTeam}, "");
  run_both();
  EXPECT_THAT(shown(), ElementsAre("Fair"));
  create_in_crm(kCall);
  run_both();
  EXPECT_THAT(shown(), ElementsAre("Fair", "Call"));
  EXPECT_THAT(at_google(kTeam), ElementsAre("Call", "Fair"));

  // Through the account that is left the calendar goes on.
  disconnect(me_);
  EXPECT_FALSE(run_as(other_).error);
  EXPECT_THAT(shown(), ElementsAre("Fair", "Call"));
  add_at_google(kTeam, google_day("Trip", "2026-06-01", "2026-06-02"));
  EXPECT_FALSE(run_as(other_).error);
  EXPECT_THAT(shown(), ElementsAre("Fair", "Call", "Trip"));
  change_of(other_, [](settings::AccountConfig& config) { config.default_calendar = kTeam; });
  run_as(other_);
  create_in_crm(timed("Second", "2026-07-05T10:00:00+02:00", "2026-07-05T11:00:00+02:00"));
  run_as(other_);
  EXPECT_THAT(at_google(kTeam), ElementsAre("Call", "Fair", "Second", "Trip"));

  // Connected again, it stays with the account that shows it.
  me_ = connect_as(kMe, {kMe, kTeam}, "");
  run_both();
  EXPECT_THAT(shown(), ElementsAre("Fair", "Call", "Trip", "Second"));
  EXPECT_THAT(at_google(kTeam), ElementsAre("Call", "Fair", "Second", "Trip"));
}

TEST_F(SeveralAccounts, DisconnectingTheAccountThatHidesTheCalendarChangesNothing) {
  me_ = connect_as(kMe, {kMe, kTeam}, kTeam);
  other_ = connect_as(kOther, {kOther, kTeam}, "");
  run_both();
  disconnect(other_);
  EXPECT_THAT(shown(), ElementsAre("Fair"));
  EXPECT_FALSE(run_as(me_).error);
  EXPECT_THAT(shown(), ElementsAre("Fair"));
}

TEST_F(SeveralAccounts, AnUntickedCalendarIsShownThroughTheOtherAccount) {  // PD-05
  me_ = connect_as(kMe, {kMe, kTeam}, "");
  other_ = connect_as(kOther, {kOther, kTeam}, "");
  run_both();
  change_of(me_, [](settings::AccountConfig& config) { config.visible.pop_back(); });
  run_both();
  EXPECT_THAT(shown(), ElementsAre("Fair"));
  disconnect(other_);
  EXPECT_THAT(shown(), ElementsAre("Fair")) << "the copies stay with the user";
}

TEST_F(SeveralAccounts, OneAccountHasTheDefaultCalendar) {  // PD-11
  me_ = connect_as(kMe, {kMe}, kMe);
  run_as(me_);
  other_ = connect_as(kOther, {kOther}, kOther);
  run_as(other_);
  EXPECT_FALSE(run_as(me_).error);
  EXPECT_EQ(default_of(me_), "");
  EXPECT_EQ(mode_of(me_, kMe), "view_only");
  EXPECT_EQ(default_of(other_), kOther);
  EXPECT_EQ(mode_of(other_, kOther), "two_way");
  create_in_crm(kCall);
  run_both();
  EXPECT_THAT(in_crm(kOther), ElementsAre("Call"));

  change_of(me_, [](settings::AccountConfig& config) { config.default_calendar = kMe; });
  run_both();
  EXPECT_EQ(default_of(other_), "");
  EXPECT_EQ(mode_of(me_, kMe), "two_way");
  account_ = me_.id;
  EXPECT_TRUE(calendar(kMe)["is_default"].as_bool());
}

TEST_F(SeveralAccounts, ARestoredRoleDoesNotTakeTheDefaultFromAnotherCalendar) {  // PD-11
  me_ = connect_as(kMe, {kMe, kTeam}, kTeam);
  run_as(me_);
  const auto set_role = [&](const char* role) {
    change_of(me_, [&](settings::AccountConfig& config) { config.visible.at(1).role = role; });
    run_as(me_);
  };
  set_role("reader");
  other_ = connect_as(kOther, {kOther}, kOther);
  run_as(other_);
  set_role("owner");
  account_ = other_.id;
  EXPECT_TRUE(calendar(kOther)["is_default"].as_bool());
  EXPECT_EQ(mode_of(me_, kTeam), "view_only");
}

TEST_F(SeveralAccounts, ARenamedAccountKeepsItsPrimaryCalendar) {
  add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
  me_ = connect_as(kMe, {kMe}, kMe);
  run_as(me_);
  // Google no longer knows the old address; the calendar answers as the primary one.
  emulated("/faults",
           Json::object({{"match", Json::object({{"path", std::string("/calendar/v3/calendars/") +
                                                              kMe + "/events"}})},
                         {"times", 0},
                         {"effect", Json::object({{"status", 404}})}}));
  const auto rename = [&](const std::string& address) {
    change_of(me_, [&](settings::AccountConfig& config) {
      config.email = config.visible.at(0).id = config.default_calendar = address;
    });
  };
  rename("me.new@gmail.example");
  create_in_crm(kCall);
  EXPECT_FALSE(run_as(me_).error);
  EXPECT_THAT(shown(), ElementsAre("Visit", "Call"));
  EXPECT_EQ(calendar(kMe).string("state"), "live");
  EXPECT_TRUE(calendar("me.new@gmail.example").is_null());
  EXPECT_EQ(http_.count("POST", "/calendars/primary/events?"), 1u);
  EXPECT_EQ(health().string("reason"), "health.ok");
  // Connected again under the new address: still the same calendar.
  disconnect(me_);
  const std::string id = me_.id;
  me_ = connect_as(kMe, {kMe}, kMe);
  EXPECT_EQ(me_.id, id);
  rename("me.new@gmail.example");
  EXPECT_FALSE(run_as(me_).error);
  EXPECT_THAT(shown(), ElementsAre("Visit", "Call"));
}

}  // namespace
}  // namespace gcal::plugin::test
