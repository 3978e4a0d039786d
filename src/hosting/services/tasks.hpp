// The durable tasks of plugins and the fence numbers of their runs. Used by the table of
// crm.tasks/0 and by TaskDispatcher, which runs them. It must never run one key twice at the same
// time, nor accept the fence of an old run after a newer one began.
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
#include "src/hosting/storage/database.hpp"

namespace hosting {

struct DueTask {
  std::string plugin, key, payload;
  std::int64_t fence = 0;
  std::uint64_t wakes = 0;  // wakes_of, before the run is called
};

struct PendingTask {
  std::string key;
  std::optional<std::int64_t> at;  // nothing: it runs, and is not scheduled again
  bool running = false;
};

// The detail of the conflict of a stale fence: a repetition cannot mend it.
inline constexpr std::string_view kFenced = "fenced";

class Tasks {
 public:
  Tasks(Database& database, const gcal::base::Clock& clock);

  // Schedules a run at `at_ms` (ms since 1970; 0: now). There is at most one entry per key: the
  // earlier time and the newer payload are kept. While the key runs, the entry waits for the end of
  // the run. invalid: a payload over 4 KiB, or a key that is empty or over 256 bytes. [any thread]
  Result<> schedule(std::string_view plugin, std::string_view key, std::int64_t at_ms,
                    std::string_view payload);
  Result<> cancel(std::string_view plugin, std::string_view key);
  // As schedule, but the time replaces the one that is pending, be it earlier or later.
  Result<> reschedule(std::string_view plugin, std::string_view key, std::int64_t at_ms,
                      std::string_view payload);
  // What is pending or runs and whose key begins with `prefix`, sorted by key.
  Result<std::vector<PendingTask>> list(std::string_view plugin, std::string_view prefix) const;
  // Schedules the runs that the last process did not finish, and takes those up that rested. Call
  // once before the dispatcher starts.
  Result<> recover();

  // For the dispatcher: the earliest task whose time has come and whose key does not run, marked as
  // running under a new fence. Nothing when there is none; then `next` receives what next_at
  // answers. timeout: it is not known whether the mark was stored; the next call finds out, so the
  // task is neither lost nor run twice. [one thread]
  Result<std::optional<DueTask>> take_due(std::optional<std::int64_t>* next = nullptr);
  // The time of the next task in ms since 1970; nothing when none waits.
  Result<std::optional<std::int64_t>> next_at() const;
  // Ends a run. retry_at: when it is repeated, with its payload unless there is a newer one.
  Result<> finished(const DueTask& task, std::optional<std::int64_t> retry_at);
  // The task's plugin does not run: none of its tasks is due until wake(), so that a plugin that is
  // refused or was taken away costs one run and no more. Nothing if it was woken since the run was
  // called.
  Result<> rest(const DueTask& task);
  // How often the plugin was woken: noted in a task before its run is called.
  std::uint64_t wakes_of(std::string_view plugin) const;
  // The plugin runs: its tasks are due again. [any thread]
  Result<> wake(std::string_view plugin);
  // Another part of the host wrote a task: the dispatcher looks. [any thread]
  void look_now() { look_at(0); }
  // How often the key's run has failed in succession in this process.
  std::uint32_t failures(std::string_view plugin, std::string_view key) const;

  // May the run with this fence still write? 0 always may. Exact inside a write transaction of the
  // host's database, where take_due waits.  [any thread]
  bool fence_is_current(std::string_view plugin, std::int64_t fence) const;
  // For a transaction of the CRM, which may be of another database: while the result is held, no
  // newer run of the key of this fence begins. Take it after the transaction began and release it
  // after it was committed, on the same thread; call no other function of this class between.
  // conflict: a newer run has begun.
  Result<std::shared_lock<std::shared_mutex>> hold(std::string_view plugin,
                                                   std::int64_t fence) const;
  // For another database: runs `commit` if the fence is current, and no newer run of its key begins
  // before it ended. conflict: stale, not called.
  Result<> while_current(std::string_view plugin, std::int64_t fence,
                         const std::function<Result<>()>& commit) const;
  // The same for the fence of one key: that of another key of the plugin is stale too.
  Result<> while_current(std::string_view plugin, std::string_view key, std::int64_t fence,
                         const std::function<Result<>()>& commit) const;

  // Sets the function that is called after each schedule(), with its time in ms since 1970, on the
  // calling thread.
  void on_schedule(std::function<void(std::int64_t at_ms)> wake);

 private:
  bool is_current(std::string_view plugin, std::int64_t fence) const;  // fence_mutex_ is held
  Result<> put(std::string_view plugin, std::string_view key, std::int64_t at_ms,
               std::string_view payload, bool anew);
  // The entry of a key that runs and has none, with the payload of the run: how most runs ask for
  // the next one. Not waited for: without it the run counts as interrupted, and is repeated at
  // once. False: something else is pending, or nothing runs; nothing was written.
  Result<bool> put_for_after_run(std::string_view plugin, std::string_view key, std::int64_t at,
                                 std::string_view payload);
  void look_at(std::int64_t at_ms);

  Database& database_;
  const gcal::base::Clock& clock_;
  mutable std::shared_mutex fence_mutex_;
  std::map<std::pair<std::string, std::string>, std::int64_t>
      fences_;  // the newest of each (plugin, key)
  std::map<std::pair<std::string, std::string>, std::uint32_t> failures_;
  std::map<std::string, std::uint64_t, std::less<>> wakes_;  // by plugin; under fence_mutex_
  std::optional<DueTask> unsure_;  // of take_due: its mark was sent, and the answer was lost
  mutable std::mutex wake_mutex_;
  std::function<void(std::int64_t)> wake_;
};

}  // namespace hosting
