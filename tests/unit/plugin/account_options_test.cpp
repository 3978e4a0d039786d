// Options of an account in its runs: the policy for conflicts, private events, one default
// calendar.
#include "tests/unit/plugin/settings_page_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class AccountOptions : public SettingsPages {
 protected:
  void save(const std::string& name, const Json& value) {
    const Json done = save_options([&](Json& values) { values.set(name, value); });
    EXPECT_EQ(done.string("type"), "finish") << done.dump();
  }
  // Changes the title of the only appointment on both sides between two runs.
  void change_both() {
    const Json page =
        must(Json::parse(must(services_->events.changes(calendar(kMe).string("id"), "", 10))));
    const Json& document = page["changes"].items().at(0)["document"];
    must(crm_->appointment_editor().edit(user_.id, document.string("id"),
                                         document.string("revision"), host::Scope::all,
                                         std::nullopt, Json::object({{"summary", "In the CRM"}})));
    google("PATCH", "/calendars/" + net::percent_encode(kMe) + "/events/" + visit_,
           Json::object({{"summary", "At Google"}}));
    runs_[account_].read_all = true;
    run();
  }
  void connect_with_a_visit(Json more = Json::object()) {
    Json visit = google_day("Visit", "2026-03-24", "2026-03-25");
    for (const auto& [name, value] : more.members()) visit.set(name, value);
    visit_ = add_at_google(kMe, visit);
    connect({kMe}, kMe);
    run();
  }
  void connect_with_a_team() {
    emulated("/load",
             Json::object(
                 {{"accounts", Json::array({Json::object(
                                   {{"email", kMe},
                                    {"name", "Me"},
                                    {"calendars", Json::array({Json::object(
                                                      {{"id", kTeam},
                                                       {"summary", "Team"},
                                                       {"access_role", "owner"},
                                                       {"time_zone", "Europe/Berlin"}})})}})})}}));
    connect({kMe, kTeam}, kMe);
    run();
  }
  std::string visit_;
};

const Json kCall = timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00");

TEST_F(AccountOptions, CrmWinsWhenTheAccountSaysSo) {  // PD-08
  connect_with_a_visit();
  save("conflicts", "crm");
  change_both();
  EXPECT_THAT(in_crm(kMe), ElementsAre("In the CRM"));
  EXPECT_THAT(at_google(kMe), ElementsAre("In the CRM"));
}

TEST_F(AccountOptions, AskedConflictKeepsBothValuesUntilItIsDecided) {  // PD-08
  for (const bool crm_wins : {false, true}) {
    if (visit_.empty()) {
      connect_with_a_visit();
      save("conflicts", "ask");
    }
    change_both();
    EXPECT_THAT(in_crm(kMe), ElementsAre("In the CRM"));
    EXPECT_THAT(at_google(kMe), ElementsAre("At Google"));
    ASSERT_THAT(health()["attention"].items(), SizeIs(1)) << health().dump();
    EXPECT_EQ(health()["attention"].items()[0].string("key"), "health.conflicts");
    runs_.clear();  // the plugin was started again
    run();
    EXPECT_THAT(at_google(kMe), ElementsAre("At Google"));

    const Json question = step("options", "conflicts");
    ASSERT_EQ(question.string("type"), "form") << question.dump();
    const Json& note = question["notes"].items().at(0);
    EXPECT_EQ(note.string("key"), "options.conflict_summary");
    EXPECT_EQ(note["args"].string("crm"), "In the CRM");
    EXPECT_EQ(note["args"].string("google"), "At Google");
    const Json done =
        step("options", "conflicts", Json::object({{"decision", crm_wins ? "crm" : "google"}}),
             question["memo"]);
    EXPECT_EQ(done.string("type"), "finish") << done.dump();
    run();
    const char* winner = crm_wins ? "In the CRM" : "At Google";
    EXPECT_THAT(in_crm(kMe), ElementsAre(winner));
    EXPECT_THAT(at_google(kMe), ElementsAre(winner));
    EXPECT_THAT(health()["attention"].items(), IsEmpty());
    // The decision was about this conflict only.
    google("PATCH", "/calendars/" + net::percent_encode(kMe) + "/events/" + visit_,
           Json::object({{"summary", "Visit"}}));
    runs_[account_].read_all = true;
    run();
  }
}

TEST_F(AccountOptions, PrivateEventsFollowTheChoiceAndBack) {  // P-19
  connect_with_a_visit(Json::object({{"visibility", "private"}, {"location", "Clinic"}}));
  add_at_google(kMe, google_day("Public", "2026-04-01", "2026-04-02"));
  Json own = timed("Own", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00");
  own.set("visibility", "private");
  create_in_crm(own);
  runs_[account_].read_all = true;
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Own", "Public", "Visit"));

  save("private_events", "busy");
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("", "Own", "Public"));
  save("private_events", "hide");
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Own", "Public"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Own", "Public", "Visit"));
  EXPECT_THAT(health()["attention"].items(), IsEmpty());
  save("private_events", "keep");
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Own", "Public", "Visit"));
  EXPECT_THAT(at_google(kMe), ElementsAre("Own", "Public", "Visit"));
  EXPECT_EQ(google("GET", "/calendars/" + net::percent_encode(kMe) + "/events/" + visit_)
                .string("location"),
            "Clinic");
}

