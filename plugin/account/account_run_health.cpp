// The parts of a run for what the accounts page shows and when the account runs again.
#include "plugin/account/account_run.hpp"
#include "plugin/account/health_rows.hpp"
#include "plugin/account/run_schedule.hpp"
#include "plugin/adapters/key_value_store.hpp"
#include "src/common/base/milliseconds.hpp"

namespace gcal::plugin {
namespace {

using base::Instant;
using base::Json;

}  // namespace

Task<> AccountRun::record_bulk_deletion(std::size_t count) {
  KeyValueStore values(context_.database, context_.blocking, fence_);
  const Json note =
      Json::object({{"count", count}, {"at", base::milliseconds(context_.clock.now())}});
  co_return co_await values.put("cleared:" + id_, note.dump());
}

// What a cycle leaves for the next runs and for the health document.
void AccountRun::remember_cycle(const Result<sync::CycleReport>& report, const std::string& pair,
                                const CycleCause& cause) {
  const Instant now = context_.clock.now();
  PairMemory& memory = memory_.pairs[pair];
  complete_.erase(pair);
  if (!report) {
    // What was due and failed is due, whatever is read or not in the runs between.
    if (cause.read_google) memory.due_at = now;
    return;
  }
  if (cause.read_google) {
    note_read(memory, cause.notified, report->writes() > 0, now);
    read_at_[pair] = now;
  }
  if (!report->unfinished && !report->error && !report->left_due) complete_.insert(pair);
}

Instant AccountRun::next_run() const {
  const Instant now = context_.clock.now();
  if (outcome_.error)
    return now + sync::with_jitter(wait_after_failure(*outcome_.error, memory_.failures),
                                   context_.random);
  return next_run_of(pairs_.live, memory_, now);
}

}  // namespace gcal::plugin
