// Implements crm.settings/0: connects the settings flows of src/engine/settings with Google, the
// host and the journal. Created by the wiring. No answer contains a token, and discarding a flow
// does not affect a connected account. Runs on the loop thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "plugin/account/preview.hpp"
#include "plugin/account/run_requests.hpp"
#include "plugin/capabilities/pending_reply.hpp"
#include "plugin/plugin_context.hpp"
#include "src/engine/settings/flow.hpp"

namespace gcal::plugin {

// [loop thread]
class SettingsPage final : private settings::FlowPorts {
 public:
  using Spawn = std::function<void(std::string name, Task<> task)>;

  SettingsPage(PluginContext& context, RunMemory& memory, RunRequests& requests, Spawn spawn)
      : context_(context),
        memory_(memory),
        requests_(requests),
        spawn_(std::move(spawn)),
        previews_(context, memory),
        flow_(*this, context.random) {}

  // One step of a flow (host_api/capabilities/settings.h). Errors: invalid if the request is not
  // JSON, and those of settings::Flow.
  void step(std::string request, SharedReply reply);

 private:
  Task<> answer(std::string request, SharedReply reply);

  Task<settings::FlowUser> user(std::string id, std::string account) override;
  Task<std::optional<settings::OAuthClient>> oauth_client() override;
  Task<> store_oauth_client(settings::OAuthClient client) override;
  Task<std::string> begin_consent(std::string account, std::string state, std::string callback_url,
                                  std::string login_hint) override;
  Task<settings::Grant> end_consent(std::string account, std::string code,
                                    std::string callback_url) override;
  Task<> keep_grant(std::string account) override;
  Task<> revoke_grant(std::string account) override;
  Task<std::vector<settings::RemoteCalendar>> calendars(std::string account) override;
  Task<settings::PreviewState> preview(std::string account, std::string user,
                                       std::vector<settings::RemoteCalendar> visible) override;
  Task<std::optional<base::Json>> first_default(std::string user, std::string account,
                                                settings::AccountConfig config) override;
  Task<settings::AccountConfig> config(std::string account) override;
  Task<settings::AccountConfig> change_config(std::string account,
                                              settings::ConfigEdit edit) override;
  Task<settings::CopyableCounts> copyable(std::string account) override;
  Task<> set_account_state(std::string account, std::string state) override;
  Task<std::size_t> held_deletions(std::string account) override;
  Task<> decide_held_deletions(std::string account, bool apply) override;
  Task<std::size_t> held_items(std::string account) override;
  Task<> try_held_again(std::string account) override;
  Task<std::size_t> withheld_mails(std::string account) override;
  Task<> send_mails(std::string account) override;
  Task<settings::HeldConflicts> held_conflicts(std::string account) override;
  Task<> decide_conflict(std::string account, std::string link, bool take_crm) override;
  Task<settings::RemovableCounts> removable(std::string account) override;
  Task<> choose_removal(std::string account, settings::RemovalAnswer answer) override;
  Task<> forget(std::string account) override;

  Task<bool> is_connected(std::string account);  // active or paused

  PluginContext& context_;
  RunMemory& memory_;
  RunRequests& requests_;
  Spawn spawn_;
  Previews previews_;
  std::map<std::string, oauth::Tokens> consent_tokens_;  // of offered grants, by account
  settings::Flow flow_;
};

}  // namespace gcal::plugin
