// When an account runs again and what it reads then: the decisions of account_run that follow from
// what its memory holds. No run follows another sooner than its back-off, whatever Google answers.
// Pure.
#pragma once

#include <optional>
#include <vector>

#include "plugin/account/run_memory.hpp"
#include "src/common/base/result.hpp"
#include "src/engine/google/budget.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

// After the preview of a set-up has read a calendar: finds changes made before the first
// notification.
inline constexpr base::Milliseconds kFirstPollAfterSetup = std::chrono::minutes{1};

// Whether the pair's remote calendar is read in a run that begins now.
bool must_read(const sync::Pair& pair, const PairMemory& memory, base::Instant now);

// Whom the requests of a pair serve: a user who asked for it or edited in the CRM, an import, a
// notification, or the poll.
google::Priority priority_of(bool asked, bool initial_sync, bool notified, bool read);

// A read was completed. `notified`: a notification had asked for it. `news`: it brought something.
// While notifications come and nothing is behind them, the reads for them are 2 seconds apart.
void note_read(PairMemory& memory, bool notified, bool news, base::Instant now);

// A run has ended. The back-off starts again when a run that failed achieved something. One that an
// edit or a notification asked for before the wait was over does not lengthen it: else a minute of
// edits during an outage would end in a wait of an hour.
void note_outcome(AccountMemory& memory, bool failed, bool progress, base::Instant now);

// The wait after the last of `failures` failed runs in a row. What passes by itself is tried after
// 30 s, doubling up to 1 hour; what a user or an administrator has to mend after 5 minutes,
// doubling up to 1 hour. Never sooner than Google asked for.
base::Milliseconds wait_after_failure(const Error& error, unsigned failures);

// Whether the user has a page of the CRM open, as far as the host said.
bool page_open(const AccountMemory& memory, base::Instant now);

// The user has a page open: each calendar is read a minute after its last read. The time of the run
// that this needs; nullopt if an earlier one is scheduled, or the account waits after a failure.
std::optional<base::Instant> note_viewed(AccountMemory& memory, base::Instant now);

// The next run after one that succeeded: when the first of the pairs needs it, within a day.
base::Instant next_run_of(const std::vector<sync::Pair>& pairs, const AccountMemory& memory,
                          base::Instant now);

}  // namespace gcal::plugin
