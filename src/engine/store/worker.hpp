// The store thread: where everything blocking runs (SQL, secrets, host services), so that the loop
// never waits. Owned by the plugin's runtime. It must never run two jobs at once, and never resume
// a coroutine on its own thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "src/common/base/task.hpp"

namespace gcal::store {

class Worker {
 public:
  Worker() = default;
  ~Worker() { stop(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  // Finishes what was begun and what waits, then ends the thread. Later jobs answer cancelled.
  void stop();

  // Runs `job` on the store thread and answers what it answered; an exception becomes internal. Not
  // cancellable: what a job refers to lives as long as the awaiting coroutine. [loop thread]
  template <class T>
  Task<T> run(std::function<Result<T>()> job) {
    Result<T> answer;
    std::function<void()> work = [&answer, &job] { answer = job(); };
    CO_TRY_VOID(co_await perform(std::move(work)));
    co_return answer;
  }

 private:
  Task<> perform(std::function<void()> work);
  bool enqueue(std::function<void()> job);
  void loop();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool running_ = false;
  std::thread thread_;
};

}  // namespace gcal::store