TEST_F(AccountOptions, BusyEventCannotBeEditedInTheCrm) {  // P-19
  connect_with_a_visit(Json::object({{"visibility", "private"}, {"location", "Clinic"}}));
  save("private_events", "busy");
  run();
  const Json page =
      must(Json::parse(must(services_->events.changes(calendar(kMe).string("id"), "", 10))));
  const Json& document = page["changes"].items().at(0)["document"];
  const auto edited = crm_->appointment_editor().edit(
      user_.id, document.string("id"), document.string("revision"), host::Scope::all, std::nullopt,
      Json::object({{"summary", "Seen by colleagues"}}));
  ASSERT_FALSE(edited);
  EXPECT_EQ(edited.error().message, "event.read_only.locked");
  run();
  const Json there = google("GET", "/calendars/" + net::percent_encode(kMe) + "/events/" + visit_);
  EXPECT_EQ(there.string("summary"), "Visit");
  EXPECT_EQ(there.string("location"), "Clinic");
}

TEST_F(AccountOptions, RaisedCalendarIsEditedAndLoweredAfterItsChangesAreWritten) {  // PD-02
  connect_with_a_team();
  EXPECT_EQ(calendar(kTeam).string("mode"), "view_only");
  save("two_way", Json::array({kTeam}));
  run();
  EXPECT_EQ(calendar(kTeam).string("mode"), "two_way");
  EXPECT_TRUE(calendar(kMe)["is_default"].as_bool());
  create_in_crm(kCall, calendar(kTeam).string("id"));
  save("two_way", Json::array());
  run();
  EXPECT_THAT(at_google(kTeam), ElementsAre("Call"));
  EXPECT_THAT(in_crm(kTeam), ElementsAre("Call"));
  EXPECT_EQ(calendar(kTeam).string("mode"), "view_only");
  EXPECT_EQ(pair(kTeam).mode, sync::PairMode::view_only);
  EXPECT_EQ(pair(kMe).mode, sync::PairMode::two_way);
}

TEST_F(AccountOptions, DefaultThatIsSetInTheCrmIsFollowed) {  // S-17, S-21
  connect_with_a_team();
  save("two_way", Json::array({kTeam}));
  run();
  must(crm_->plugin_calendars().set_default(user_.id, calendar(kTeam).string("id")));
  run();
  EXPECT_EQ(config().default_calendar, kTeam);
  EXPECT_TRUE(pair(kTeam).is_default);
  EXPECT_TRUE(calendar(kTeam)["is_default"].as_bool());

  must(crm_->plugin_calendars().set_default(user_.id, ""));
  run();
  EXPECT_EQ(config().default_calendar, "");
  EXPECT_FALSE(calendar(kTeam)["is_default"].as_bool());
  EXPECT_EQ(calendar(kMe).string("mode"), "view_only");

  save("default_calendar", kMe);
  run();
  run();
  EXPECT_EQ(config().default_calendar, kMe);
  EXPECT_TRUE(calendar(kMe)["is_default"].as_bool());
}

TEST_F(AccountOptions, FormShowsTheDefaultThatWasSetInTheCrmBeforeTheNextRun) {  // S-17
  connect_with_a_team();
  save("two_way", Json::array({kTeam}));
  run();
  must(crm_->plugin_calendars().set_default(user_.id, calendar(kTeam).string("id")));
  EXPECT_EQ(step("options", "calendars")["values"].string("default_calendar"), kTeam);
  save("name", "Teams");  // a save that leaves the default alone keeps it
  run();
  EXPECT_TRUE(calendar(kTeam)["is_default"].as_bool());
  EXPECT_EQ(config().default_calendar, kTeam);
}

TEST_F(AccountOptions, DefaultOfALaterSetupIsAppliedWhateverTheUserHadInBetween) {  // S-21, PD-14
  connect_with_a_team();
  must(crm_->accounts().set_state(account_, "disconnected"));
  run();
  must(crm_->plugin_calendars().set_default(user_.id, ""));
  connect({kMe, kTeam}, kMe);
  change([](settings::AccountConfig& config) { config.draft = "draft-1"; });
  run();
  run();
  EXPECT_EQ(config().default_calendar, kMe);
  EXPECT_TRUE(calendar(kMe)["is_default"].as_bool());
}

TEST_F(AccountOptions, SecondAccountStartsWithTheDefaultOfTheFirst) {  // PD-11
  connect({kMe}, kMe);
  run();
  const std::string first = std::exchange(account_, "");
  must(flows().create(kId, user_.id, "setup", "draft-1"));
  const std::string code = consent(step("setup", ""));
  const Json form = step("setup", "consent", Json::object({{"code", code}}));
  EXPECT_EQ(form["values"].string("default_calendar"), settings::kPresentDefault);
  EXPECT_EQ(form["args"].string("present_name"), "Nord");
  account_ = first;
  EXPECT_EQ(step("options", "calendars")["values"].string("default_calendar"), kMe);
}

}  // namespace
}  // namespace gcal::plugin::test
