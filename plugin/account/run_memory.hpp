// State that runs keep in memory between them: when each calendar is read next, whether its
// notifications arrive, how often runs failed. On an update it is handed to the next version of the
// plugin as JSON; the JSON keys must not change. It is a cache: losing it costs requests, never
// data. Values for the loop thread.
#pragma once

#include <map>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/engine/sync/schedule.hpp"

namespace gcal::plugin {

struct PairMemory {
  base::Instant due_at{};              // when Google is read next; 0: in the next run
  base::Instant changed_at{};          // when something was last written
  base::Instant channel_not_before{};  // no request about channels is sent before this
  base::Instant channel_check_at{};    // when the channels are checked next
  sync::Push push = sync::Push::unconfirmed;
  base::Instant retry_at{};             // when the next held item is tried; 0: there is none
  base::Instant no_creations_before{};  // Google takes no new events until then
  unsigned unfinished = 0;              // consecutive cycles that used up all rounds
  unsigned empty_reads = 0;             // consecutive reads that a notification asked for in vain
  base::Instant quiet_until{};          // no notification asks for a read before this
  base::Instant read_at{};              // when the last read ended; not handed over
};

struct AccountMemory {
  std::map<std::string, PairMemory> pairs;
  unsigned failures = 0;         // consecutive failed runs
  base::Instant next_run{};      // shown on the accounts page
  base::Instant viewed_at{};     // when the host last said that a page is open; not handed over
  bool read_all = false;         // requested by the user: read every calendar in the next run
  std::string private_policy{};  // the choice for private events that was applied; "" = not known
  std::string upkeep{};          // when the daily maintenance ran last; "" = not known
  bool check_retired = true;     // a grant may wait to be revoked
  bool check_held_decisions = true;  // the user may have decided about held deletions
  bool send_mails = false;           // requested by the user: no mail waits in the next run
  unsigned failed_leavings = 0;      // consecutive attempts without an answer of Google
};

using RunMemory = std::map<std::string, AccountMemory>;  // by account

// The state handed to the next version of the plugin.
base::Json to_json(const RunMemory& memory);
// Reads that state; unreadable parts are left out.
RunMemory run_memory_from_json(const base::Json& json);

}  // namespace gcal::plugin
