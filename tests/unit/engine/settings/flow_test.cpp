#include "src/engine/settings/flow.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/run_task.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/engine/settings/fake_ports.hpp"

namespace gcal::settings {
namespace {

class FlowTest : public testing::Test {
 protected:
  FakePorts ports;
  support::SeededRandom random{1};
  Flow flow{ports, random};
  Json memo = Json::object();

  Json send(std::string kind, std::string step, Json input) {
    Result<Json> answer =
        support::run_task(flow.step(Json::object({{"kind", kind},
                                                  {"user", "u1"},
                                                  {"account", "a1"},
                                                  {"step", step},
                                                  {"memo", memo},
                                                  {"input", input},
                                                  {"callback_url", "http://127.0.0.1/callback"}})));
    EXPECT_TRUE(answer) << (answer ? "" : answer.error().message);
    if (!answer) return Json();
    if (answer->contains("memo")) memo = (*answer)["memo"];
    return *answer;
  }
  bool called(std::string_view what) const {
    return std::ranges::find(ports.calls, what) != ports.calls.end();
  }
};

TEST_F(FlowTest, SetupEndsWithTheChosenConfig) {  // S-07, S-18
  const Json consent = send("setup", "", Json());
  ASSERT_EQ(consent.string("type"), "external");
  EXPECT_GE(consent.string("resume_key").size(), 43u);
  const Json form = send("setup", "consent", Json::object({{"code", "4/abc"}}));
  ASSERT_EQ(form.string("type"), "form");
  EXPECT_EQ(form["values"].string("name"), "me@gmail.example");
  const Json preview = send("setup", "account",
                            Json::object({{"name", "Vertrieb Nord"},
                                          {"visible", Json::Array{"me@gmail.example"}},
                                          {"default_calendar", "me@gmail.example"}}));
  ASSERT_EQ(preview.string("step"), "preview");
  EXPECT_EQ(preview["args"]["appointments"].as_integer(), 800);
  const Json done = send("setup", "preview", Json::object({{"existing", "future"}}));
  ASSERT_EQ(done.string("type"), "finish");
  EXPECT_EQ(done.string("unique_id"), "sub-1");
  const AccountConfig config = account_config_from_json(done["config"]);
  EXPECT_EQ(config.name, "Vertrieb Nord");
  EXPECT_EQ(config.default_calendar, "me@gmail.example");
  EXPECT_EQ(config.export_existing, ExportExisting::future);
}

TEST_F(FlowTest, EachConsentHasItsOwnState) {  // S-10
  const std::string first = send("setup", "", Json()).string("resume_key");
  EXPECT_NE(first, send("setup", "", Json()).string("resume_key"));
}

TEST_F(FlowTest, RefusedConsentAbortsWithoutAnExchange) {  // S-11
  send("setup", "", Json());
  const Json end = send("setup", "consent", Json::object({{"error", "access_denied"}}));
  EXPECT_EQ(end.string("type"), "abort");
  EXPECT_EQ(end.string("reason"), "abort.consent_refused");
  EXPECT_FALSE(called("exchange"));
}

TEST_F(FlowTest, MissingScopeRevokesTheGrantAndAborts) {  // S-11
  ports.grant = Grant{"sub-1", "me@gmail.example", false};
  const Json end = send("setup", "consent", Json::object({{"code", "4/abc"}}));
  EXPECT_EQ(end.string("reason"), "abort.scope_missing");
  EXPECT_TRUE(called("revoke"));
  EXPECT_FALSE(called("keep"));
}

TEST_F(FlowTest, InvalidFormIsReturnedWithInputAndErrors) {  // S-16
  send("setup", "consent", Json::object({{"code", "4/abc"}}));
  const Json again = send("setup", "account",
                          Json::object({{"name", "Mine"},
                                        {"visible", Json::Array{"team"}},
                                        {"default_calendar", "me@gmail.example"}}));
  EXPECT_EQ(again.string("step"), "account");
  EXPECT_EQ(again["values"].string("name"), "Mine");
  EXPECT_EQ(again["errors"].string("default_calendar"), "error.default_not_visible");
}

TEST_F(FlowTest, BackFromThePreviewShowsTheFormAsChosen) {  // S-12
  send("setup", "consent", Json::object({{"code", "4/abc"}}));
  const Json preview = send("setup", "account",
                            Json::object({{"name", "Vertrieb Nord"},
                                          {"visible", Json::Array{"me@gmail.example", "team"}},
                                          {"default_calendar", "crm"}}));
  EXPECT_EQ(preview["notes"].items().at(0).string("key"), "setup.preview.appointments_many");
  const Json form = send("setup", preview.string("back"), Json::object());
  EXPECT_EQ(form.string("step"), "account");
  EXPECT_EQ(form["values"].string("name"), "Vertrieb Nord");
  EXPECT_EQ(form["values"]["visible"].items().size(), 2u);
  EXPECT_EQ(form["values"].string("default_calendar"), "crm");
  const Json again = send("setup", "account",
                          Json::object({{"name", "Vertrieb Süd"},
                                        {"visible", Json::Array{"me@gmail.example"}},
                                        {"default_calendar", "me@gmail.example"}}));
  EXPECT_EQ(again.string("step"), "preview");
  const Json done = send("setup", "preview", Json::object({{"existing", "none"}}));
  EXPECT_EQ(account_config_from_json(done["config"]).default_calendar, "me@gmail.example");
}

TEST_F(FlowTest, BackFromTheFormReturnsTheGrantAndAsksForAnAccountAgain) {  // S-10, S-12
  send("setup", "", Json());
  const Json form = send("setup", "consent", Json::object({{"code", "4/abc"}}));
  const Json consent = send("setup", form.string("back"), Json::object());
  EXPECT_EQ(consent.string("type"), "external");
  EXPECT_TRUE(called("revoke"));
}

TEST_F(FlowTest, ProgressOfThePreviewIsShown) {  // S-12
  send("setup", "consent", Json::object({{"code", "4/abc"}}));
  ports.state = PreviewState{412, 800, std::nullopt};
  const Json progress =
      send("setup", "account",
           Json::object(
               {{"name", "Mine"}, {"visible", Json::Array{"team"}}, {"default_calendar", "crm"}}));
  EXPECT_EQ(progress.string("type"), "progress");
  EXPECT_EQ(progress["done"].as_integer(), 412);
}

TEST_F(FlowTest, CrmCalendarAsDefaultExportsNoExistingAppointments) {  // S-17
  send("setup", "consent", Json::object({{"code", "4/abc"}}));
  send("setup", "account",
       Json::object(
           {{"name", "Mine"}, {"visible", Json::Array{"team"}}, {"default_calendar", "crm"}}));
  const Json done = send("setup", "preview", Json::object({{"existing", "all"}}));
  EXPECT_EQ(account_config_from_json(done["config"]).export_existing, ExportExisting::none);
}

TEST_F(FlowTest, OnlyAnAdministratorCanEnterTheOAuthClient) {
  ports.client.reset();
  EXPECT_EQ(send("setup", "", Json()).string("reason"), "abort.no_oauth_client");
  ports.administrator = true;
  EXPECT_EQ(send("setup", "", Json()).string("step"), "credentials");
  EXPECT_EQ(send("setup", "credentials",
                 Json::object({{"client_id", " "}, {"client_secret", "x"}}))["errors"]
                .string("client_id"),
            "error.required");
  EXPECT_EQ(send("setup", "credentials", Json::object({{"client_id", "c"}, {"client_secret", "x"}}))
                .string("type"),
            "external");
}

TEST_F(FlowTest, ReconnectingWithAnotherGoogleAccountIsRefused) {  // P-16
  EXPECT_EQ(send("reauth", "", Json()).string("type"), "external");
  EXPECT_TRUE(called("begin:me@gmail.example"));
  ports.grant = Grant{"sub-2", "me@gmail.example", true};
  EXPECT_EQ(send("reauth", "consent", Json::object({{"code", "4/abc"}})).string("reason"),
            "abort.wrong_account");
  EXPECT_FALSE(called("keep"));
}

TEST_F(FlowTest, DiscardedSetupRevokesTheGrantAndErasesTheDraft) {  // S-12
  send("discard", "", Json());
  EXPECT_TRUE(called("revoke"));
  EXPECT_TRUE(called("forget"));
}

TEST_F(FlowTest, DisconnectNeedsConfirmation) {  // P-23
  EXPECT_EQ(send("options", "disconnect", Json::object()).string("type"), "form");
  EXPECT_FALSE(called("state:disconnected"));
  EXPECT_EQ(send("options", "disconnect", Json::object({{"confirm", true}})).string("type"),
            "finish");
  EXPECT_TRUE(called("state:disconnected"));
  EXPECT_TRUE(called("revoke"));
}

TEST_F(FlowTest, WhatIsHeldCanBeTriedAgain) {  // P-06
  EXPECT_EQ(send("options", "", Json()).dump().find("options.retry"), std::string::npos);
  ports.waiting = 2;
  EXPECT_NE(send("options", "", Json()).dump().find("options.retry"), std::string::npos);
  EXPECT_EQ(send("options", "retry", Json::object()).string("type"), "finish");
  EXPECT_TRUE(called("retry"));
}

TEST_F(FlowTest, MailsThatWereHeldBackCanBeSent) {  // P-13
  EXPECT_EQ(send("options", "", Json()).dump().find("options.send_mails"), std::string::npos);
  ports.withheld = 1;
  EXPECT_NE(send("options", "mails", Json()).dump().find("options.send_mails"), std::string::npos);
  EXPECT_EQ(send("options", "send_mails", Json::object()).string("type"), "finish");
  EXPECT_TRUE(called("send mails"));
  EXPECT_FALSE(called("retry"));
}

TEST_F(FlowTest, ChangedDefaultIsConfirmedWithNumbersFirst) {  // PD-10
  ports.stored.visible = ports.list;
  ports.stored.default_calendar = "me@gmail.example";
  ports.movable = {12, 3};
  send("options", "calendars", Json::object());
  const Json input = Json::object({{"name", "Sales"},
                                   {"visible", Json::Array{"me@gmail.example", "team"}},
                                   {"default_calendar", "team"}});
  const Json numbers = send("options", "calendars", input);
  ASSERT_EQ(numbers.string("step"), "default");
  EXPECT_EQ(numbers["args"]["count"].as_integer(), 12);
  EXPECT_EQ(numbers["args"]["guests"].as_integer(), 3);
  EXPECT_EQ(ports.stored.default_calendar, "me@gmail.example");  // unchanged until the user agrees

  EXPECT_EQ(send("options", "default", Json::object({{"with_guests", false}})).string("type"),
            "finish");
  EXPECT_EQ(ports.stored.default_calendar, "team");
  EXPECT_EQ(ports.stored.copy_guest_events_into, "");
}

TEST_F(FlowTest, ChangedDefaultWithNothingToCopyNeedsNoConfirmation) {  // PD-10
  ports.stored.visible = ports.list;
  ports.stored.default_calendar = "me@gmail.example";
  send("options", "calendars", Json::object());
  const Json done = send("options", "calendars",
                         Json::object({{"name", "Sales"},
                                       {"visible", Json::Array{"me@gmail.example", "team"}},
                                       {"default_calendar", "team"}}));
  EXPECT_EQ(done.string("type"), "finish");
}

TEST_F(FlowTest, OptionsAreSavableAfterEveryVisibleCalendarVanished) {  // S-14, S-30
  ports.stored.visible = {{"old", "Old", "#ff7537", "owner", "Europe/Berlin", false}};
  ports.stored.default_calendar = "old";
  const Json form = send("options", "calendars", Json::object());
  EXPECT_EQ(form["values"]["visible"], Json::array());
  EXPECT_EQ(form["args"].string("default_name"), "Old");
  const Json done = send("options", "calendars", form["values"]);
  EXPECT_EQ(done.string("type"), "finish") << done.dump();
  EXPECT_EQ(ports.stored.default_calendar, "old");
  ASSERT_EQ(ports.stored.visible.size(), 1u);
  EXPECT_EQ(ports.stored.visible[0].id, "old");
}

TEST_F(FlowTest, OptionsAreSavableAfterTheDefaultBecameViewOnly) {  // S-16, PD-04
  ports.list[1].role = "reader";
  ports.stored.visible = ports.list;
  ports.stored.default_calendar = "team";
  const Json form = send("options", "calendars", Json::object());
  Json values = form["values"];
  values.set("name", "Renamed");
  EXPECT_EQ(send("options", "calendars", values).string("type"), "finish");
  EXPECT_EQ(ports.stored.name, "Renamed");
  EXPECT_EQ(ports.stored.default_calendar, "team");
}

TEST_F(FlowTest, UnknownDefaultIsStillAnErrorOfTheOptions) {  // S-16
  ports.stored.visible = ports.list;
  send("options", "calendars", Json::object());
  const Json again = send("options", "calendars",
                          Json::object({{"name", "Sales"},
                                        {"visible", Json::Array{"me@gmail.example"}},
                                        {"default_calendar", "team"}}));
  EXPECT_EQ(again["errors"].string("default_calendar"), "error.default_not_visible");
}

TEST_F(FlowTest, OptionsKeepWhatWasStoredWhileTheyWereOpen) {  // S-13, S-14
  ports.stored.visible = {ports.list[0]};
  ports.stored.default_calendar = "me@gmail.example";
  Json values = send("options", "calendars", Json::object())["values"];
  ports.stored.name = "Renamed elsewhere";
  ports.stored.default_calendar = "";
  values.set("visible", Json::Array{"me@gmail.example", "team"});
  EXPECT_EQ(send("options", "calendars", values).string("type"), "finish");
  EXPECT_EQ(ports.stored.name, "Renamed elsewhere");
  EXPECT_EQ(ports.stored.default_calendar, "");
  EXPECT_EQ(ports.stored.visible.size(), 2u);
}

TEST_F(FlowTest, SecondAccountStartsWithTheUsersPresentDefaultAndOffersIt) {  // PD-11
  ports.default_elsewhere = "Nord";
  const Json form = send("setup", "consent", Json::object({{"code", "4/abc"}}));
  EXPECT_EQ(form["values"].string("default_calendar"), kPresentDefault);
  EXPECT_EQ(form["args"].string("present_name"), "Nord");
  const Json& field = form["schema"]["properties"]["default_calendar"];
  EXPECT_EQ(field["x-options-from"]["always"], Json::array({kCrmCalendar, kPresentDefault}));
  Json values = form["values"];
  send("setup", "account", values);
  AccountConfig config = account_config_from_json(send("setup", "preview", Json())["config"]);
  EXPECT_EQ(config.default_calendar, "");
  EXPECT_FALSE(config.take_crm_default);

  values.set("default_calendar", kCrmCalendar);
  send("setup", "account", values);
  config = account_config_from_json(send("setup", "preview", Json())["config"]);
  EXPECT_EQ(config.default_calendar, "");
  EXPECT_TRUE(config.take_crm_default);
}

TEST_F(FlowTest, OptionsStoreThePolicyAndTheEditableCalendars) {  // PD-02, PD-08
  ports.stored.visible = ports.list;
  Json values = send("options", "calendars", Json::object())["values"];
  EXPECT_EQ(values.string("conflicts"), "google");
  EXPECT_EQ(values["two_way"], Json::array());
  values.set("conflicts", "ask");
  values.set("two_way", Json::Array{"team"});
  EXPECT_EQ(send("options", "calendars", values).string("type"), "finish");
  EXPECT_EQ(ports.stored.conflicts, Conflicts::ask);
  EXPECT_EQ(ports.stored.two_way, std::vector<std::string>{"team"});
  // A form of an earlier version does not have the fields.
  memo = Json::object();
  send("options", "calendars", Json::object());
  send("options", "calendars",
       Json::object(
           {{"name", "Other"}, {"visible", Json::Array{"team"}}, {"default_calendar", "crm"}}));
  EXPECT_EQ(ports.stored.name, "Other");
  EXPECT_EQ(ports.stored.conflicts, Conflicts::ask);
  EXPECT_EQ(ports.stored.two_way, std::vector<std::string>{"team"});
}

TEST_F(FlowTest, InvitationsByTheCrmAreOfferedOnlyWhereItMails) {  // PD-06
  ports.stored.visible = ports.list;
  const auto offered = [&] {
    memo = Json::object();
    return send("options", "calendars",
                Json::object())["schema"]["properties"]["invitations"]["enum"];
  };
  EXPECT_EQ(offered(), Json::array({"auto", "crm", "google", "nobody"}));
  ports.has_mailer = false;
  EXPECT_EQ(offered(), Json::array({"auto", "google", "nobody"}));
  memo = Json::object();
  Json values = send("options", "calendars", Json::object())["values"];
  values.set("invitations", "crm");
  EXPECT_EQ(send("options", "calendars", values)["errors"].string("invitations"),
            "error.no_mailer");
  EXPECT_EQ(ports.stored.invitations, InvitationChoice::automatic);
  // What was chosen while there was a mailer can be kept.
  ports.stored.invitations = InvitationChoice::crm;
  EXPECT_EQ(offered(), Json::array({"auto", "crm", "google", "nobody"}));
}

TEST_F(FlowTest, InvitationsBeginInTheLanguageOfTheUser) {  // PD-06
  using enum InvitationLanguage;
  for (const auto& [locale, language] : {std::pair{"de", german},
                                         {"de-AT", german},
                                         {"en", english},
                                         {"den", english},
                                         {"", english}}) {
    ports.locale = locale;
    memo = Json::object();
    const Json form = send("setup", "consent", Json::object({{"code", "4/abc"}}));
    send("setup", "account", form["values"]);
    const Json done = send("setup", "preview", Json());
    EXPECT_EQ(account_config_from_json(done["config"]).invitation_language, language) << locale;
  }
}

TEST_F(FlowTest, NoticesOfRefusedAppointmentsLeadToAnotherTry) {
  ports.waiting = 2;
  for (const char* notice : {"quarantined", "unreadable"}) {
    const Json menu = send("options", notice, Json::object());
    EXPECT_EQ(menu["options"].items().at(1).string("step"), "retry");
  }
}

TEST_F(FlowTest, DisconnectOffersWhatCanBeRemovedAndRemovesNothingByItself) {  // PD-14
  Json form = send("options", "disconnect", Json::object());
  EXPECT_EQ(form["schema"]["properties"].members().size(), 1u) << "nothing to remove";
  memo = Json::object();
  ports.removable_now = {3, 2, 1};
  form = send("options", "disconnect", Json::object());
  EXPECT_EQ(form["args"]["copies"].as_integer(), 3);
  EXPECT_EQ(form["values"].string("events"), "keep");
  EXPECT_EQ(form["schema"]["properties"]["events"]["enum"].items().size(), 3u);
  Json values = form["values"];
  values.set("events", "remove");
  form = send("options", "disconnect", values);
  EXPECT_EQ(form.string("type"), "form") << "not confirmed";
  EXPECT_EQ(form["values"].string("events"), "remove");
  EXPECT_FALSE(called("removal"));
  values.set("confirm", true);
  EXPECT_EQ(send("options", "disconnect", values).string("type"), "finish");
  EXPECT_TRUE(ports.removal.events);
  EXPECT_FALSE(ports.removal.copies);
  EXPECT_FALSE(ports.removal.mail_guests);
  EXPECT_LT(std::ranges::find(ports.calls, "removal"),
            std::ranges::find(ports.calls, "state:disconnected"));
}

TEST_F(FlowTest, ConflictsAreDecidedOneAfterTheOther) {  // PD-08
  ports.conflicts = {2, "link", "Visit", {{"options.conflict_color"}}};
  EXPECT_EQ(send("options", "menu", Json())["options"].items().at(1).string("step"), "conflicts");
  const Json first = send("options", "conflicts", Json::object());
  EXPECT_EQ(first["args"].string("title"), "Visit");
  EXPECT_EQ(first["notes"].items().at(0).string("key"), "options.conflict_color");
  EXPECT_EQ(send("options", "conflicts", Json::object({{"decision", "crm"}})).string("type"),
            "form");
  EXPECT_EQ(send("options", "conflicts", Json::object({{"decision", "google"}})).string("type"),
            "finish");
  EXPECT_TRUE(called("decide:link:crm"));
  EXPECT_TRUE(called("decide:link':google"));
}

}  // namespace
}  // namespace gcal::settings
