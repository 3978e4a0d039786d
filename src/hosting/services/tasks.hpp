// Durable timers of plugins and the fence numbers of their runs. Used by services/tasks (schedule,
// cancel) and by TaskDispatcher, which calls the plugin when one is due. It must never run one key
// twice at once, nor let an old run's fence pass after a newer run began.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace hosting {

struct DueTask {
  std::string plugin, key, payload;
  std::int64_t fence = 0;
};

class Tasks {
 public:
  Tasks(Database& database, const gcal::base::Clock& clock);

  // [any thread] An earlier `at` wins; while the key runs the entry waits for the end of the run.
  // invalid: payload over 4 KiB, key over 256 bytes.
  Result<> schedule(std::string_view plugin, std::string_view key, std::int64_t at_ms,
                    std::string_view payload);
  Result<> cancel(std::string_view plugin, std::string_view key);
  // Forgets the runs of the last process: what was running is due again.  Call once before the
  // dispatcher starts.
  Result<> recover();

  // For the dispatcher. The earliest due task that does not run, marked as running with a new
  // fence; nothing when none is due.
  Result<std::optional<DueTask>> take_due();
  // When the next task will be due (ms since 1970); nothing when none waits.
  Result<std::optional<std::int64_t>> next_at() const;
  // The run ended. retry_at: the host runs it again then, with the payload of the run unless a
  // newer one came.
  Result<> finished(const DueTask& task, std::optional<std::int64_t> retry_at);
  std::uint32_t failures(std::string_view plugin,
                         std::string_view key) const;  // in a row, of this process

  // May the run with this fence still write? 0 always may. Exact inside a write transaction of the
  // host's database, where take_due waits.  [any thread]
  bool fence_is_current(std::string_view plugin, std::int64_t fence) const;
  // For another database: runs `commit` if the fence is current, and no newer run of its key begins
  // before it ended. conflict: stale, not called.
  Result<> while_current(std::string_view plugin, std::int64_t fence,
                         const std::function<Result<>()>& commit) const;

  // Called after each schedule, on the scheduling thread: the dispatcher wakes up.
  void on_schedule(std::function<void()> wake);

 private:
  bool is_current(std::string_view plugin, std::int64_t fence) const;  // fence_mutex_ is held

  Database& database_;
  const gcal::base::Clock& clock_;
  mutable std::shared_mutex fence_mutex_;
  std::map<std::pair<std::string, std::string>, std::int64_t>
      fences_;  // the newest of each (plugin, key)
  std::map<std::pair<std::string, std::string>, std::uint32_t> failures_;
  mutable std::mutex wake_mutex_;
  std::function<void()> wake_;
};

}  // namespace hosting
