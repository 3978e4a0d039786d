// Gives back what an account still holds at Google after its grant was retired: its push channels,
// then the grant. Part of a run, so that nothing else of the account runs meanwhile; repeated until
// Google has answered (PD-14). Runs on the loop thread.
#pragma once

#include <string>

#include "plugin/plugin_context.hpp"
#include "src/engine/store/journal.hpp"

namespace gcal::plugin {

// Revokes the retired grants of `account`, which may be a set-up that was discarded. Google revokes
// every grant of its account to this client, whichever token is given; a grant is therefore only
// forgotten here while another account or set-up uses the same Google account. `connected`: the
// account itself goes on with another grant, so its channels stay.
// Errors: unavailable, timeout and cancelled if Google did not answer; the grant is then still
// there. Those of the host.
Task<> revoke_retired_grants(PluginContext& context, store::SqlJournal& journal,
                             std::string account, bool connected);

}  // namespace gcal::plugin
