// Settings flows through the API: what a page gets, and what becomes of an account.
#include "tests/unit/host/web/settings_flow.hpp"

namespace host {
namespace {

TEST_F(SettingsFlow, CompleteFlowCreatesOneAccountWithNameAndAddress) {  // S-18
  Browser page = anna();
  const Json shown = begin(page).json();
  EXPECT_EQ(shown["step"].string("type"), "external");
  EXPECT_FALSE(shown["step"].contains("resume_key"));
  const std::string& flow = shown.string("flow");
  const Reply back = call_back(page, state_of(shown));
  EXPECT_EQ(back.status, 303);
  EXPECT_EQ(back.headers.get("Location"), "/#/settings/calendars/flow/" + flow);
  const Json form = page.get("/api/flows/" + flow).json();
  EXPECT_EQ(form["step"].string("step"), "account");
  EXPECT_FALSE(form["step"].contains("memo"));
  ASSERT_EQ(submit(page, flow, "account", Json::object({{"name", "Sales"}, {"admin", true}}))
                .json()["step"]
                .string("type"),
            "progress");
  EXPECT_EQ(accounts(page), 0u) << "nothing is connected before the end (S-12)";
  submit(page, flow, "observe");
  submit(page, flow, "observe");
  const Json end = submit(page, flow, "preview").json();
  ASSERT_EQ(end["step"].string("type"), "finish") << end.dump();
  const Json list = page.get("/api/accounts").json();
  ASSERT_EQ(list.items().size(), 1u);
  EXPECT_EQ(list.items()[0].string("id"), end["step"].string("account"));
  EXPECT_EQ(list.items()[0].string("title"), "Sales");
  EXPECT_EQ(list.items()[0].string("identity"), "me@provider.example");
  EXPECT_EQ(list.items()[0].string("state"), "active");
  EXPECT_TRUE(page.get("/api/flows").json().items().empty()) << "no draft is left";

  const std::vector<Json> setup = asked("setup");
  EXPECT_EQ(setup[0].string("callback_url"), "http://127.0.0.1:" + std::to_string(server->port()) +
                                                 "/plugins/com.example.diary/callback");
  EXPECT_EQ(setup[0].string("account"), end["step"].string("account"))
      << "the id that was announced is the account's";
  EXPECT_EQ(setup[0].string("locale"), "en");
  EXPECT_EQ(setup[2]["input"], input("Sales")) << "what the form does not have is left out";
  EXPECT_EQ(setup[1]["input"].string("code"), "c-1");
  EXPECT_FALSE(setup[1]["input"].contains("state"));
  EXPECT_EQ(setup[2]["memo"].string("code"), "c-1") << "the memo comes back";
}

TEST_F(SettingsFlow, FlowOfAnUnknownKindIsABadRequest) {
  Browser page = anna();
  const auto refused = [&](const char* kind, const char* account) {
    return page.post(
        "/api/flows",
        Json::object({{"plugin", "com.example.diary"}, {"kind", kind}, {"account", account}}));
  };
  for (const char* kind : {"", "discard", "Options", "nothing"}) {
    const Reply reply = refused(kind, "nobody");
    EXPECT_EQ(reply.status, 400) << kind;
    EXPECT_EQ(reply.json()["error"].string("code"), "invalid") << reply.body;
    EXPECT_NE(reply.body.find("kind: setup, options or reauth"), std::string::npos) << reply.body;
  }
  EXPECT_EQ(refused("options", "nobody").status, 404) << "there is no such account";
}

// Before the plugin had a task: what the user makes now shall not be in another calendar.
TEST_F(SettingsFlow, DefaultCalendarOfTheEndIsTheUsersBeforeTheEndIsShown) {  // S-21
  default_calendar = calendar_of("owner", "two_way");
  Browser page = anna();
  const std::string flow = previewed(page);
  const Json end = submit(page, flow, "preview").json();
  EXPECT_FALSE(end["step"].contains("default_calendar"));
  const Json event = *Json::parse(
      R"({"summary":"At once","start":{"date":"2026-03-02"},"end":{"date":"2026-03-03"}})");
  const Json made = page.post("/api/events", Json::object({{"event", event}})).json();
  const Json shown = page.get("/api/events/" + made.string("id")).json();
  const Json account = page.get("/api/accounts").json().items()[0];
  EXPECT_NE(account.string("default_calendar"), "");
  EXPECT_EQ(shown.string("calendar"), account.string("default_calendar"));
}

// Its calendar was left as gone, and the plugin's task comes later.
TEST_F(SettingsFlow, DefaultCalendarOfAnAccountThatIsBackIsTheUsersBeforeTheEndIsShown) {  // S-21
  default_calendar = calendar_of("owner", "two_way");
  Browser page = anna();
  submit(page, previewed(page), "preview");
  const std::string id = page.get("/api/accounts").json().items()[0].string("id");
  ASSERT_TRUE(crm->accounts().set_state(id, "disconnected"));
  const auto calendars = crm->plugin_calendars().list("com.example.diary", id);
  ASSERT_EQ(calendars->size(), 1u);
  const std::string calendar = calendars->at(0).id;
  ASSERT_TRUE(crm->plugin_calendars().set_state("com.example.diary", calendar, "gone"));
  submit(page, previewed(page), "preview");
  EXPECT_EQ(page.get("/api/accounts").json().items()[0].string("default_calendar"), calendar);
}

TEST_F(SettingsFlow, DefaultCalendarThatTheHostRefusesEndsNoSetUp) {
  default_calendar = calendar_of("reader", "view_only");
  Browser page = anna();
  const std::string flow = previewed(page);
  EXPECT_EQ(submit(page, flow, "preview").json()["step"].string("type"), "finish");
  EXPECT_EQ(accounts(page), 1u);
}

TEST_F(SettingsFlow, DoubleClickOnTheLastStepCreatesOneAccount) {  // S-18
  Browser page = anna();
  const std::string flow = previewed(page);
  std::mutex gate;
  std::condition_variable opened;
  bool open = false, reached = false;
  before_answer = [&](const Json& request) {
    if (request.string("step") != "preview") return;
    std::unique_lock lock(gate);
    reached = true;
    opened.notify_all();
    opened.wait(lock, [&] { return open; });
  };
  Reply first;
  std::thread click([&] {
    Browser same = page;
    first = submit(same, flow, "preview");
  });
  {
    std::unique_lock lock(gate);
    opened.wait(lock, [&] { return reached; });
  }
  EXPECT_EQ(submit(page, flow, "preview").status, 409)
      << "the second click, while the first is being worked on";
  EXPECT_EQ(page.get("/api/flows/" + flow).json()["step"].string("step"), "preview")
      << "a reload meanwhile";
  {
    const std::lock_guard lock(gate);
    open = true;
  }
  opened.notify_all();
  click.join();
  EXPECT_EQ(first.json()["step"].string("type"), "finish");
  EXPECT_EQ(submit(page, flow, "preview").status, 409) << "a click on an old page";
  const Json reload = page.get("/api/flows/" + flow).json();
  EXPECT_EQ(reload["step"].string("account"), first.json()["step"].string("account"));
  EXPECT_EQ(accounts(page), 1u);
  EXPECT_EQ(page.erase("/api/flows/" + flow).status, 200);
  EXPECT_TRUE(asked("discard").empty()) << "an account that stands must not lose its grant";
}

TEST_F(SettingsFlow, FlowContinuesAfterARestartOfTheHost) {  // S-18
  Browser page = anna();
  const std::string flow = previewed(page);
  start();
  Browser later = anna();
  EXPECT_EQ(later.get("/api/flows").json().items()[0].string("flow"), flow);
  EXPECT_EQ(later.get("/api/flows/" + flow).json()["step"].string("step"), "preview");
  EXPECT_EQ(submit(later, flow, "preview").json()["step"].string("type"), "finish");
  EXPECT_EQ(accounts(later), 1u);
}

TEST_F(SettingsFlow, FinishOfAStaleFlowCreatesNoAccount) {  // S-18
  Browser page = anna();
  const std::string flow = previewed(page);
  const std::string user = page.get("/api/session").json()["user"].string("id");
  before_answer = [&](const Json& request) {
    if (request.string("step") != "preview") return;
    Flows rows(crm->database(), crm->bus(), clock, random);
    auto elsewhere = rows.get(user, flow);
    ASSERT_TRUE(elsewhere);
    EXPECT_TRUE(rows.save(*elsewhere));
  };
  EXPECT_EQ(submit(page, flow, "preview").status, 409);
  EXPECT_EQ(accounts(page), 0u) << "account and end of the flow are one transaction";
  before_answer = nullptr;
  EXPECT_EQ(submit(page, flow, "preview").json()["step"].string("type"), "finish");
  EXPECT_EQ(accounts(page), 1u);
}

TEST_F(SettingsFlow, SameIdentityAgainAbortsAndKeepsTheFirstAccount) {  // S-18
  Browser page = anna();
  submit(page, previewed(page), "preview");
  const std::string second = previewed(page);
  const Json end = submit(page, second, "preview").json();
  EXPECT_EQ(end["step"].string("type"), "abort");
  EXPECT_EQ(end["step"].string("reason"), "flow.already_connected");
  EXPECT_EQ(end["step"]["args"].string("identity"), "me@provider.example");
  EXPECT_EQ(accounts(page), 1u);
  EXPECT_TRUE(eventually([&] { return asked("discard").size() == 1; }));
  Browser other = bert();
  EXPECT_EQ(submit(other, previewed(other), "preview").json()["step"].string("type"), "finish")
      << "another user may connect the same one";
}

TEST_F(SettingsFlow, RefusedConsentLeavesNothingAndASecondSetUpWorks) {  // S-11
  Browser page = anna();
  const Json shown = begin(page).json();
  const Reply back = call_back(page, state_of(shown), "error=access_denied");
  EXPECT_EQ(back.headers.get("Location"), "/#/settings/calendars/flow/" + shown.string("flow"));
  EXPECT_EQ(page.get("/api/flows/" + shown.string("flow")).json()["step"].string("reason"),
            "abort.refused");
  EXPECT_TRUE(page.get("/api/flows").json().items().empty());
  EXPECT_EQ(accounts(page), 0u);
  EXPECT_TRUE(eventually([&] { return !asked("discard").empty(); })) << "the plugin forgets";
  EXPECT_EQ(submit(page, previewed(page), "preview").json()["step"].string("type"), "finish");
}

TEST_F(SettingsFlow, InvalidStateIsShownOnThePageWithoutAskingThePlugin) {  // S-11
  Browser page = anna(), other = bert();
  const Json shown = begin(page).json();
  const std::string state = state_of(shown);
  const std::string& flow = shown.string("flow");
  const auto reason = [](const Reply& reply) {
    const std::string_view target = reply.headers.get("Location");
    return reply.status == 303 && target.find("?error=") != std::string_view::npos
               ? std::string(target.substr(target.find("?error=") + 7))
               : std::string();
  };
  const std::size_t before = asked("setup").size();
  EXPECT_EQ(reason(call_back(other, state)), "flow.link_used") << "somebody else's session";
  Browser nobody = browser();
  EXPECT_EQ(reason(call_back(nobody, state)), "flow.session_ended");
  EXPECT_EQ(reason(call_back(page, std::string(43, 'x'))), "flow.link_used") << "made up";
  EXPECT_EQ(reason(call_back(page, "")), "flow.link_broken");
  EXPECT_EQ(reason(call_back(page, state, "code=1&code=2")), "flow.link_broken")
      << "a doubled parameter";
  EXPECT_EQ(reason(page.get("/plugins/com.example.diary/callback?state=%zz")), "flow.link_broken");
  EXPECT_EQ(asked("setup").size(), before);
  EXPECT_EQ(call_back(page, state).headers.get("Location"), "/#/settings/calendars/flow/" + flow)
      << "none of them spent it";
  EXPECT_EQ(reason(call_back(page, state)), "flow.link_used") << "a replay";
  EXPECT_EQ(asked("setup").size(), before + 1);

  const Json late = begin(page).json();
  clock.advance(std::chrono::minutes(11));
  EXPECT_EQ(reason(call_back(page, state_of(late))), "flow.link_expired");
  const Json fresh = page.get("/api/flows/" + late.string("flow")).json();
  EXPECT_EQ(fresh["step"].string("type"), "external");
  EXPECT_NE(state_of(fresh), state_of(late)) << "a new link for the same flow";
  EXPECT_EQ(call_back(page, state_of(fresh)).headers.get("Location"),
            "/#/settings/calendars/flow/" + late.string("flow"));
}

TEST_F(SettingsFlow, PageCannotSubmitAnExternalStep) {  // S-11
  Browser page = anna();
  const Json shown = begin(page).json();
  EXPECT_EQ(
      submit(page, shown.string("flow"), "consent", Json::object({{"code", "stolen"}})).status,
      400);
  EXPECT_EQ(asked("setup").size(), 1u);
}

TEST_F(SettingsFlow, FailedCallbackGivesTheExternalStepAFreshLink) {
  Browser page = anna();
  const Json shown = begin(page).json();
  failure = Error{Code::unavailable, "restarting", {}};
  const Reply back = call_back(page, state_of(shown));
  EXPECT_EQ(back.headers.get("Location"),
            "/#/settings/calendars/flow/" + shown.string("flow") + "?error=flow.failed");
  failure.reset();
  const Json again = page.get("/api/flows/" + shown.string("flow")).json();
  EXPECT_EQ(again["step"].string("type"), "external");
  EXPECT_NE(state_of(again), state_of(shown));
}

TEST_F(SettingsFlow, WrongInputReturnsTheFormWithErrorsWithoutAskingThePlugin) {  // S-18
  Browser page = anna();
  const std::string flow = consented(page);
  const std::size_t before = asked("setup").size();
  const Json wrong = Json::object(
      {{"name", ""}, {"secret", "s3cret"}, {"visible", Json::array({"a", "c"})}, {"default", "z"}});
  const Json shown = submit(page, flow, "account", wrong).json();
  EXPECT_EQ(shown["step"]["errors"].string("name"), "error.required");
  EXPECT_EQ(shown["step"]["errors"].string("visible"), "error.not_offered");
  EXPECT_EQ(shown["step"]["errors"].string("default"), "error.not_offered");
  EXPECT_EQ(shown.dump().find("s3cret"), std::string::npos) << "a password is not sent back";
  EXPECT_EQ(
      submit(page, flow, "account", input("much too long")).json()["step"]["errors"].string("name"),
      "error.too_long");
  EXPECT_EQ(submit(page, flow, "preview").status, 409);
  EXPECT_EQ(asked("setup").size(), before);
  EXPECT_EQ(accounts(page), 0u);
}

TEST_F(SettingsFlow, TypedValuesAreKeptWhenTheFormIsLeft) {  // S-12
  Browser page = anna(), other = bert();
  const std::string flow = consented(page);
  const std::size_t before = asked("setup").size();
  const auto keep = [&](Browser& by, const char* step, const Json& values) {
    const Json body = Json::object({{"step", step}, {"values", values}});
    return by.patch("/api/flows/" + flow, body).status;
  };
  const Json typed = Json::object({{"name", ""}, {"secret", "s3cret"}, {"strange", 1}});
  EXPECT_EQ(keep(page, "account", typed), 200);
  const Json shown = page.get("/api/flows/" + flow).json();
  EXPECT_EQ(shown["step"]["values"].string("name"), "") << "unfinished input is kept too";
  EXPECT_EQ(shown.dump().find("s3cret"), std::string::npos);
  EXPECT_EQ(keep(page, "preview", Json::object()), 409);
  EXPECT_EQ(keep(page, "account", Json("x")), 400);
  EXPECT_EQ(keep(other, "account", Json::object()), 404);
  EXPECT_EQ(asked("setup").size(), before) << "the plugin is not asked";
}

TEST_F(SettingsFlow, DroppedDraftIsDiscardedAtThePlugin) {  // S-12
  Browser page = anna();
  begin(page);
  const std::string flow = consented(page);
  const Json drafts = page.get("/api/flows").json();
  ASSERT_EQ(drafts.items().size(), 1u) << "where nothing was allowed yet, nothing is listed";
  EXPECT_EQ(drafts.items()[0].string("updated"), "2026-01-01T00:00:00Z");
  failure = Error{Code::unavailable, "restarting", {}};
  EXPECT_EQ(page.erase("/api/flows/" + flow).status, 503) << "the grant would stay behind";
  EXPECT_EQ(page.get("/api/flows").json().items().size(), 1u);
  failure.reset();
  EXPECT_EQ(page.erase("/api/flows/" + flow).status, 200);
  const Json discard = asked("discard").back();
  EXPECT_EQ(discard.string("flow"), flow);
  EXPECT_EQ(discard.string("account"), asked("setup").back().string("account"));
  EXPECT_EQ(page.get("/api/flows/" + flow).status, 404);
  EXPECT_EQ(accounts(page), 0u);
}

TEST_F(SettingsFlow, DraftOfEightDaysIsDiscardedWhenTheHostStarts) {  // S-12
  Browser page = anna();
  consented(page);
  clock.advance(std::chrono::hours(8 * 24));
  start();
  const Flows rows(crm->database(), crm->bus(), clock, random);
  EXPECT_TRUE(eventually([&] { return rows.expired()->empty(); }));
  EXPECT_EQ(asked("discard").size(), 1u);
}

TEST_F(SettingsFlow, AnotherUsersFlowIs404) {
  Browser page = anna(), other = bert();
  const std::string flow = consented(page);
  EXPECT_EQ(other.get("/api/flows/" + flow).status, 404);
  EXPECT_EQ(submit(other, flow, "account", input("Mine")).status, 404);
  EXPECT_EQ(other.erase("/api/flows/" + flow).status, 404);
  EXPECT_TRUE(other.get("/api/flows").json().items().empty());
  const std::string account =
      submit(page, previewed(page), "preview").json()["step"].string("account");
  EXPECT_EQ(begin(other, "options", account).status, 404);
  EXPECT_EQ(begin(other, "reauth", account).status, 404);
}

TEST_F(SettingsFlow, OptionsRenameTheAccountAndKeepItsAddress) {  // S-13
  Browser page = anna();
  const std::string account =
      submit(page, previewed(page), "preview").json()["step"].string("account");
  begin(page, "options", account);
  const Json menu = begin(page, "options", account).json();
  EXPECT_EQ(page.get("/api/flows").json().items().size(), 1u)
      << "a new one takes the place of one left open";
  const std::string& flow = menu.string("flow");
  EXPECT_EQ(menu["step"].string("type"), "menu");
  EXPECT_EQ(submit(page, flow, "not offered").status, 409);
  EXPECT_EQ(submit(page, flow, "rename").json()["step"].string("type"), "form");
  EXPECT_EQ(submit(page, flow, "rename", input("North")).json()["step"].string("type"), "finish");
  const Json row = page.get("/api/accounts").json().items()[0];
  EXPECT_EQ(row.string("title"), "North");
  EXPECT_EQ(row.string("identity"), "me@provider.example");
  begin(page, "options", account);
  EXPECT_EQ(
      page.erase("/api/flows/" + page.get("/api/flows").json().items()[0].string("flow")).status,
      200);
  EXPECT_TRUE(asked("discard").empty()) << "dropping options must not take the account's grant";
}

TEST_F(SettingsFlow, InvalidStepOfThePluginIsAnErrorAndTheFlowStays) {
  Browser page = anna();
  const std::string flow = consented(page);
  script.step = [](const Json&, PluginAnswer answer) {
    answer(std::string(R"({"type": "form", "step": "account"})"));
  };
  EXPECT_EQ(submit(page, flow, "account", input("Sales")).status, 500);
  EXPECT_EQ(page.get("/api/flows/" + flow).json()["step"].string("step"), "account");
  EXPECT_EQ(begin(page).status, 500);
  EXPECT_EQ(page.get("/api/flows").json().items().size(), 1u)
      << "a flow without a first step is not kept";
  EXPECT_EQ(
      page.post("/api/flows", Json::object({{"plugin", "com.example.none"}, {"kind", "setup"}}))
          .status,
      404);
  EXPECT_EQ(begin(page, "discard").status, 400);
}

}  // namespace
}  // namespace host
