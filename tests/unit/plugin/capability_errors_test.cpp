// What the capabilities answer a host: the accounts page, the runs, the hints and the settings page
// of an installation without an OAuth client; also who gets no answer, and with which code.
#include "plugin/capabilities/background_runs.hpp"
#include "plugin/capabilities/calendar_provider.hpp"
#include "plugin/capabilities/capability_table.hpp"
#include "plugin/capabilities/sync_hooks.hpp"
#include "tests/unit/plugin/settings_page_fixture.hpp"

namespace gcal::plugin::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr const char* kLeads = "leads@group.calendar.google.com";

// An answer as the host sees it; `code` internal until there is one.
struct Answered {
  crm_status code = CRM_INTERNAL;
  std::string body;
  Json json() const { return must(Json::parse(body)); }
};

class Capabilities : public SettingsPages {
 protected:
  Capabilities() {
    emulated("/load", json(R"({"accounts":[{"email":"me@gmail.example","name":"Me","calendars":[
      {"id":"leads@group.calendar.google.com","summary":"Leads","access_role":"reader",
       "time_zone":"Europe/Berlin"}]}]})"));
    add_at_google(kMe, google_day("Visit", "2026-03-24", "2026-03-25"));
    connect({kMe}, kMe);
  }

  static Json json(const std::string& text) { return must(Json::parse(text)); }
  std::string request(const std::string& user, const std::string& account) const {
    return Json::object({{"user", user}, {"account", account}}).dump();
  }
  std::string mine() const { return request(user_.id, account_); }

  SharedReply reply(Answered& into) {
    return std::make_shared<PendingReply>(crm::Reply(new Answer(into.body, into.code)));
  }
  using Ask = Task<> (CalendarProvider::*)(std::string, SharedReply);
  Answered ask_provider(Ask ask, const std::string& document) {
    Answered answered;
    must(support::run_task((provider_.*ask)(document, reply(answered))));
    return answered;
  }
  // The host starts a run; its failure is reported to the host and not to the log.
  Answered start_run(const std::string& key, std::int64_t fence) {
    Answered answered;
    background_.run(key, fence, reply(answered));
    while (!spawned_.empty()) {
      Task<> task = std::move(spawned_.front());
      spawned_.erase(spawned_.begin());
      (void)support::run_task(std::move(task));
    }
    return answered;
  }
  // The keys of the runs that are due now; each is taken.
  std::vector<std::string> due() {
    std::vector<std::string> keys;
    while (const std::optional<hosting::DueTask> task = must(crm_->tasks().take_due())) {
      keys.push_back(task->key);
      requests_.on_started(task->key);
      must(crm_->tasks().finished(*task, std::nullopt));
    }
    return keys;
  }

  BackgroundRuns background_{*context_, runs_, requests_, [this](std::string, Task<> task) {
                               spawned_.push_back(std::move(task));
                             }};
  CalendarProvider provider_{*context_, runs_, background_};
  SyncHooks hooks_{*context_, requests_};
};

TEST_F(Capabilities, CalendarsAreThoseOfGoogleWithTheVisibleOnesMarked) {
  const Answered answered = ask_provider(&CalendarProvider::calendars, mine());
  ASSERT_EQ(answered.code, CRM_OK) << answered.body;
  const Json list = answered.json();
  std::vector<std::string> shown;
  for (const Json& one : list.items()) {
    EXPECT_TRUE(one.string("color").starts_with('#')) << one.dump();
    shown.push_back(one.string("remote_id") + " " + one.string("name") + " " + one.string("role") +
                    (one["primary"].as_bool() ? " primary" : "") +
                    (one["visible"].as_bool() ? " visible" : ""));
  }
  EXPECT_THAT(shown, UnorderedElementsAre(std::string(kMe) + " " + kMe + " owner primary visible",
                                          std::string(kLeads) + " Leads reader"));
}

TEST_F(Capabilities, OnlyTheAccountsUserGetsAnAnswer) {
  const std::string other = add_user("other@example.com").id;
  for (const Ask ask :
       {&CalendarProvider::calendars, &CalendarProvider::status, &CalendarProvider::sync_now}) {
    EXPECT_EQ(ask_provider(ask, "{").code, CRM_INVALID);
    EXPECT_EQ(ask_provider(ask, request(user_.id, "unknown")).code, CRM_NOT_FOUND);
    const Answered refused = ask_provider(ask, request(other, account_));
    EXPECT_EQ(refused.code, CRM_NOT_FOUND);
    EXPECT_EQ(refused.body, "there is no such account");
  }
  EXPECT_THAT(due(), ElementsAre()) << "no run was requested";
}

