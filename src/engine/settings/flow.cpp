#include "src/engine/settings/flow.hpp"

#include <algorithm>
#include <utility>

#include "src/common/base/id.hpp"
#include "src/engine/settings/options_form.hpp"

namespace gcal::settings {

struct Flow::Request {
  std::string kind;
  std::string user;
  std::string account;
  std::string step;
  std::string callback_url;
  Json memo;
  Json input;
};

namespace {

// Steps that the user goes back to.
constexpr const char* kChooseAgain = "consent_again";
constexpr const char* kAccountAgain = "account_again";

std::vector<RemoteCalendar> calendars_of(const Json& memo) {
  std::vector<RemoteCalendar> calendars;
  for (const Json& calendar : memo["calendars"].items())
    calendars.push_back(remote_calendar_from_json(calendar));
  return calendars;
}

Json calendars_json(const std::vector<RemoteCalendar>& calendars) {
  Json list = Json::array();
  for (const RemoteCalendar& calendar : calendars) list.push(to_json(calendar));
  return list;
}

std::vector<RemoteCalendar> chosen(const std::vector<RemoteCalendar>& calendars,
                                   const AccountChoice& choice) {
  std::vector<RemoteCalendar> visible;
  for (const RemoteCalendar& calendar : calendars)
    if (std::ranges::find(choice.visible, calendar.id) != choice.visible.end())
      visible.push_back(calendar);
  return visible;
}

// The initial values: the account's address as the name, the primary calendar ticked, the user's
// present default (PD-11), which is the CRM's own calendar for a first account (S-17).
AccountChoice first_choice(const std::vector<RemoteCalendar>& calendars, const std::string& email,
                           const std::string& present_default) {
  AccountChoice choice{email, {}, present_default.empty() ? "" : kPresentDefault};
  for (const RemoteCalendar& calendar : calendars)
    if (calendar.primary) choice.visible.push_back(calendar.id);
  return choice;
}

// What the user chose before, for the form that is shown again.
AccountChoice choice_in(const Json& memo) {
  const AccountConfig config = account_config_from_json(memo);
  AccountChoice choice{config.name, {}, config.default_calendar};
  for (const RemoteCalendar& calendar : config.visible) choice.visible.push_back(calendar.id);
  const bool keeps_present =
      !memo.string("present_default").empty() && !memo["take_crm_default"].as_bool();
  if (choice.default_calendar.empty() && keeps_present) choice.default_calendar = kPresentDefault;
  return choice;
}

// The form of the account's name, visible calendars and default in the set-up. Back leads to the
// choice of the Google account.
Form setup_account_form(const std::vector<RemoteCalendar>& calendars, const AccountChoice& choice,
                        const std::string& present_default) {
  Form form = account_form("account", calendars, choice, present_default);
  form.back = kChooseAgain;
  return form;
}

// The last step of options and reauth. The config was stored by then, so that the step does not put
// back an older one.
Json saved_step(const AccountConfig& config) {
  return finish_step(config.name, config.sub, config.email);
}

std::string name_of(const std::vector<RemoteCalendar>& calendars, const std::string& id) {
  for (const RemoteCalendar& calendar : calendars)
    if (calendar.id == id) return calendar.name;
  return id;
}

// The abort step for a failed consent or a failed first request. The host then discards the set-up
// (S-11).
Json abort_for(const Error& error) {
  switch (error.code) {
    case Code::denied:
      return abort_step("abort.google_refused", Json::object({{"message", error.message}}));
    case Code::needs_auth: return abort_step("abort.consent_failed");
    case Code::unavailable:
    case Code::timeout: return abort_step("abort.google_unreachable");
    default: return abort_step("abort.failed", Json::object({{"message", error.message}}));
  }
}

}  // namespace

Task<Json> Flow::step(Json json) {
  Request request{json.string("kind"), json.string("user"),         json.string("account"),
                  json.string("step"), json.string("callback_url"), json["memo"],
                  json["input"]};
  if (request.kind == "setup") co_return co_await setup(std::move(request));
  if (request.kind == "options") co_return co_await options(std::move(request));
  if (request.kind == "reauth") co_return co_await reauth(std::move(request));
  if (request.kind == "discard") {
    CO_TRY_VOID(co_await ports_.revoke_grant(request.account));
    CO_TRY_VOID(co_await ports_.forget(request.account));
    co_return Json::object();
  }
  co_return Error{Code::invalid, "a flow is of the kind setup, options, reauth or discard", {}};
}

Task<Json> Flow::setup(Request request) {
  const std::string no_hint;
  if (request.step.empty()) {
    CO_TRY(const std::optional<OAuthClient> client, co_await ports_.oauth_client());
    if (client) co_return co_await request_consent(std::move(request), no_hint);
    CO_TRY(const FlowUser user, co_await ports_.user(request.user, request.account));
    if (!user.administrator) co_return abort_step("abort.no_oauth_client");
    co_return form_step(credentials_form("credentials", request.callback_url), request.memo);
  }
  if (request.step == "credentials") {
    Form form = credentials_form("credentials", request.callback_url);
    form.errors = check_credentials(request.input);
    if (!form.errors.empty()) {
      form.values = Json::object({{"client_id", request.input.string("client_id")}});
      co_return form_step(form, request.memo);
    }
    CO_TRY(const FlowUser user, co_await ports_.user(request.user, request.account));
    if (!user.administrator) co_return abort_step("abort.no_oauth_client");
    OAuthClient entered{request.input.string("client_id"),
                        request.input.string("client_secret")};  // named: see base/task.hpp
    CO_TRY_VOID(co_await ports_.store_oauth_client(std::move(entered)));
    co_return co_await request_consent(std::move(request), no_hint);
  }
  if (request.step == "consent") co_return co_await handle_consent(std::move(request));
  if (request.step == "account") co_return co_await handle_account_form(std::move(request));
  if (request.step == "observe") co_return co_await observe(std::move(request));
  if (request.step == kChooseAgain) {
    // The grant of the account that is left is returned before another is asked for.
    CO_TRY_VOID(co_await ports_.revoke_grant(request.account));
    request.memo = Json();
    co_return co_await request_consent(std::move(request), no_hint);
  }
  if (request.step == kAccountAgain)
    co_return form_step(setup_account_form(calendars_of(request.memo), choice_in(request.memo),
                                           request.memo.string("present_default")),
                        request.memo);
  if (request.step == "preview") co_return co_await finish(std::move(request));
  co_return Error{Code::invalid, "the set-up has no step of this name", {}};
}

Task<Json> Flow::request_consent(Request request, std::string login_hint) {
  const std::string state = base::new_secret(random_);
  CO_TRY(const std::string url,
         co_await ports_.begin_consent(request.account, state, request.callback_url,
                                       std::move(login_hint)));
  co_return external_step("consent", "setup.consent.title", "setup.consent.open", url, state,
                          request.memo);
}

Task<Json> Flow::handle_consent(Request request) {
  if (const std::string& error = request.input.string("error"); !error.empty())
    co_return abort_step(error == "access_denied" ? "abort.consent_refused"
                                                  : "abort.consent_failed");
  // RFC 9207: the answer of another authorization server is not taken for Google's.
  if (request.input.contains("iss") && request.input.string("iss") != "https://accounts.google.com")
    co_return abort_step("abort.consent_failed");
  const std::string& code = request.input.string("code");
  if (code.empty() || code.size() > 2048) co_return abort_step("abort.consent_failed");

  Result<Grant> grant = co_await ports_.end_consent(request.account, code, request.callback_url);
  if (!grant) co_return abort_for(grant.error());
  if (!grant->calendar_access) {
    CO_TRY_VOID(co_await ports_.revoke_grant(request.account));
    co_return abort_step("abort.scope_missing");
  }
  CO_TRY_VOID(co_await ports_.keep_grant(request.account));
  Result<std::vector<RemoteCalendar>> calendars = co_await ports_.calendars(request.account);
  if (!calendars) {
    CO_TRY_VOID(co_await ports_.revoke_grant(request.account));
    co_return abort_for(calendars.error());
  }

  const std::vector<RemoteCalendar> ordered = in_order(*std::move(calendars));
  request.memo.set("sub", grant->sub);
  request.memo.set("email", grant->email);
  request.memo.set("workspace", grant->workspace);
  request.memo.set("calendars", calendars_json(ordered));
  CO_TRY(const FlowUser user, co_await ports_.user(request.user, request.account));
  const std::string& present = user.default_elsewhere;
  request.memo.set("present_default", present);
  const AccountChoice choice = first_choice(ordered, grant->email, present);
  co_return form_step(setup_account_form(ordered, choice, present), request.memo);
}

Task<Json> Flow::handle_account_form(Request request) {
  const std::vector<RemoteCalendar> calendars = calendars_of(request.memo);
  const AccountChoice choice = account_choice(request.input);
  const std::string present = request.memo.string("present_default");  // `set` moves members
  Form form = setup_account_form(calendars, choice, present);
  form.errors = check(choice, calendars);
  if (!form.errors.empty()) co_return form_step(form, request.memo);
  request.memo.set("name", choice.name);
  request.memo.set("default_calendar", choice.own_default());
  request.memo.set("take_crm_default", !present.empty() && choice.default_calendar.empty());
  request.memo.set("visible", calendars_json(chosen(calendars, choice)));
  co_return co_await observe(std::move(request));
}

Task<Json> Flow::observe(Request request) {
  AccountConfig config = account_config_from_json(request.memo);
  Result<PreviewState> state =
      co_await ports_.preview(request.account, request.user, config.visible);
  if (!state) co_return abort_for(state.error());
  if (!state->numbers)
    co_return progress_step("observe", "setup.observe.title", "setup.observe.reading", state->done,
                            state->total, request.memo, kAccountAgain);
  AccountChoice choice{config.name, {}, config.default_calendar};
  Form form = preview_form("preview", *state->numbers, choice);
  form.back = kAccountAgain;
  co_return form_step(form, request.memo);
}

Task<Json> Flow::finish(Request request) {
  AccountConfig config = account_config_from_json(request.memo);
  config.export_existing =
      config.default_calendar.empty() ? ExportExisting::none : existing_choice(request.input);
  config.draft = request.account;
  CO_TRY(const FlowUser user, co_await ports_.user(request.user, request.account));
  config.invitation_language = language_for(user.locale);
  const Json stored = to_json(config);
  Json step = finish_step(config.name, config.sub, config.email, &stored);
  CO_TRY(const std::optional<Json> calendar,
         co_await ports_.first_default(request.user, request.account, std::move(config)));
  if (calendar) step.set("default_calendar", *calendar);
  co_return step;
}

Task<Json> Flow::reauth(Request request) {
  CO_TRY(AccountConfig config, co_await ports_.config(request.account));
  if (request.step.empty()) co_return co_await request_consent(std::move(request), config.email);
  if (request.step != "consent")
    co_return Error{Code::invalid, "the reconnection has no step of this name", {}};

  if (const std::string& error = request.input.string("error"); !error.empty())
    co_return abort_step(error == "access_denied" ? "abort.consent_refused"
                                                  : "abort.consent_failed");
  Result<Grant> grant = co_await ports_.end_consent(request.account, request.input.string("code"),
                                                    request.callback_url);
  if (!grant) co_return abort_for(grant.error());
  // Another Google account is refused, even with the same address: its events would be written into
  // the links of this one (P-16).
  if (grant->sub != config.sub) {
    CO_TRY_VOID(co_await ports_.revoke_grant(request.account));
    co_return abort_step("abort.wrong_account", Json::object({{"email", config.email}}));
  }
  if (!grant->calendar_access) {
    CO_TRY_VOID(co_await ports_.revoke_grant(request.account));
    co_return abort_step("abort.scope_missing");
  }
  CO_TRY_VOID(co_await ports_.keep_grant(request.account));
  // The account's address may have changed.
  ConfigEdit renamed = [email = grant->email, workspace = grant->workspace](AccountConfig& stored) {
    stored.email = email;
    stored.workspace = workspace;
  };
  CO_TRY(config, co_await ports_.change_config(request.account, std::move(renamed)));
  co_return saved_step(config);
}

Task<Json> Flow::options(Request request) {
  // The accounts page opens the step that a notice is named after; the menu offers another try.
  const bool notice =
      request.step == "quarantined" || request.step == "unreadable" || request.step == "mails";
  if (request.step.empty() || request.step == "menu" || notice)
    co_return co_await options_menu(std::move(request));
  if (request.step == "calendars") co_return co_await options_calendars(std::move(request));
  if (request.step == "default") co_return co_await options_default(std::move(request));
  if (request.step == "held") co_return co_await options_held(std::move(request));
  if (request.step == "conflicts") co_return co_await options_conflicts(std::move(request));
  if (request.step == "disconnect") co_return co_await options_disconnect(std::move(request));
  if (request.step == "retry" || request.step == "send_mails") {
    if (request.step == "retry")
      CO_TRY_VOID(co_await ports_.try_held_again(request.account));
    else
      CO_TRY_VOID(co_await ports_.send_mails(request.account));
    CO_TRY(const AccountConfig config, co_await ports_.config(request.account));
    co_return saved_step(config);
  }
  if (request.step == "pause" || request.step == "resume") {
    const std::string state = request.step == "pause" ? "paused" : "active";
    CO_TRY_VOID(co_await ports_.set_account_state(request.account, state));
    CO_TRY(const AccountConfig config, co_await ports_.config(request.account));
    co_return saved_step(config);
  }
  co_return Error{Code::invalid, "the options have no step of this name", {}};
}

Task<Json> Flow::options_menu(Request request) {
  CO_TRY(const std::size_t held, co_await ports_.held_deletions(request.account));
  std::vector<std::pair<std::string, std::string>> choices{{"calendars", "options.calendars"}};
  if (held > 0) choices.emplace_back("held", "options.held");
  CO_TRY(const std::size_t waiting, co_await ports_.held_items(request.account));
  if (waiting > 0) choices.emplace_back("retry", "options.retry");
  CO_TRY(const std::size_t withheld, co_await ports_.withheld_mails(request.account));
  if (withheld > 0) choices.emplace_back("send_mails", "options.send_mails");
  CO_TRY(const HeldConflicts conflicts, co_await ports_.held_conflicts(request.account));
  if (conflicts.count > 0) choices.emplace_back("conflicts", "options.conflicts");
  choices.emplace_back("pause", "options.pause");
  choices.emplace_back("resume", "options.resume");
  choices.emplace_back("disconnect", "options.disconnect");
  co_return menu_step("menu", "options.title", choices, request.memo);
}

Task<Json> Flow::options_calendars(Request request) {
  CO_TRY(const AccountConfig config, co_await ports_.config(request.account));
  if (!request.memo.contains("form")) {
    Result<std::vector<RemoteCalendar>> listed = co_await ports_.calendars(request.account);
    if (!listed) co_return abort_for(listed.error());
    const std::vector<RemoteCalendar> calendars = in_order(*std::move(listed));
    CO_TRY(const FlowUser user, co_await ports_.user(request.user, request.account));
    const std::string& present = user.default_elsewhere;
    request.memo.set("present_default", present);
    const AccountChoice choice = choice_of(config, calendars, present);
    const Form form =
        options_form("calendars", calendars, config, choice, present, user.has_mailer);
    request.memo.set("has_mailer", user.has_mailer);
    request.memo.set("calendars", calendars_json(calendars));
    request.memo.set("form", form.values);
    co_return form_step(form, request.memo);
  }
  const std::vector<RemoteCalendar> calendars = calendars_of(request.memo);
  const AccountChoice shown = account_choice(request.memo["form"]);
  const AccountChoice choice = account_choice(request.input);
  const bool has_mailer = request.memo["has_mailer"].as_bool();
  Form form = options_form("calendars", calendars, config, choice,
                           request.memo.string("present_default"), has_mailer);
  form.errors = check_options(choice, calendars, config, has_mailer);
  if (!form.errors.empty()) co_return form_step(form, request.memo);
  if (choice.default_calendar != shown.default_calendar && !choice.own_default().empty() &&
      !config.default_calendar.empty() && choice.default_calendar != config.default_calendar) {
    CO_TRY(const CopyableCounts copyable, co_await ports_.copyable(request.account));
    if (copyable.alone + copyable.with_guests > 0) {
      request.memo.set("choice", request.input);
      co_return form_step(default_form("default", copyable.alone, copyable.with_guests,
                                       name_of(config.visible, config.default_calendar),
                                       name_of(calendars, choice.default_calendar)),
                          request.memo);
    }
  }
  co_return co_await save_options(std::move(request), choice, false);
}

// The answer to the confirmation of a changed default calendar (PD-10).
Task<Json> Flow::options_default(Request request) {
  if (!request.memo.contains("choice"))
    co_return Error{Code::invalid, "this step follows the form of the calendars", {}};
  const AccountChoice choice = account_choice(request.memo["choice"]);
  const bool with_guests = request.input["with_guests"].as_bool();
  co_return co_await save_options(std::move(request), choice, with_guests);
}

Task<Json> Flow::save_options(Request request, AccountChoice choice, bool with_guests) {
  ConfigEdit edit = [calendars = calendars_of(request.memo), choice = std::move(choice),
                     shown = account_choice(request.memo["form"]),
                     with_guests](AccountConfig& config) {
    apply_choice(config, shown, choice, calendars);
    if (choice.default_calendar != shown.default_calendar)
      config.copy_guest_events_into = with_guests ? choice.own_default() : std::string();
  };
  CO_TRY(const AccountConfig config,
         co_await ports_.change_config(request.account, std::move(edit)));
  co_return saved_step(config);
}

Task<Json> Flow::options_held(Request request) {
  CO_TRY(const AccountConfig config, co_await ports_.config(request.account));
  CO_TRY(const std::size_t held, co_await ports_.held_deletions(request.account));
  const std::string& decision = request.input.string("decision");
  if (decision != "apply" && decision != "keep") {
    Form form;
    form.step = "held";
    form.title = "options.held";
    form.description = "options.held_description";
    form.args = Json::object({{"count", held}});
    form.last = true;
    form.submit = "options.held_decide";
    form.schema.set("required", Json::array({"decision"}));
    form.schema.set(
        "properties",
        Json::object({{"decision",
                       Json::object({{"type", "string"},
                                     {"title", "options.held_question"},
                                     {"x-widget", "radio"},
                                     {"enum", Json::array({"keep", "apply"})},
                                     {"x-labels", Json::object({{"keep", "options.held_keep"},
                                                                {"apply", "options.held_apply"}})},
                                     {"x-text-keys", Json::array({"keep", "apply"})}})}}));
    form.values = Json::object({{"decision", "keep"}});
    co_return form_step(form, request.memo);
  }
  CO_TRY_VOID(co_await ports_.decide_held_deletions(request.account, decision == "apply"));
  co_return saved_step(config);
}

// One conflict after the other; the answer to one leads to the next.
Task<Json> Flow::options_conflicts(Request request) {
  const std::string& decision = request.input.string("decision");
  const std::string link = request.memo.string("conflict");
  if (!link.empty() && (decision == "crm" || decision == "google"))
    CO_TRY_VOID(co_await ports_.decide_conflict(request.account, link, decision == "crm"));
  CO_TRY(const HeldConflicts conflicts, co_await ports_.held_conflicts(request.account));
  if (conflicts.count == 0) {
    CO_TRY(const AccountConfig config, co_await ports_.config(request.account));
    co_return saved_step(config);
  }
  request.memo.set("conflict", conflicts.link);
  Form form = conflict_form("conflicts", conflicts.title, conflicts.count);
  form.notes = conflicts.differences;
  co_return form_step(form, request.memo);
}

Task<Json> Flow::options_disconnect(Request request) {
  CO_TRY(const AccountConfig config, co_await ports_.config(request.account));
  if (!request.input["confirm"].as_bool()) {
    CO_TRY(const RemovableCounts counts, co_await ports_.removable(request.account));
    co_return form_step(disconnect_form("disconnect", config.email, counts, request.input),
                        request.memo);
  }
  // Stored first: the runs of the disconnected account carry it out.
  const RemovalAnswer answer = removal_answer(request.input);
  CO_TRY_VOID(co_await ports_.choose_removal(request.account, answer));
  const Result<> ended = co_await ports_.set_account_state(request.account, "disconnected");
  if (!ended) {
    CO_TRY_VOID(co_await ports_.choose_removal(request.account, RemovalAnswer()));
    co_return ended.error();
  }
  CO_TRY_VOID(co_await ports_.revoke_grant(request.account));
  co_return saved_step(config);
}

}  // namespace gcal::settings
