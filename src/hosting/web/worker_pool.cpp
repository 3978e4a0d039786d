#include "src/hosting/web/worker_pool.hpp"

#include <exception>
#include <limits>
#include <utility>

namespace hosting {

WorkerPool::WorkerPool(int threads, std::size_t max_waiting, gcal::base::Log& log)
    : max_waiting_(max_waiting), log_(log) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::post(Job job, Lane lane) {
  return add(std::move(job), lane, max_waiting_);
}

bool WorkerPool::resume(Job job) {
  return add(std::move(job), Lane::known, std::numeric_limits<std::size_t>::max());
}

bool WorkerPool::add(Job job, Lane lane, std::size_t limit) {
  {
    const std::lock_guard lock(mutex_);
    std::deque<Job>& jobs = lane == Lane::known ? known_ : strangers_;
    if (stopped_ || jobs.size() >= limit) return false;
    jobs.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::stop() {
  // Destroyed without the lock: a job may own an answer that reports its end.
  std::deque<Job> dropped, dropped_too;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(known_);
    dropped_too.swap(strangers_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

WorkerPool::Job WorkerPool::next() {
  const bool stranger = known_.empty() || (!strangers_.empty() && ++turn_ % 4 == 0);
  std::deque<Job>& jobs = stranger ? strangers_ : known_;
  Job job = std::move(jobs.front());
  jobs.pop_front();
  return job;
}

void WorkerPool::work() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopped_ || !known_.empty() || !strangers_.empty(); });
      if (stopped_) return;
      job = next();
    }
    try {
      job();
    } catch (const std::exception& defect) {
      log_.error("web.defect", gcal::base::Json::object({{"what", defect.what()}}));
    }
  }
}

}  // namespace hosting
