// The runs of tasks that reached the probe and wait for an answer: the host's calls of crm.run/0
// put them here, the checks take them out. [any thread]
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "host_api/cpp/plugin.hpp"

namespace conformance {

// A run that has begun. Answer it; one that is dropped answers INTERNAL.
struct BegunRun {
  std::string key, payload;
  std::int64_t fence = 0;
  std::int64_t begun_at = 0;  // by the host's clock
  crm::Reply reply;

  void end() { reply.send(crm::Result<std::string>(std::string())); }
  void end(crm::Code code) {
    reply.send(crm::Result<std::string>(crm::Error{code, "as the check wants it", {}}));
  }
};

class Runs {
 public:
  void add(BegunRun run) {
    const std::lock_guard lock(mutex_);
    begun_.push_back(std::move(run));
    changed_.notify_all();
  }
  // The oldest run of the key; waits for one. nullopt: none began in this time.
  std::optional<BegunRun> take(std::string_view key,
                               std::chrono::milliseconds limit = std::chrono::seconds(20)) {
    std::unique_lock lock(mutex_);
    std::list<BegunRun>::iterator found;
    const bool came = changed_.wait_for(lock, limit, [&] {
      for (found = begun_.begin(); found != begun_.end(); ++found)
        if (found->key == key) return true;
      return false;
    });
    if (!came) return std::nullopt;
    std::optional<BegunRun> run(std::move(*found));
    begun_.erase(found);
    return run;
  }
  // Waits until a run of the key has begun and leaves it unanswered; its fence, 0 if none began.
  std::int64_t leave_open(std::string_view key) {
    auto run = take(key);
    if (!run) return 0;
    const std::int64_t fence = run->fence;
    add(*std::move(run));
    return fence;
  }
  bool has(std::string_view key) {
    const std::lock_guard lock(mutex_);
    for (const BegunRun& run : begun_)
      if (run.key == key) return true;
    return false;
  }
  // At the end of the plugin: every run is to be repeated later.
  void give_back() {
    std::list<BegunRun> begun;
    {
      const std::lock_guard lock(mutex_);
      begun.swap(begun_);
    }
    for (BegunRun& run : begun) run.end(crm::Code::unavailable);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<BegunRun> begun_;
};

}  // namespace conformance
