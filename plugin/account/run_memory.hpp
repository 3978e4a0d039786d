// What the runs of the accounts remember between them: when each calendar is to be read again,
// whether its notifications arrive, how often it failed. Kept in memory and handed from one version
// of the plugin to the next; a cache: losing it costs requests, never data.
#pragma once

#include <map>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/engine/sync/schedule.hpp"

namespace gcal::plugin {

struct PairMemory {
  base::Instant due_at{};            // Google is read when this has passed; 0: at the next run
  base::Instant changed_at{};        // something was last carried over
  base::Instant watch_not_before{};  // Google refused a channel: not before this
  base::Instant watch_again{};       // the channels want to be looked after
  sync::Push push = sync::Push::unconfirmed;
};

struct AccountMemory {
  std::map<std::string, PairMemory> pairs;
  unsigned failures = 0;     // runs that failed in a row
  base::Instant next_run{};  // for the screen
  bool read_all = false;     // a person asked: read every calendar in the next run
};

using RunMemory = std::map<std::string, AccountMemory>;  // by account

base::Json to_json(const RunMemory& memory);
RunMemory run_memory_from_json(const base::Json& json);  // whatever cannot be read is left out

}  // namespace gcal::plugin
