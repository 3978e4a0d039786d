// What a run of an account keeps between cycles about refusals. Used by account_run. The held items
// themselves are in the journal. Pure.
#pragma once

#include "plugin/account/run_memory.hpp"
#include "src/engine/sync/cycle.hpp"

namespace gcal::plugin {

// The version of this plugin, as in its manifest.
extern const char* const kPluginVersion;

// Whether the rest of the run would meet the same error: it concerns the account, or another run
// has begun.
bool ends_run(const Error& error);

// The options of a cycle that follow from earlier refusals. try_held_again: a user asked for it.
sync::CycleOptions options_after_refusals(const PairMemory& memory, bool remote_writable,
                                          bool try_held_again);

// Stores in `memory` what the report says about later tries.
void remember_refusals(const sync::CycleReport& report, PairMemory& memory);

}  // namespace gcal::plugin
