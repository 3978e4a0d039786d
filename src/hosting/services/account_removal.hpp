// Ends a plugin's account by the host alone: by an administrator, by the command that removes a
// plugin, and by a user whose plugin does not run. It must never erase appointments, nor the
// account's secrets: its plugin needs them to give the access back at the other side.
#pragma once

#include "src/hosting/services/accounts.hpp"
#include "src/hosting/services/plugin_calendars.hpp"

namespace hosting {

// The account is shown no more, its calendars are the CRM's alone, and its user's default calendar
// is one that works. A plugin that runs gets a hint, one that starts lists its accounts; either
// revokes the access at the other side, until that has answered. [any thread, blocks]
Result<> disconnect_account(Accounts& accounts, PluginCalendars& calendars, const Account& account);

}  // namespace hosting
