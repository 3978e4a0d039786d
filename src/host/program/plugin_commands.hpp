// crm_host plugin remove ID: removes the accounts of a plugin, also of one that no longer runs.
// Used by main, which holds the lock of the data folder: the host must be stopped.
#pragma once

#include <string>

#include "src/host/crm/crm.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace host {

// Disconnects all accounts of the plugin and keeps their appointments as the CRM's own. Then the
// plugin is started once, alone, so that it revokes its access at the other side; what it does not
// revoke in time is erased here and named on standard output. purge: also forgets the accounts, the
// plugin's database and its secrets. options: how plugins are started. not_found: nothing is known
// of the plugin.
Result<> remove_plugin(Crm& crm, hosting::PluginsOptions options, const std::string& plugin,
                       bool purge);

}  // namespace host
