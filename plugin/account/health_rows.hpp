// Reads the rows that health.hpp judges, and stores what a run leaves for it. Used by account_run
// and the status.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugin/account/health.hpp"
#include "plugin/account/run_memory.hpp"
#include "plugin/plugin_context.hpp"

namespace gcal::plugin {

// Errors: those of the database. [loop thread]
Task<HealthRows> read_health_rows(PluginContext& context, Account account);

// Tells the host the account's health. progress: of a first reading that is under way. Errors:
// those of the database and of the host. [loop thread]
Task<> publish_health(PluginContext& context, Account account,
                      std::optional<Progress> progress = {});

// The preview of a set-up has read the calendar of a draft. Errors: those of the database.
// [loop thread]
Task<> store_read(PluginContext& context, std::string pair);

// What one run found out.
struct RunResult {
  std::vector<sync::Pair> live;                  // the pairs that it had to synchronise
  std::map<std::string, base::Instant> read_at;  // of those whose remote calendar was read
  std::set<std::string> complete;  // of those whose cycle left nothing that it could do
  std::optional<Error> error;      // the most severe
  base::Instant next{};            // when the account runs again
};

// Stores what the run found out, unless that is what was stored, and publishes the account's health
// from what is stored then. Errors: those of the database and of the host; conflict if a newer run
// has started. [loop thread]
Task<> end_run(PluginContext& context, Account account, RunResult result,
               const AccountMemory& memory, std::int64_t fence);

}  // namespace gcal::plugin
