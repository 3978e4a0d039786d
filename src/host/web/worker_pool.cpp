#include "src/host/web/worker_pool.hpp"

#include <exception>
#include <limits>
#include <utility>

namespace host {

WorkerPool::WorkerPool(int threads, std::size_t max_waiting, gcal::base::Log& log)
    : max_waiting_(max_waiting), log_(log) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  stop();
}

bool WorkerPool::post(Job job) {
  return add(std::move(job), max_waiting_);
}

bool WorkerPool::resume(Job job) {
  return add(std::move(job), std::numeric_limits<std::size_t>::max());
}

bool WorkerPool::add(Job job, std::size_t limit) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || jobs_.size() >= limit) return false;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::stop() {
  std::deque<Job>
      dropped;  // destroyed without the lock: a job may own an answer that reports its end
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(jobs_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void WorkerPool::work() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopped_ || !jobs_.empty(); });
      if (stopped_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    try {
      job();
    } catch (const std::exception& defect) {
      log_.error("web.defect", gcal::base::Json::object({{"what", defect.what()}}));
    }
  }
}

}  // namespace host
