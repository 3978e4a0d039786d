// One run of an account: config, existing appointments, a cycle for each live pair, push channels,
// upkeep, and what the screen says afterwards. Made by background_runs for one call of crm.run/0,
// with that call's fence. It must never mail for what no person did just now.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plugin/account/follow_config.hpp"
#include "plugin/account/health.hpp"
#include "plugin/account/run_memory.hpp"
#include "plugin/parts.hpp"
#include "src/engine/google/calendar_list.hpp"
#include "src/engine/store/journal.hpp"
#include "src/engine/sync/cycle.hpp"

namespace gcal::plugin {

struct RunOutcome {
  std::size_t changed = 0;            // writes on either side
  std::optional<base::Instant> next;  // when to run again; nothing: not before somebody asks
  std::optional<Error> error;         // the worst that happened; it was shown to the person already
};

// [loop thread] Everything passed by reference outlives the object.
class AccountRun {
 public:
  AccountRun(Parts& parts, AccountMemory& memory, std::string account, std::int64_t fence)
      : parts_(parts),
        memory_(memory),
        id_(std::move(account)),
        fence_(fence),
        journal_(parts.database, parts.blocking, parts.random, fence) {}

  // Errors: conflict (a newer run has begun, or another pass wrote meanwhile), cancelled, and those
  // of the host's accounts.
  Task<RunOutcome> run();

 private:
  Task<> adopt_draft();
  Task<> work();
  Task<> upkeep(google::Client& client);
  Task<> miss_unlisted(google::Client& client, const std::vector<google::CalendarEntry>& entries,
                       sync::WriteBatch& batch);
  Task<> take_existing();
  Task<> sync_pair(google::Client& client, sync::Pair& pair);
  Task<> tend(google::Client& client, const sync::Pair& pair, bool wanted);
  Task<> leave();
  Task<> show(std::optional<Progress> progress);
  Task<> note_cleared(std::size_t count);
  bool is_due(const sync::Pair& pair) const;
  base::Instant next_run() const;
  std::string name_of(const std::string& remote_calendar) const;

  Parts& parts_;
  AccountMemory& memory_;
  std::string id_;
  std::int64_t fence_;
  store::SqlJournal journal_;
  Account account_;
  Followed followed_;
  RunOutcome outcome_;
  bool read_all_ = false;
};

}  // namespace gcal::plugin
