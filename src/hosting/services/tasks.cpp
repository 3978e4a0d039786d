#include "src/hosting/services/tasks.hpp"

#include <algorithm>

namespace hosting {
namespace {

constexpr std::size_t kMaxPayload = 4096, kMaxKey = 256;

std::pair<std::string, std::string> name_of(std::string_view plugin, std::string_view key) {
  return {std::string(plugin), std::string(key)};
}

}  // namespace

Tasks::Tasks(Database& database, const gcal::base::Clock& clock)
    : database_(database), clock_(clock) {}

Result<> Tasks::schedule(std::string_view plugin, std::string_view key, std::int64_t at_ms,
                         std::string_view payload) {
  if (key.empty() || key.size() > kMaxKey)
    return Error{Code::invalid, "the key of a task has 1 to 256 bytes", {}};
  if (payload.size() > kMaxPayload)
    return Error{Code::invalid, "the payload of a task has at most 4 KiB", {}};
  const std::int64_t at = std::max<std::int64_t>(at_ms, 0);
  TRY_VOID(database_.write([&](Connection& c) {
    return c.run(
        "INSERT INTO tasks(plugin, key, at, payload) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT(plugin, key) DO UPDATE SET at=iif(at IS NULL OR at>excluded.at, excluded.at, "
        "at), payload=excluded.payload",
        plugin, key, at, payload);
  }));
  std::function<void()> wake;
  {
    const std::lock_guard lock(wake_mutex_);
    wake = wake_;
  }
  if (wake) wake();
  return {};
}

Result<> Tasks::cancel(std::string_view plugin, std::string_view key) {
  return database_.write([&](Connection& c) {
    return c.run("UPDATE tasks SET at=NULL WHERE plugin=?1 AND key=?2", plugin, key);
  });
}

Result<> Tasks::recover() {
  return database_.write([&](Connection& c) {
    return c.run(
        "UPDATE tasks SET payload=iif(at IS NULL, run_payload, payload), at=0, running=0 WHERE "
        "running=1");
  });
}

Result<std::optional<DueTask>> Tasks::take_due() {
  const std::int64_t now = clock_.now().time_since_epoch().count();
  // Looks on a reader first: an idle host writes nothing.
  TRY(const auto due, database_.read([&](Connection& c) {
    return c.integer("SELECT 1 FROM tasks WHERE running=0 AND at<=?1 LIMIT 1", now);
  }));
  if (!due) return std::optional<DueTask>();
  TRY(std::optional<DueTask> taken,
      database_.write([&](Connection& c) -> Result<std::optional<DueTask>> {
        std::optional<DueTask> task;
        TRY_VOID(c.each(
            "SELECT plugin, key, payload FROM tasks WHERE running=0 AND at<=?1 ORDER BY at LIMIT 1",
            [&](const Row& row) {
              task = DueTask{row.text(0), row.text(1), row.text(2), 0};
            },
            now));
        if (!task) return task;
        TRY(const auto fence,
            c.integer("UPDATE meta SET value=value+1 WHERE key='fence' RETURNING value"));
        task->fence = fence.value_or(0);
        TRY_VOID(
            c.run("UPDATE tasks SET running=1, at=NULL, fence=?3, run_payload=payload WHERE "
                  "plugin=?1 AND key=?2",
                  task->plugin, task->key, task->fence));
        // Before the commit, so that the next writer sees the new fence. If the commit fails, no
        // harm is done: the older run has ended.
        const std::unique_lock lock(fence_mutex_);
        fences_[name_of(task->plugin, task->key)] = task->fence;
        return task;
      }));
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
  return database_.write([&](Connection& c) -> Result<> {
    // An entry that was scheduled during the run is kept, with the earlier of the two times.
    TRY_VOID(
        c.run("UPDATE tasks SET running=0, payload=iif(at IS NULL, run_payload, payload), "
              "at=iif(?4 IS NOT NULL AND (at IS NULL OR at>?4), ?4, at) "
              "WHERE plugin=?1 AND key=?2 AND fence=?3 AND running=1",
              task.plugin, task.key, task.fence, retry_at));
    return {};
  });
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

Result<> Tasks::while_current(std::string_view plugin, std::int64_t fence,
                              const std::function<Result<>()>& commit) const {
  const std::shared_lock lock(fence_mutex_);
  if (!is_current(plugin, fence))
    return Error{Code::conflict, "a newer run of this task has begun: stop", {}};
  return commit();
}

bool Tasks::is_current(std::string_view plugin, std::int64_t fence) const {
  if (fence == 0) return true;
  return std::ranges::any_of(fences_, [&](const auto& entry) {
    return entry.second == fence && entry.first.first == plugin;
  });
}

void Tasks::on_schedule(std::function<void()> wake) {
  const std::lock_guard lock(wake_mutex_);
  wake_ = std::move(wake);
}

}  // namespace hosting
