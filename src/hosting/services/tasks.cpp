#include "src/hosting/services/tasks.hpp"

#include <algorithm>

namespace hosting {
namespace {

constexpr std::size_t kMaxPayload = 4096, kMaxKey = 256;

// The column running: 0 it waits, 1 it runs, 2 it rests because its plugin does not run.

std::pair<std::string, std::string> name_of(std::string_view plugin, std::string_view key) {
  return {std::string(plugin), std::string(key)};
}

Error stale() {
  Error error{Code::conflict, "a newer run of this task has begun: stop", {}};
  error.detail = kFenced;
  return error;
}

}  // namespace

Tasks::Tasks(Database& database, const gcal::base::Clock& clock)
    : database_(database), clock_(clock) {}

Result<> Tasks::schedule(std::string_view plugin, std::string_view key, std::int64_t at_ms,
                         std::string_view payload) {
  return put(plugin, key, at_ms, payload, false);
}

Result<> Tasks::reschedule(std::string_view plugin, std::string_view key, std::int64_t at_ms,
                           std::string_view payload) {
  return put(plugin, key, at_ms, payload, true);
}

Result<> Tasks::put(std::string_view plugin, std::string_view key, std::int64_t at_ms,
                    std::string_view payload, bool anew) {
  if (key.empty() || key.size() > kMaxKey)
    return Error{Code::invalid, "the key of a task has 1 to 256 bytes", {}};
  if (payload.size() > kMaxPayload)
    return Error{Code::invalid, "the payload of a task has at most 4 KiB", {}};
  const std::int64_t at = std::max<std::int64_t>(at_ms, 0);
  TRY(const bool done, put_for_after_run(plugin, key, at, payload));
  if (!done) {
    TRY_VOID(database_.write([&](Connection& c) {
      return c.run(
          "INSERT INTO tasks(plugin, key, at, payload) VALUES (?1, ?2, ?3, ?4) "
          "ON CONFLICT(plugin, key) DO UPDATE SET at=CASE WHEN ?5=0 AND tasks.at<=excluded.at THEN "
          "tasks.at ELSE excluded.at END, payload=excluded.payload",
          plugin, key, at, payload, std::int64_t{anew});
    }));
  }
  look_at(at);
  return {};
}

Result<bool> Tasks::put_for_after_run(std::string_view plugin, std::string_view key,
                                      std::int64_t at, std::string_view payload) {
  TRY(const auto runs, database_.read([&](Connection& c) {
    return c.integer(
        "SELECT 1 FROM tasks WHERE plugin=?1 AND key=?2 AND running=1 AND at IS NULL AND "
        "run_payload=?3",
        plugin, key, payload);
  }));
  if (!runs) return false;
  return database_.write(
      [&](Connection& c) -> Result<bool> {
        TRY_VOID(
            c.run("UPDATE tasks SET at=?3, payload=?4 WHERE plugin=?1 AND key=?2 AND running=1 AND "
                  "at IS NULL AND run_payload=?4",
                  plugin, key, at, payload));
        TRY(const std::int64_t changed, c.changes());
        return changed > 0;
      },
      Durability::lost_with_process);
}

void Tasks::look_at(std::int64_t at_ms) {
  std::function<void(std::int64_t)> wake;
  {
    const std::lock_guard lock(wake_mutex_);
    wake = wake_;
  }
  if (wake) wake(at_ms);
}

Result<std::vector<PendingTask>> Tasks::list(std::string_view plugin,
                                             std::string_view prefix) const {
  std::vector<PendingTask> tasks;
  TRY_VOID(database_.read([&](Connection& c) {
    return c.each(
        "SELECT key, at, running FROM tasks WHERE plugin=?1 AND substr(key, 1, length(?2))=?2 AND "
        "(at IS NOT NULL OR running=1) ORDER BY key",
        [&](const Row& row) {
          tasks.push_back({row.text(0), row.maybe_integer(1), row.integer(2) == 1});
        },
        plugin, prefix);
  }));
  return tasks;
}

Result<> Tasks::cancel(std::string_view plugin, std::string_view key) {
  return database_.write([&](Connection& c) {
    return c.run("UPDATE tasks SET at=NULL WHERE plugin=?1 AND key=?2", plugin, key);
  });
}

Result<> Tasks::recover() {
  return database_.write([&](Connection& c) -> Result<> {
    TRY_VOID(
        c.run("UPDATE tasks SET payload=CASE WHEN at IS NULL THEN run_payload ELSE payload END, "
              "at=0, running=0 WHERE running=1"));
    return c.run("UPDATE tasks SET running=0 WHERE running=2");
  });
}

Result<> Tasks::rest(const DueTask& task) {
  return database_.write([&](Connection& c) -> Result<> {
    // Looked at inside the transaction: a wake that comes later waits for it, and undoes it.
    if (wakes_of(task.plugin) != task.wakes) return {};
    return c.run("UPDATE tasks SET running=2 WHERE plugin=?1 AND running=0", task.plugin);
  });
}

Result<> Tasks::wake(std::string_view plugin) {
  {
    const std::unique_lock lock(fence_mutex_);
    ++wakes_[std::string(plugin)];
  }
  TRY_VOID(database_.write([&](Connection& c) {
    return c.run("UPDATE tasks SET running=0 WHERE running=2 AND plugin=?1", plugin);
  }));
  look_now();
  return {};
}

std::uint64_t Tasks::wakes_of(std::string_view plugin) const {
  const std::shared_lock lock(fence_mutex_);
  const auto found = wakes_.find(plugin);
  return found == wakes_.end() ? 0 : found->second;
}

Result<std::optional<DueTask>> Tasks::take_due(std::optional<std::int64_t>* next) {
  const std::int64_t now = clock_.now().time_since_epoch().count();
  if (unsure_) {
    TRY(const auto is_marked, database_.read([&](Connection& c) {
      return c.integer("SELECT 1 FROM tasks WHERE plugin=?1 AND key=?2 AND fence=?3 AND running=1",
                       unsure_->plugin, unsure_->key, unsure_->fence);
    }));
    const std::optional<DueTask> known = std::exchange(unsure_, std::nullopt);
    if (is_marked) return known;
  }
  // Looks on a reader first: an idle host writes nothing.
  TRY(const auto first, next_at());
  if (next) *next = first;
  if (!first || *first > now) return std::optional<DueTask>();
  std::optional<DueTask> marked;  // by the last try
  const auto mark = [&](Connection& c) -> Result<std::optional<DueTask>> {
    std::optional<DueTask> task;
    marked.reset();
    TRY_VOID(c.each(
        "SELECT plugin, key, payload FROM tasks WHERE running=0 AND at<=?1 ORDER BY at LIMIT 1",
        [&](const Row& row) {
          task = DueTask{row.text(0), row.text(1), row.text(2), 0};
        },
        now));
    if (!task) return task;
    TRY(const auto fence,
        c.integer("UPDATE meta SET value=CAST(value AS BIGINT)+1 WHERE key='fence' "
                  "RETURNING CAST(value AS BIGINT)"));
    task->fence = fence.value_or(0);
    TRY_VOID(
        c.run("UPDATE tasks SET running=1, at=NULL, fence=?3, run_payload=payload WHERE "
              "plugin=?1 AND key=?2",
              task->plugin, task->key, task->fence));
    // Before the commit, so that the next writer sees the new fence. If the commit fails, no
    // harm is done: the older run has ended.
    const std::unique_lock lock(fence_mutex_);
    fences_[name_of(task->plugin, task->key)] = task->fence;
    marked = task;
    return task;
  };
  // Lost together with this process, and with it the run: the task is due again.
  auto taken = database_.write(mark, Durability::lost_with_process);
  if (!taken && taken.error().code == Code::timeout) unsure_ = marked;
  return taken;
}

Result<std::optional<std::int64_t>> Tasks::next_at() const {
  return database_.read([&](Connection& c) {
    return c.integer("SELECT min(at) FROM tasks WHERE running=0 AND at IS NOT NULL");
  });
}

Result<> Tasks::finished(const DueTask& task, std::optional<std::int64_t> retry_at) {
  {
    const std::unique_lock lock(fence_mutex_);
    if (retry_at)
      ++failures_[name_of(task.plugin, task.key)];
    else
      failures_.erase(name_of(task.plugin, task.key));
  }
  // If this is lost with the process, the task counts as interrupted and runs again.
  return database_.write(
      [&](Connection& c) -> Result<> {
        // An entry that was scheduled during the run is kept, with the earlier of the two times.
        TRY_VOID(
            c.run("UPDATE tasks SET running=0, "
                  "payload=CASE WHEN at IS NULL THEN run_payload ELSE payload END, "
                  "at=CASE WHEN ?4 IS NOT NULL AND (at IS NULL OR at>?4) THEN ?4 ELSE at END "
                  "WHERE plugin=?1 AND key=?2 AND fence=?3 AND running=1",
                  task.plugin, task.key, task.fence, retry_at));
        return {};
      },
      Durability::lost_with_process);
}

std::uint32_t Tasks::failures(std::string_view plugin, std::string_view key) const {
  const std::shared_lock lock(fence_mutex_);
  const auto found = failures_.find(name_of(plugin, key));
  return found == failures_.end() ? 0 : found->second;
}

bool Tasks::fence_is_current(std::string_view plugin, std::int64_t fence) const {
  const std::shared_lock lock(fence_mutex_);
  return is_current(plugin, fence);
}

Result<std::shared_lock<std::shared_mutex>> Tasks::hold(std::string_view plugin,
                                                        std::int64_t fence) const {
  std::shared_lock lock(fence_mutex_);
  if (!is_current(plugin, fence))
    return Error{Code::conflict, "a newer run of this task has begun: stop", {}};
  return lock;
}

Result<> Tasks::while_current(std::string_view plugin, std::int64_t fence,
                              const std::function<Result<>()>& commit) const {
  const std::shared_lock lock(fence_mutex_);
  if (!is_current(plugin, fence)) return stale();
  return commit();
}

Result<> Tasks::while_current(std::string_view plugin, std::string_view key, std::int64_t fence,
                              const std::function<Result<>()>& commit) const {
  const std::shared_lock lock(fence_mutex_);
  const auto newest = fences_.find(name_of(plugin, key));
  if (newest == fences_.end() || newest->second != fence) return stale();
  return commit();
}

bool Tasks::is_current(std::string_view plugin, std::int64_t fence) const {
  if (fence == 0) return true;
  return std::ranges::any_of(fences_, [&](const auto& entry) {
    return entry.second == fence && entry.first.first == plugin;
  });
}

void Tasks::on_schedule(std::function<void(std::int64_t)> wake) {
  const std::lock_guard lock(wake_mutex_);
  wake_ = std::move(wake);
}

}  // namespace hosting
