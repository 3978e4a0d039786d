// The thread for everything that blocks (SQL, secrets, calls of host services), so that the loop
// thread never waits. Owned by the plugin's runtime. Jobs run one at a time, in order; coroutines
// are resumed on the loop thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "src/common/base/task.hpp"

namespace gcal::store {

class BlockingExecutor {
 public:
  BlockingExecutor() = default;
  virtual ~BlockingExecutor() { stop(); }
  BlockingExecutor(const BlockingExecutor&) = delete;
  BlockingExecutor& operator=(const BlockingExecutor&) = delete;

  // Starts the thread; no effect if it runs.
  void start();
  // Finishes the running and the queued jobs, then ends the thread. Later jobs fail with cancelled.
  void stop();

  // Runs `job` on the executor's thread and returns its result; an exception becomes internal. Not
  // cancellable: what the job refers to lives as long as the awaiting coroutine. Thread: loop
  // thread.
  template <class T>
  Task<T> run(std::function<Result<T>()> job) {
    Result<T> answer;
    std::function<void()> work = [&answer, &job] { answer = job(); };
    CO_TRY_VOID(co_await perform(std::move(work)));
    co_return answer;
  }

 private:
  Task<> perform(std::function<void()> work);
  // Takes a job for the thread; false: none runs. The simulation runs it at once instead, because
  // two changes of thread cost more than a statement.
  virtual bool enqueue(std::function<void()> job);
  void loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool running_ = false;
  std::thread thread_;
};

}  // namespace gcal::store