TEST_F(Capabilities, RevokedAccessIsNeedsAuthWithoutFurtherRequests) {  // P-16
  (void)google_.handle(
      {.method = "POST",
       .path = "/revoke",
       .query = {},
       .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
       .body = "token=" + must(support::run_task(vault_->grant(account_, SecretVault::Which::kept)))
                              .refresh_token});
  for (int i = 0; i < 2; ++i) {
    const Answered answered = ask_provider(&CalendarProvider::calendars, mine());
    EXPECT_EQ(answered.code, CRM_NEEDS_AUTH);
    EXPECT_THAT(answered.body, HasSubstr("connect the account again"));
  }
  EXPECT_EQ(http_.count("POST", "/token"), 1u);
}

TEST_F(Capabilities, StatusCountsAppointmentsAndNamesTheNextRun) {
  const Json before = ask_provider(&CalendarProvider::status, mine()).json();
  EXPECT_TRUE(before["calendars"].items().empty());
  EXPECT_TRUE(before["held"].items().empty());
  EXPECT_EQ(before["next_poll_at"].as_integer(), 0);
  EXPECT_EQ(before["health"].string("state"), "ok");
  run();
  const Json after = ask_provider(&CalendarProvider::status, mine()).json();
  ASSERT_EQ(after["calendars"].items().size(), 1u);
  const Json& one = after["calendars"].items()[0];
  const std::int64_t now = clock_.now().time_since_epoch().count();
  EXPECT_EQ(one.string("calendar"), calendar(kMe).string("id"));
  EXPECT_EQ(one["appointments"].as_integer(), 1);
  EXPECT_EQ(one["held"].as_integer(), 0);
  EXPECT_EQ(one["synced_at"].as_integer(), now);
  EXPECT_EQ(one["push_until"].as_integer(), 0) << "no notification has confirmed the channel";
  EXPECT_GT(after["next_poll_at"].as_integer(), now);
}

