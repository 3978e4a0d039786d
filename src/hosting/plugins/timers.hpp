// Calls functions at a time: the deadlines of requests and the notice of a call that does not
// return. Used by LoadedPlugin and Replies, which share one. It must never run a function while it
// holds its lock: the function may set or cancel a timer.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace hosting {

class Timers {
 public:
  using Clock = std::chrono::steady_clock;
  using Id = std::pair<Clock::time_point, std::uint64_t>;

  Timers();
  ~Timers();  // stop()
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;

  // Runs `call` on the thread of the timers when the time has passed. [any thread]
  Id after(std::chrono::milliseconds time, std::function<void()> call);
  // Drops the call, unless it has begun. [any thread]
  void cancel(const Id& id);
  // Drops what waits and joins the thread. Nothing is called afterwards. Idempotent; must not be
  // called by a timer.
  void stop();

 private:
  void loop();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<Id, std::function<void()>> waiting_;
  std::uint64_t next_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace hosting
