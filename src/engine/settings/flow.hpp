// The settings flows: set-up of an account, options, reconnecting (reauth), discarding a set-up.
// The flow is stateless: each request contains the step, the memo of the previous answer and the
// input, so a flow survives a restart and a page reload. Google, the host and the journal are
// reached through FlowPorts only. Runs on the loop thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/common/base/task.hpp"
#include "src/engine/settings/account_config.hpp"
#include "src/engine/settings/disconnect_form.hpp"
#include "src/engine/settings/forms.hpp"

namespace gcal::settings {

struct OAuthClient {
  std::string client_id;
  std::string client_secret;
};

// The result of a consent: a grant for exactly one Google account.
struct Grant {
  std::string sub;
  std::string email;
  bool calendar_access = false;  // false: the user declined a calendar scope
  bool workspace = false;        // see AccountConfig
};

struct FlowUser {
  std::string id;
  bool administrator = false;
  // The name of the calendar for new appointments if it belongs to another account; "" = it is the
  // user's own or one of this account.
  std::string default_elsewhere;
  std::string locale;       // such as "de" or "de-AT"; "" = unknown
  bool has_mailer = false;  // whether the CRM can mail for its users at all
};

// Progress of reading the visible calendars for the preview. `numbers` is set when it has ended.
struct PreviewState {
  std::size_t done = 0;
  std::size_t total = 0;  // 0: not known yet
  std::optional<PreviewNumbers> numbers;
};

// How many appointments a change of the default calendar would copy (PD-10).
struct CopyableCounts {
  std::size_t alone = 0;        // the account's own appointments without guests
  std::size_t with_guests = 0;  // its own with guests: only if the user agrees
};

// Conflicts that wait for the user's decision (PD-08).
struct HeldConflicts {
  std::size_t count = 0;
  std::string link;  // of the first one
  std::string title;
  std::vector<Note> differences{};  // one for each part that both sides changed
};

// What the flow needs from its environment; implemented by the plugin's settings page. `account` is
// the account's id, or that of the set-up while no account exists. Errors are passed on to the
// host, except those that a step can explain to the user.
class FlowPorts {
 public:
  virtual ~FlowPorts() = default;

  // `account`: the account or set-up of the flow.
  virtual Task<FlowUser> user(std::string id, std::string account) = 0;
  virtual Task<std::optional<OAuthClient>> oauth_client() = 0;
  virtual Task<> store_oauth_client(OAuthClient client) = 0;

  // The URL of Google's consent page. The PKCE verifier is stored in the host's secrets under
  // `account`.
  virtual Task<std::string> begin_consent(std::string account, std::string state,
                                          std::string callback_url, std::string login_hint) = 0;
  // Exchanges the code and stores the grant as offered, not yet in use. Errors: denied, needs_auth
  // (the code is not valid), unavailable.
  virtual Task<Grant> end_consent(std::string account, std::string code,
                                  std::string callback_url) = 0;
  // Puts the offered grant into use.
  virtual Task<> keep_grant(std::string account) = 0;
  // Takes the offered grant out of use, and the kept one unless the account is connected:
  // discarding a flow must not disconnect a working account. It is revoked at Google afterwards, if
  // no other account uses it.
  virtual Task<> revoke_grant(std::string account) = 0;

  // The calendars of the Google account.
  virtual Task<std::vector<RemoteCalendar>> calendars(std::string account) = 0;
  // Starts reading the calendars for the preview, or returns its progress. After a restart it
  // starts again.
  virtual Task<PreviewState> preview(std::string account, std::string user,
                                     std::vector<RemoteCalendar> visible) = 0;

  // The calendar that the host makes the user's default with the account, as finish of
  // flow_step.json describes it; nullopt: none, or another account has to be looked at first.
  virtual Task<std::optional<Json>> first_default(std::string user, std::string account,
                                                  AccountConfig config) = 0;

  virtual Task<AccountConfig> config(std::string account) = 0;
  // Changes the config and requests a run, which reconciles the pairs with it. Returns what is
  // stored now.
  virtual Task<AccountConfig> change_config(std::string account, ConfigEdit edit) = 0;
  // What a change of the default calendar would copy out of the current one.
  virtual Task<CopyableCounts> copyable(std::string account) = 0;
  // state: active | paused | disconnected.
  virtual Task<> set_account_state(std::string account, std::string state) = 0;
  // The number of deletions that wait for the user's decision (PD-01), and that decision.
  virtual Task<std::size_t> held_deletions(std::string account) = 0;
  virtual Task<> decide_held_deletions(std::string account, bool apply) = 0;
  // The number of appointments that one side refuses, fails at or cannot read; another try of all.
  virtual Task<std::size_t> held_items(std::string account) = 0;
  virtual Task<> try_held_again(std::string account) = 0;
  // The number of changes that wait because they would mail many guests. The user's consent: they,
  // and what waits to be undone, are written and mailed now.
  virtual Task<std::size_t> withheld_mails(std::string account) = 0;
  virtual Task<> send_mails(std::string account) = 0;
  // Conflicts that wait for the user's decision (PD-08), and the decision about one.
  virtual Task<HeldConflicts> held_conflicts(std::string account) = 0;
  virtual Task<> decide_conflict(std::string account, std::string link, bool take_crm) = 0;
  // What could be removed on disconnecting, and what the user chose of it: it is carried out once
  // the account is disconnected (PD-14).
  virtual Task<RemovableCounts> removable(std::string account) = 0;
  virtual Task<> choose_removal(std::string account, RemovalAnswer answer) = 0;
  // Deletes what an unfinished set-up has stored: secrets and draft pairs. For an account that
  // exists, only what the flow itself has stored.
  virtual Task<> forget(std::string account) = 0;
};

// Objects passed by reference must outlive it. [loop thread]
class Flow {
 public:
  Flow(FlowPorts& ports, base::Random& random) : ports_(ports), random_(random) {}

  // Request and answer: host_api/capabilities/settings.h. A failure that the user or the
  // administrator can act on is answered with an abort step; other failures are errors.
  Task<Json> step(Json request);

 private:
  struct Request;

  Task<Json> setup(Request request);
  Task<Json> options(Request request);
  Task<Json> reauth(Request request);

  Task<Json> request_consent(Request request, std::string login_hint);
  Task<Json> handle_consent(Request request);
  Task<Json> handle_account_form(Request request);
  Task<Json> observe(Request request);
  Task<Json> finish(Request request);
  Task<Json> options_menu(Request request);
  Task<Json> options_calendars(Request request);
  Task<Json> options_default(Request request);
  Task<Json> save_options(Request request, AccountChoice choice, bool with_guests);
  Task<Json> options_held(Request request);
  Task<Json> options_conflicts(Request request);
  Task<Json> options_disconnect(Request request);

  FlowPorts& ports_;
  base::Random& random_;
};

}  // namespace gcal::settings
