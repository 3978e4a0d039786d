// A few threads for work that blocks: requests that read the database, passwords, files. Used by
// the web face, so that the threads of the HTTP server never wait. It must never grow: what it
// cannot take is refused, and the client hears "later".
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "src/common/base/log.hpp"

namespace host {

class WorkerPool {
 public:
  using Job = std::function<void()>;

  // log outlives the pool.
  WorkerPool(int threads, std::size_t max_waiting, gcal::base::Log& log);
  ~WorkerPool();  // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // [any thread] false: the queue is full, or the pool has stopped; the job is dropped. A job that
  // throws is logged and ends alone.
  bool post(Job job);
  // [any thread] The second half of a request that was accepted already: never refused for length.
  bool resume(Job job);
  // Drops what waits and joins. Idempotent. Not from a job.
  void stop();

 private:
  bool add(Job job, std::size_t limit);
  void work();

  const std::size_t max_waiting_;
  gcal::base::Log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace host
