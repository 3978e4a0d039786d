// crm_host plugin remove ID: removes the accounts of a plugin, also of one that no longer runs.
// Used by main, which holds the lock of the data folder: the host must be stopped.
#pragma once

#include <chrono>
#include <string>

#include "src/host/crm/crm.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace host {

struct PluginRemoval {
  bool purge = false;  // also forgets the accounts, the plugin's database and its secrets
  bool without_revoking = false;  // does not ask the other side
  // The other side answers within seconds, or is down.
  std::chrono::seconds patience{30};
};

// Disconnects all accounts of the plugin and keeps their appointments as the CRM's own. Then the
// plugin is started once, alone, so that it revokes its access at the other side. What a plugin
// that does not run cannot revoke is erased and named on standard output. options: how plugins are
// started. unavailable: the other side does not answer; nothing was erased, and the plugin goes on
// when it runs again. not_found: nothing is known of the plugin.
Result<> remove_plugin(Crm& crm, hosting::PluginsOptions options, const std::string& plugin,
                       const PluginRemoval& how);

}  // namespace host