TEST_F(Capabilities, StatusNamesWhatIsHeldWithItsReasonAndNextTry) {  // P-06
  run();
  emulated("/faults",
           json(R"({"match":{"method":"POST","path":"/calendar/v3/calendars/{calendarId}/events"},
                    "effect":{"status":400,"reason":"invalid"}})"));
  const std::string refused = create_in_crm(
      host::test::timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00"));
  run();
  const Json status = ask_provider(&CalendarProvider::status, mine()).json();
  ASSERT_EQ(status["held"].items().size(), 1u) << status.dump();
  const Json& item = status["held"].items()[0];
  EXPECT_EQ(item.string("event"), refused);
  EXPECT_EQ(item.string("key"), sync::kHeldInvalid);
  EXPECT_FALSE(item.string("detail").empty());
  EXPECT_GE(item["attempts"].as_integer(), 1);
  EXPECT_GT(item["next_try"].as_integer(), clock_.now().time_since_epoch().count());
}

// It was never read, so no link names it.
TEST_F(Capabilities, StatusNamesTheAppointmentOfTheCrmThatCannotBeRead) {  // P-06
  run();
  const std::string odd = create_in_crm(
      host::test::timed("Call", "2026-05-05T10:00:00+02:00", "2026-05-05T11:00:00+02:00"));
  must(crm_->database().write([&](hosting::Connection& c) {
    return c.run("UPDATE events SET event=replace(event, 'Europe/Berlin', 'Mars/Base') WHERE id=?1",
                 odd);
  }));
  run();
  const Json status = ask_provider(&CalendarProvider::status, mine()).json();
  ASSERT_EQ(status["held"].items().size(), 1u) << status.dump();
  EXPECT_EQ(status["held"].items()[0].string("event"), odd);
  EXPECT_EQ(status["held"].items()[0].string("key"), sync::kHeldUnreadable);
}

TEST_F(Capabilities, SyncNowIsAnsweredWhenTheRunHasEnded) {
  Answered first, second;
  for (Answered* one : {&first, &second})
    must(support::run_task(provider_.sync_now(mine(), reply(*one))));
  EXPECT_EQ(first.code, CRM_INTERNAL) << "not before the run";
  const hosting::DueTask task = must(crm_->tasks().take_due()).value();
  EXPECT_EQ(start_run(task.key, task.fence).code, CRM_OK);
  EXPECT_EQ(first.code, CRM_OK);
  EXPECT_EQ(first.body, R"({"changed":1})");
  EXPECT_EQ(second.body, first.body);
}

TEST_F(Capabilities, SyncNowIsAnsweredWithTheErrorOfTheRun) {
  emulated("/faults", json(R"({"match":{"method":"GET"},"times":0,"effect":{"status":503}})"));
  Answered answered;
  must(support::run_task(provider_.sync_now(mine(), reply(answered))));
  const hosting::DueTask task = must(crm_->tasks().take_due()).value();
  EXPECT_EQ(start_run(task.key, task.fence).code, CRM_OK) << "the next run is scheduled";
  EXPECT_EQ(answered.code, CRM_UNAVAILABLE) << answered.body;
}

TEST_F(Capabilities, SyncNowOfAPausedAccountIsAConflict) {
  must(crm_->accounts().set_state(account_, "paused"));
  const Answered answered = ask_provider(&CalendarProvider::sync_now, mine());
  EXPECT_EQ(answered.code, CRM_CONFLICT);
  EXPECT_EQ(answered.body, "the account is paused or disconnected");
}

// Any other code would mean to the host that the work is done.
TEST_F(Capabilities, FailedRunIsUnavailableSoThatTheHostRepeatsIt) {
  const std::int64_t old_fence = next_fence();
  (void)next_fence();
  const Answered run = start_run(account_key(account_), old_fence);
  EXPECT_EQ(run.code, CRM_UNAVAILABLE) << run.body;
  EXPECT_EQ(start_run("backup", 0).code, CRM_NOT_FOUND);
  EXPECT_EQ(start_run("backup", 0).body, "no work has this key");
}

TEST_F(Capabilities, RunOfTheRecordsLinksALaterLead) {  // S-22
  run();
  add_at_google(kMe, json(R"({"summary":"Pitch","start":{"date":"2026-04-01"},
    "end":{"date":"2026-04-02"},"attendees":[{"email":"lead@customers.example"}]})"));
  runs_[account_].read_all = true;
  run();
  must(support::run_task(hooks_.record_changed()));
  EXPECT_THAT(due(), testing::Contains(std::string(kRecordsKey)));
  const host::Record lead = add_lead("Lead", "lead@customers.example");
  must(crm_->tasks().schedule(kId, std::string(kRecordsKey), 0, ""));
  hosting::DueTask task;
  do task = must(crm_->tasks().take_due()).value();
  while (task.key != kRecordsKey);
  EXPECT_EQ(start_run(task.key, task.fence).code, CRM_OK);
  EXPECT_EQ(must(crm_->appointment_queries().card(user_.id, host::RecordKind::lead, lead.id))
                .upcoming.size(),
            1u);
}

TEST_F(Capabilities, AfterAStartEachAccountButThePausedOnesIsRun) {
  (void)due();
  must(support::run_task(background_.catch_up()));
  EXPECT_THAT(due(), UnorderedElementsAre(std::string(kRecordsKey), account_key(account_)));
  must(crm_->accounts().set_state(account_, "disconnected"));
  must(support::run_task(background_.catch_up()));
  EXPECT_THAT(due(), UnorderedElementsAre(std::string(kRecordsKey), account_key(account_)))
      << "it may have a grant to revoke";
}

TEST_F(Capabilities, PausedAccountIsNotRunAfterAStart) {
  must(crm_->accounts().set_state(account_, "paused"));
  (void)due();
  must(support::run_task(background_.catch_up()));
  EXPECT_THAT(due(), ElementsAre(std::string(kRecordsKey)));
}

TEST_F(Capabilities, HintAboutACalendarRunsItsAccountAndNoOther) {
  run();
  (void)due();
  const std::string mine = calendar(kMe).string("id");
  must(support::run_task(hooks_.event_changed(mine)));
  must(support::run_task(hooks_.event_changed(mine)));
  EXPECT_THAT(due(), ElementsAre(account_key(account_))) << "a burst is one run";
  for (int i = 0; i < 2; ++i) must(support::run_task(hooks_.event_changed(own_calendar(user_).id)));
  EXPECT_THAT(due(), ElementsAre()) << "a calendar of no account";
  must(support::run_task(hooks_.account_changed(account_)));
  EXPECT_THAT(due(), ElementsAre(account_key(account_)));
}

// Consent without an OAuth client is refused before anything is sent.
class WithoutClient : public SettingsPages {
 protected:
  WithoutClient() : SettingsPages(Client::absent) {
    must(flows().create(kId, user_.id, "setup", "draft-1"));
  }
};

TEST_F(WithoutClient, UserIsSentToAnAdministrator) {
  EXPECT_EQ(step("setup", "").string("reason"), "abort.no_oauth_client");
  EXPECT_EQ(step("setup", "credentials",
                 Json::object({{"client_id", "a.apps.example"}, {"client_secret", "secret"}}))
                .string("reason"),
            "abort.no_oauth_client");
  EXPECT_EQ(step("setup", "consent", Json::object({{"code", "c"}})).dump(),
            R"({"type":"abort","reason":"abort.google_refused","args":{"message":)"
            R"("no OAuth client is set up; an administrator must enter it"}})");
  EXPECT_TRUE(http_.sent().empty());
  const auto access = support::run_task(accesses_->of("draft-1"));
  ASSERT_FALSE(access);
  EXPECT_EQ(access.error().code, Code::denied);
  EXPECT_EQ(access.error().scope, Scope::account);
}

TEST_F(WithoutClient, ClientThatAnAdministratorEntersServesEveryone) {
  const host::User member =
      std::exchange(user_, must(crm_->users().create({.email = "admin@example.com",
                                                      .name = "Admin",
                                                      .password = "long enough",
                                                      .role = "admin"})));
  must(flows().create(kId, user_.id, "setup", "draft-2"));
  const Json form = step("setup", "");
  EXPECT_EQ(form.string("step"), "credentials") << form.dump();
  const Json external = step("setup", "credentials",
                             Json::object({{"client_id", "client"}, {"client_secret", "secret"}}));
  EXPECT_THAT(external.string("url"), HasSubstr("client_id=client"));
  EXPECT_EQ(external.dump().find("secret\""), std::string::npos);
  user_ = member;
  const Json account =
      step("setup", "consent", Json::object({{"code", consent(step("setup", ""))}}));
  EXPECT_EQ(account.string("step"), "account") << account.dump();
}

// The answer of the token endpoint as Google gives it to an app that the user consented to before.
class ConsentAnswers : public SettingsPages {
 protected:
  ConsentAnswers() { must(flows().create(kId, user_.id, "setup", "draft-1")); }
  Json consent_with(const Json& tokens) {
    const std::string code = consent(step("setup", ""));
    emulated("/faults",
             Json::object({{"match", Json::object({{"method", "POST"}, {"path", "/token"}})},
                           {"times", 1},
                           {"effect", Json::object({{"status", 200}, {"body", tokens.dump()}})}}));
    return step("setup", "consent", Json::object({{"code", code}}));
  }
  Json tokens() {
    Json body = emulated("/tokens", Json::object({{"email", kMe}, {"client_id", "client"}}));
    body.set("expires_in", 3600);
    body.set("scope",
             "https://www.googleapis.com/auth/calendar.events "
             "https://www.googleapis.com/auth/calendar.calendarlist.readonly");
    return body;
  }
};

TEST_F(ConsentAnswers, ConsentWithoutLastingAccessSaysWhatToDo) {  // S-11
  Json once = tokens();
  once.erase("refresh_token");
  const Json end = consent_with(once);
  EXPECT_EQ(end.string("reason"), "abort.google_refused");
  EXPECT_EQ(end["args"].string("message"),
            "Google gave no lasting access; remove this app from the Google account and try again");
  EXPECT_FALSE(has_grant("draft-1", SecretVault::Which::kept));
  EXPECT_FALSE(has_grant("draft-1", SecretVault::Which::offered));
}

TEST_F(ConsentAnswers, MissingScopeEndsTheSetupAndTheGrantIsRevoked) {  // S-11
  Json limited = tokens();
  limited.set("scope", "https://www.googleapis.com/auth/calendar.events");
  EXPECT_EQ(consent_with(limited).string("reason"), "abort.scope_missing");
  EXPECT_FALSE(has_grant("draft-1", SecretVault::Which::offered));
  run_of("draft-1");
  EXPECT_EQ(http_.count("POST", "/revoke"), 1u);
}

TEST_F(ConsentAnswers, RequestThatIsNoJsonIsInvalid) {
  std::string body;
  crm_status status = CRM_OK;
  page_.step("{", std::make_shared<PendingReply>(crm::Reply(new Answer(body, status))));
  must(support::run_task(std::move(spawned_.at(0))));
  spawned_.clear();
  EXPECT_EQ(status, CRM_INVALID);
  EXPECT_THAT(body, HasSubstr("the request is not JSON: "));
}

TEST(CapabilityTable, OffersExactlyWhatTheManifestPromises) {
  for (const char* id :
       {"crm.settings/0", "crm.calendar/0", "crm.hooks/0", "crm.http/0", "crm.run/0"})
    EXPECT_NE(capability_table(id), nullptr) << id;
  for (const char* id : {"", "crm.settings", "crm.settings/1", "crm.mailer/0"})
    EXPECT_EQ(capability_table(id), nullptr) << id;
}

}  // namespace
}  // namespace gcal::plugin::test
