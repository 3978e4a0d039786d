// A fixed number of threads for work that blocks: requests that read the database, passwords,
// files. Used by the web server of crm_host, whose HTTP threads must not block, and by Hosting. Its
// queue must never grow without limit: a job beyond the limit is refused, and the client receives
// 429.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "src/common/base/log.hpp"

namespace hosting {

class WorkerPool {
 public:
  using Job = std::function<void()>;

  // log outlives the pool.
  WorkerPool(int threads, std::size_t max_waiting, gcal::base::Log& log);
  ~WorkerPool();  // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Whose job it is: those of users who are logged in come first, except for every fourth, and do
  // not share their places with strangers.
  enum class Lane { known, stranger };

  // Runs the job on a thread of the pool. false: the queue of the lane is full or the pool has
  // stopped, and the job is dropped. An exception of a job is logged. [any thread]
  bool post(Job job, Lane lane = Lane::known);
  // The same for the second half of a request that was accepted before: not refused for the length
  // of the queue. [any thread]
  bool resume(Job job);
  // Drops the waiting jobs and joins the threads. Idempotent. Must not be called by a job.
  void stop();

 private:
  bool add(Job job, Lane lane, std::size_t limit);
  Job next();  // [under the mutex]
  void work();

  const std::size_t max_waiting_;
  gcal::base::Log& log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> known_, strangers_;
  unsigned turn_ = 0;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hosting
