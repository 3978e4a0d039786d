// What an account's run must know of the other accounts of its CRM user: which of them has the
// default calendar (PD-11), and which of them shows a calendar that several can reach. Used by
// account_run and reconcile_pairs. Writes only requests for runs: each account changes itself.
// Runs on the loop thread.
#pragma once

#include <optional>
#include <string>

#include "plugin/plugin_context.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

// Sets the user's default calendar and requests a run of the account that had it. [loop thread]
Task<> take_default(PluginContext& context, store::SqlJournal& journal, const Account& account,
                    std::string crm_calendar);

// Whether another connected account of the same user shows the remote calendar of `pair`. One
// calendar is shown by one account: the one whose default it is, else the one that shows it
// already. [loop thread]
Task<bool> shown_by_another(PluginContext& context, store::SqlJournal& journal,
                            const Account& account, const sync::Pair& pair);

// Requests runs of the user's other accounts that can reach this calendar, because `account` shows
// it no longer or has made it its default. [loop thread]
Task<> wake_sharing_accounts(PluginContext& context, store::SqlJournal& journal,
                             const Account& account, const sync::Pair& pair);

}  // namespace gcal::plugin
