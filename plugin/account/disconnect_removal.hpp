// Carries out what the user chose to remove when the account was disconnected (PD-14): the choice
// is recorded before the account changes its state, and the runs of the disconnected account work
// it off. Used by settings_page and account_run. Runs on the loop thread.
#pragma once

#include <cstdint>
#include <string>

#include "plugin/adapters/google_access.hpp"
#include "plugin/plugin_context.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/removal.hpp"

namespace gcal::plugin {

// What could be removed of the account's calendars that still exist at Google. Errors: those of the
// store.
Task<sync::RemovalCounts> count_removable(PluginContext& context, std::string account);

// Stores the choice; one that removes nothing takes an earlier one back. fence: 0 or the run's.
Task<> record_removal(PluginContext& context, std::string account, sync::RemovalChoice choice,
                      std::int64_t fence);

struct RemovalOutcome {
  bool ended = true;  // nothing is left to do, or nothing more can be done
  base::Milliseconds retry_after{};
};

// Works the recorded choice off as far as possible, and forgets it when it has ended. `account` is
// disconnected; its grant is among the retired ones. Errors: cancelled (the account was connected
// again), conflict (a newer run has started), those of host and store.
Task<RemovalOutcome> carry_out_removal(PluginContext& context, store::SqlJournal& journal,
                                       const Account& account, std::int64_t fence);

}  // namespace gcal::plugin
