// What Google refuses or cannot do: the account, the calendar or one appointment; what the user is
// shown, and what goes on.
#include "plugin/account/refusals.hpp"
#include "tests/unit/plugin/installation.hpp"

namespace gcal::plugin::test {
namespace {

using host::test::timed;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kEvents = "/calendar/v3/calendars/{calendarId}/events";
constexpr const char* kEvent = "/calendar/v3/calendars/{calendarId}/events/{eventId}";

class Refusals : public InstallationTest {
 protected:
  Refusals() {
    emulated("/load",
             Json::object(
                 {{"accounts", Json::array({Json::object({{"email", kMe}, {"name", "Me"}})})}}));
    add_at_google(kMe,
                  google_timed("Visit", "2026-03-24T09:00:00+01:00", "2026-03-24T10:00:00+01:00"));
    connect({kMe}, kMe);
    run();
  }

  // The request is answered with the effect until clear_faults(). `times` 0: always.
  void refuse(const char* method, const char* path, Json effect, int times = 0) {
    emulated("/faults", Json::object({{"match", Json::object({{"method", method}, {"path", path}})},
                                      {"times", times},
                                      {"effect", std::move(effect)}}));
  }
  static Json error(int status, const char* reason) {
    return Json::object({{"status", status}, {"reason", reason}});
  }

