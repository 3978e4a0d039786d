// Ends a plugin's account: by the host alone, for an administrator, for the command that removes a
// plugin and for a user whose plugin does not run; or by the plugin, in its flow. However it ends,
// none of its calendars stays the user's default. It must never erase appointments, nor the
// account's secrets: its plugin needs them to give the access back at the other side.
#pragma once

#include <string_view>

#include "src/hosting/services/accounts.hpp"
#include "src/hosting/services/plugin_calendars.hpp"

namespace hosting {

// The account is shown no more, its calendars are the CRM's alone, and its user's default calendar
// is one that works. A plugin that runs gets a hint, one that starts lists its accounts; either
// revokes the access at the other side, until that has answered. [any thread, blocks]
Result<> disconnect_account(Accounts& accounts, PluginCalendars& calendars, const Account& account);

// The state that the plugin gives its account. The plugin itself says what becomes of the calendars
// of one that it disconnects. Errors: as of Accounts::set_state. [any thread, blocks]
Result<> set_state_by_plugin(Accounts& accounts, PluginCalendars& calendars,
                             std::string_view plugin, std::string_view id, std::string_view state);

}  // namespace hosting
