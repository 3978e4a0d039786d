// Carries the user's decisions about held deletions (PD-01) and conflicts (PD-08) from the settings
// page to the account's next run. Used by settings_page and account_run. Runs on the loop thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "plugin/plugin_context.hpp"
#include "src/engine/settings/flow.hpp"
#include "src/engine/sync/merge_event.hpp"

namespace gcal::plugin {

using DecidedConflicts = std::map<std::string, sync::ConflictPolicy>;  // by link

// Records the decision for the deletions that are held now. Changes no link. Errors: those of the
// store.
Task<> record_deletion_decision(PluginContext& context, std::string account, bool apply);
// Records it for one conflict; nothing happens if it is not held any more.
Task<> record_conflict_decision(PluginContext& context, std::string account, std::string link,
                                bool take_crm);
// The first held conflict without a decision, as the user is asked about it, and their number.
Task<settings::HeldConflicts> held_conflicts(PluginContext& context, std::string account);

// Applies what was recorded: part of a run, whose fence each write carries. Links of decided
// conflicts are released, and returned with the policy that the next cycles must use for them. May
// be repeated after a failure. Errors: those of the store; conflict if a newer run has started.
Task<DecidedConflicts> apply_held_decisions(PluginContext& context, std::string account,
                                            std::int64_t fence);
// Forgets the decisions about these conflicts, after the cycles have carried them out.
Task<> forget_conflict_decisions(PluginContext& context, DecidedConflicts decided,
                                 std::int64_t fence);

}  // namespace gcal::plugin
