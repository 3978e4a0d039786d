// The scheduled tasks of the fake host: crm.tasks/0. Nothing runs by itself: a test takes a task,
// or calls PluginDriver::run_due. Used through crm::fakes::Host, on any thread. A key never runs
// twice at once, and the fence of a run is stale once a newer run has begun.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "host_api/testing/environment.hpp"
#include "host_api/testing/json.hpp"

namespace crm::fakes {

class Tasks {
 public:
  struct Run {
    std::string key, payload;
    std::int64_t fence = 0;
  };

  Tasks(Mutex& mutex, const Clock& clock) : mutex_(mutex), clock_(clock) {}

  // --- crm.tasks/0 ---
  Result<> schedule(std::string_view key, std::int64_t at, std::string_view payload) {
    return put(key, at, payload, false);
  }
  Result<> reschedule(std::string_view key, std::int64_t at, std::string_view payload) {
    return put(key, at, payload, true);
  }
  std::string list(std::string_view prefix) const {
    const Lock lock(mutex_);
    Json list = Json::array();
    for (const auto& [key, entry] : entries_)
      if (key.starts_with(prefix) && (entry.at || entry.running))
        list.push(Json::object({{"key", key},
                                {"at", entry.at ? Json(*entry.at) : Json()},
                                {"running", entry.running}}));
    return list.dump();
  }
  Result<> cancel(std::string_view key) {
    const Lock lock(mutex_);
    if (const auto found = entries_.find(key); found != entries_.end()) found->second.at.reset();
    return {};
  }

  // --- the host ---
  // The time at which the key runs; nullopt when it is not scheduled.
  std::optional<std::int64_t> at(std::string_view key) const {
    const Lock lock(mutex_);
    const auto found = entries_.find(key);
    return found == entries_.end() ? std::nullopt : found->second.at;
  }
  // Begins a run of the key now, whatever its time. not_found: it is not scheduled; conflict: it
  // runs already.
  Result<Run> take(std::string_view key) {
    const Lock lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || (!found->second.at && !found->second.running))
      return Error{Code::not_found, "no task of this key waits", {}};
    if (found->second.running) return Error{Code::conflict, "the key runs already", {}};
    return begin(*found);
  }
  // Begins a run of the earliest task whose time has come and which does not run.
  std::optional<Run> take_due() {
    const Lock lock(mutex_);
    auto earliest = entries_.end();
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
      if (entry->second.running || !entry->second.at || *entry->second.at > clock_.wall()) continue;
      if (earliest == entries_.end() || *entry->second.at < *earliest->second.at) earliest = entry;
    }
    if (earliest == entries_.end()) return std::nullopt;
    return begin(*earliest);
  }
  // Ends the run with this code. unavailable, timeout and cancelled schedule it again, after the
  // time that the plugin gave or a second from now, unless it was scheduled for an earlier time
  // meanwhile.
  void finish(const Run& run, Code code, std::chrono::milliseconds retry_after = {}) {
    const Lock lock(mutex_);
    const auto found = entries_.find(run.key);
    if (found == entries_.end() || found->second.fence != run.fence) return;
    Entry& entry = found->second;
    entry.running = false;
    if (code != Code::unavailable && code != Code::timeout && code != Code::cancelled) return;
    if (!entry.at) entry.payload = run.payload;
    const std::int64_t again =
        clock_.wall() + (retry_after.count() > 0 ? retry_after.count() : 1000);
    entry.at = entry.at ? std::min(*entry.at, again) : again;
  }
  // Another host takes the key over while the first run continues: the fence of the first run
  // becomes stale.
  Result<Run> take_over(std::string_view key) {
    const Lock lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || !found->second.running)
      return Error{Code::not_found, "the key does not run", {}};
    return begin(*found);
  }

  // --- used by the other parts ---
  bool fence_is_current(std::int64_t fence) const {
    const Lock lock(mutex_);
    return fence == 0 || std::any_of(entries_.begin(), entries_.end(), [&](const auto& entry) {
             return entry.second.fence == fence;
           });
  }
  bool fence_is_current(std::string_view key, std::int64_t fence) const {
    const Lock lock(mutex_);
    const auto found = entries_.find(key);
    return found != entries_.end() && found->second.fence == fence;
  }

 private:
  struct Entry {
    std::optional<std::int64_t> at;
    std::string payload;
    bool running = false;
    std::int64_t fence = 0;  // of the newest run
  };

  Result<> put(std::string_view key, std::int64_t at, std::string_view payload, bool anew) {
    if (key.empty() || key.size() > 256 || key.starts_with("crm:"))
      return Error{Code::invalid, "the key of a task has 1 to 256 bytes and no \"crm:\" in front"};
    if (payload.size() > 4096)
      return Error{Code::invalid, "the payload of a task has at most 4 KiB"};
    const Lock lock(mutex_);
    Entry& entry = entries_[std::string(key)];
    entry.at = entry.at && !anew ? std::min(*entry.at, at) : at;
    entry.payload = payload;
    return {};
  }
  Run begin(std::pair<const std::string, Entry>& named) {
    Entry& entry = named.second;
    entry.at.reset();
    entry.running = true;
    entry.fence = ++last_fence_;
    return {named.first, entry.payload, entry.fence};
  }

  Mutex& mutex_;
  const Clock& clock_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::int64_t last_fence_ = 0;
};

}  // namespace crm::fakes
