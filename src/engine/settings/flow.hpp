// The settings flows of the plugin: set up an account, change its options, connect it anew. Each
// call is step = f(step, memo, input): the flow keeps nothing itself, so it survives a restart and
// a reload. What it needs from Google, the host and the journal it asks through FlowPorts. [loop
// thread]
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/common/base/task.hpp"
#include "src/engine/settings/account_config.hpp"
#include "src/engine/settings/forms.hpp"

namespace gcal::settings {

struct OAuthClient {
  std::string client_id;
  std::string client_secret;
};

// What a consent gave: a grant for exactly one Google account.
struct Grant {
  std::string sub;
  std::string email;
  bool calendar_access = false;  // false: a tick box was left empty
};

struct FlowUser {
  std::string id;
  bool administrator = false;
  std::string
      default_calendar;  // the CRM calendar where new appointments go now; "" = the user's own
};

// The observation of the visible calendars that stands behind the preview. `numbers` once it ended.
struct PreviewState {
  std::size_t done = 0;
  std::size_t total = 0;  // 0: not known yet
  std::optional<PreviewNumbers> numbers;
};

// What a change of the default calendar would copy.
struct Copyable {
  std::size_t alone = 0;        // the account's own appointments without guests
  std::size_t with_guests = 0;  // its own with guests: only on an explicit yes
};

class FlowPorts {
 public:
  virtual ~FlowPorts() = default;

  virtual Task<FlowUser> user(std::string id) = 0;
  virtual Task<std::optional<OAuthClient>> oauth_client() = 0;
  virtual Task<> store_oauth_client(OAuthClient client) = 0;

  // The address of Google's consent page. The PKCE verifier stays in the host's secrets under
  // `account`.
  virtual Task<std::string> begin_consent(std::string account, std::string state,
                                          std::string callback_url, std::string login_hint) = 0;
  // Exchanges the code and keeps the tokens in the host's secrets. Errors: denied, needs_auth (the
  // code is of no use), unavailable.
  virtual Task<Grant> end_consent(std::string account, std::string code,
                                  std::string callback_url) = 0;
  // Makes the new tokens those of the account / throws away what an active account was offered, and
  // all that any other one has; revokes the grant where no other account uses it. Dropping a flow
  // of an account that works must not disconnect it.
  virtual Task<> keep_grant(std::string account) = 0;
  virtual Task<> revoke_grant(std::string account) = 0;

  virtual Task<std::vector<RemoteCalendar>> calendars(std::string account) = 0;
  // Starts the observation, or tells how far it is. Asking again after a restart starts it anew.
  virtual Task<PreviewState> preview(std::string account, std::string user,
                                     std::vector<RemoteCalendar> visible) = 0;

  virtual Task<AccountConfig> config(std::string account) = 0;
  // Stores the config and asks for a cycle: the pairs follow it.
  virtual Task<> change_config(std::string account, AccountConfig config) = 0;
  virtual Task<Copyable> copyable(std::string account) = 0;  // out of the present default calendar
  virtual Task<> set_account_state(std::string account,
                                   std::string state) = 0;  // active | paused | disconnected
  virtual Task<std::size_t> held_deletions(std::string account) = 0;
  virtual Task<> decide_held_deletions(std::string account, bool apply) = 0;
  // Erases everything that an unfinished set-up left: secrets, observations. Of an account that
  // exists nothing but what the flow itself stored.
  virtual Task<> forget(std::string account) = 0;
};

class Flow {
 public:
  Flow(FlowPorts& ports, base::Random& random) : ports_(ports), random_(random) {}

  // request and answer: host_api/capabilities/settings.h. A failure that a person can do something
  // about is a step, not an error.
  Task<Json> step(Json request);

 private:
  struct Request;

  Task<Json> setup(Request request);
  Task<Json> options(Request request);
  Task<Json> reauth(Request request);

  Task<Json> ask_for_consent(Request request, std::string login_hint);
  Task<Json> take_consent(Request request);
  Task<Json> take_account_form(Request request);
  Task<Json> observe(Request request);
  Task<Json> finish(Request request);
  Task<Json> options_menu(Request request);
  Task<Json> options_calendars(Request request);
  Task<Json> options_default(Request request);
  Task<Json> options_held(Request request);
  Task<Json> options_disconnect(Request request);

  FlowPorts& ports_;
  base::Random& random_;
};

}  // namespace gcal::settings
