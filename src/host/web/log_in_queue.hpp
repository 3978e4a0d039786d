// Log-ins that wait for a thread: checking a password takes 0.1 s and 32 MiB, so it has threads of
// its own, and no client may keep another one waiting. Devices that have logged in before come
// first, then clients without failures; among equals the one that was served longest ago. When the
// queue is full the client with the most waiting log-ins loses its last one. Used by WebServer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "src/common/base/log.hpp"

namespace host {

struct LogInJob {
  std::function<bool()> run;     // false: the log-in failed
  std::function<void()> refuse;  // called instead, on any thread, when there is no room
};

class LogInQueue {
 public:
  // log outlives the queue.
  LogInQueue(int threads, std::size_t max_waiting, gcal::base::Log& log);
  ~LogInQueue();  // stop()
  LogInQueue(const LogInQueue&) = delete;
  LogInQueue& operator=(const LogInQueue&) = delete;

  // Calls one of the job's two functions, or none after stop(). client: who shares a place, see
  // gcal::net::client_of. [any thread]
  void post(const std::string& client, bool known_device, LogInJob job);
  // Drops the waiting jobs and joins the threads. Idempotent. Must not be called by a job.
  void stop();

 private:
  struct Client {
    std::deque<LogInJob> waiting;
    int failures = 0;
    std::uint64_t served = 0;  // when, in jobs
  };
  using Clients = std::map<std::pair<bool, std::string>, Client>;  // unknown devices are `true`

  void work();
  Clients::iterator next();  // end(): nothing waits
  LogInJob longest_loses();
  void forget_quiet_clients();

  const std::size_t max_waiting_;
  gcal::base::Log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Clients clients_;
  std::size_t waiting_ = 0;
  std::uint64_t served_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace host
