// Carries the user's decisions about held deletions (PD-01) from the settings page to the account's
// next run. Used by settings_page and account_run. Runs on the loop thread.
#pragma once

#include <cstdint>
#include <string>

#include "plugin/plugin_context.hpp"
#include "src/engine/sync/held_deletions.hpp"

namespace gcal::plugin {

// Records the decision for the deletions that are held now. Changes no link. Errors: those of the
// store.
Task<> record_held_decision(PluginContext& context, std::string account,
                            sync::HeldDecision decision);

// Applies what was recorded; part of a run, whose fence each write carries. May be repeated after a
// failure. Errors: those of the store; conflict if a newer run has started.
Task<> apply_held_decisions(PluginContext& context, std::string account, std::int64_t fence);

}  // namespace gcal::plugin