  std::vector<sync::HeldItem> held() {
    store::SqlJournal journal(*database_, blocking_, random_, 0);
    return must(support::run_task(journal.held_items_of_account(account_)));
  }
  RunOutcome sync_now() {
    memory_.read_all = true;
    return run();
  }
  std::string shown() { return health().string("state") + " " + health().string("reason"); }
};

const Json kCall = timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00");

TEST_F(Refusals, ApiSwitchedOffHoldsNothingAndNamesTheAdministrator) {  // P-14
  refuse("POST", kEvents, error(403, "accessNotConfigured"));
  create_in_crm(kCall);
  const RunOutcome outcome = run();
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(shown(), "attention refusal.api_disabled");
  EXPECT_THAT(held(), IsEmpty());
  clear_faults();
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_EQ(shown(), "ok health.ok");
}

TEST_F(Refusals, ApiSwitchedOffWhileReadingIsNoMissingCalendar) {  // P-14, S-30
  refuse("GET", kEvents, error(403, "accessNotConfigured"));
  sync_now();
  EXPECT_EQ(shown(), "attention refusal.api_disabled");
  EXPECT_EQ(pair(kMe).state, sync::PairState::live);
  clear_faults();
  refuse("GET", kEvents, Json::object({{"status", 403}, {"body", "<html>no</html>"}}));
  sync_now();
  EXPECT_EQ(shown(), "attention refusal.unknown");
  EXPECT_EQ(pair(kMe).state, sync::PairState::live);
}

TEST_F(Refusals, WrongOAuthClientHoldsNothingAndNamesTheAdministrator) {  // P-16
  clock_.advance(std::chrono::hours{2});  // the access token has expired
  accesses_->forget(account_);
  refuse("POST", "/token",
         Json::object({{"status", 401}, {"body", R"({"error":"invalid_client"})"}}));
  create_in_crm(kCall);
  run();
  EXPECT_EQ(shown(), "attention refusal.oauth_client");
  EXPECT_THAT(held(), IsEmpty());
  clear_faults();
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_EQ(shown(), "ok health.ok");
}

TEST_F(Refusals, AnUnexplainedRefusalOfWritesIsOfTheAccountAtFirst) {  // P-06
  refuse("POST", kEvents, Json::object({{"status", 403}, {"body", "<html>proxy</html>"}}));
  create_in_crm(kCall);
  run();
  EXPECT_EQ(shown(), "attention refusal.unknown");
  clear_faults();
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_EQ(shown(), "ok health.ok");
}

TEST_F(Refusals, ARefusedAppointmentIsNamedAndTriedDaily) {  // P-06
  refuse("POST", kEvents, error(400, "invalid"));
  create_in_crm(kCall);
  const RunOutcome outcome = run();
  EXPECT_FALSE(outcome.error);
  EXPECT_EQ(shown(), "attention health.quarantined");
  ASSERT_THAT(held(), SizeIs(1));
  EXPECT_EQ(held()[0].reason, sync::kHeldInvalid);
  EXPECT_EQ(held()[0].version, kPluginVersion);
  http_.forget();
  run();
  EXPECT_EQ(http_.count("POST", "/events?"), 0u);
  clear_faults();
  clock_.advance(std::chrono::hours{25});
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_EQ(shown(), "ok health.ok");
}

TEST_F(Refusals, SynchronisingOnRequestTriesWhatIsHeld) {  // P-06
  refuse("POST", kEvents, error(400, "invalid"));
  create_in_crm(kCall);
  run();
  clear_faults();
  sync_now();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
  EXPECT_THAT(held(), IsEmpty());
}

TEST_F(Refusals, ALostRoleIsReadAgainAndEditsWaitForIt) {  // PD-04
  refuse("POST", kEvents, error(403, "requiredAccessLevel"));
  refuse("GET", "/calendar/v3/users/me/calendarList/{calendarId}",
         Json::object({{"set", Json::object({{"accessRole", "reader"}})}}));
  create_in_crm(kCall);
  run();
  EXPECT_THAT(held(), IsEmpty());
  EXPECT_GE(http_.count("GET", "/users/me/calendarList?"), 1u);
  clear_faults();
  run();
  EXPECT_THAT(at_google(kMe), ElementsAre("Call", "Visit"));
}

TEST_F(Refusals, QuotaOfCreationsDelaysNeitherReadingNorOtherWrites) {  // S-20, P-14
  create_in_crm(kCall);
  for (int i = 0; i < 30; ++i)
    add_at_google(kMe, google_day("Day " + std::to_string(i), "2026-09-01", "2026-09-02"));
  refuse("POST", kEvents, error(403, "quotaExceeded"));
  const RunOutcome outcome = sync_now();
  EXPECT_FALSE(outcome.error);
  EXPECT_THAT(in_crm(kMe), SizeIs(32));
  EXPECT_EQ(shown(), "waiting refusal.quota");
  ASSERT_TRUE(outcome.next);
  EXPECT_LT(*outcome.next - clock_.now(), std::chrono::hours{2});
  EXPECT_THAT(held(), IsEmpty());
  clear_faults();
  clock_.advance(std::chrono::hours{7});
  run();
  EXPECT_THAT(at_google(kMe), Contains("Call"));
  EXPECT_EQ(shown(), "ok health.ok");
}

TEST_F(Refusals, AnEndlessConflictIsNotRepeatedAtOnce) {  // P-14
  host::AppointmentEditor& editor = crm_->appointment_editor();
  const host::SaveResult saved = must(editor.create(user_.id, "", kCall));
  run();
  refuse("PATCH", kEvent, Json::object({{"status", 412}}));
  const std::string revision =
      must(crm_->appointment_queries().get(user_.id, saved.id)).document.revision;
  must(editor.edit(user_.id, saved.id, revision, host::Scope::all, std::nullopt,
                   Json::object({{"summary", "Renamed"}})));
  http_.forget();
  const RunOutcome outcome = run();
  EXPECT_LE(http_.sent().size(), 10u);
  ASSERT_TRUE(outcome.next);
  EXPECT_GE(*outcome.next - clock_.now(), std::chrono::seconds{30});
  EXPECT_EQ(shown(), "waiting health.failing");
}

TEST_F(Refusals, AppointmentNeverSeenThatCannotBeReadIsShownAndReadDaily) {  // P-06, S-20
  const std::string id = add_at_google(
      kMe, google_timed("Odd", "2026-03-26T09:00:00+01:00", "2026-03-26T10:00:00+01:00"));
  emulated("/faults",
           Json::object(
               {{"match", Json::object({{"method", "GET"}, {"path", kEvents}})},
                {"times", 0},
                {"effect",
                 Json::object({{"only", id}, {"set_items", Json::object({{"start", "x"}})}})}}));
  sync_now();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Visit"));
  EXPECT_EQ(shown(), "attention health.unreadable");
  ASSERT_THAT(held(), SizeIs(1));
  EXPECT_EQ(held()[0].id, id);
  clear_faults();
  clock_.advance(std::chrono::hours{25});
  run();
  EXPECT_THAT(in_crm(kMe), ElementsAre("Odd", "Visit"));
  EXPECT_EQ(shown(), "ok health.ok");
}

}  // namespace
}  // namespace gcal::plugin::test
