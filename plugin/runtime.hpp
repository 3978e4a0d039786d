// The plugin's threads: the loop thread, on which all logic runs as coroutines, and the store
// thread for blocking calls. Created by start and destroyed after quiesce, by the wiring. Nothing
// may block the loop thread, and the object must not be destroyed while tasks are running
// (stop_tasks first).
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>
#include <string>

#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/common/net/task_group.hpp"
#include "src/engine/store/blocking_executor.hpp"

namespace gcal::plugin {

class Runtime {
 public:
  // Starts both threads. `log` and `clock` must outlive the object. [host thread]
  Runtime(base::Log& log, const base::Clock& clock);
  // Stops the loop if stop_loop() was not called, and discards the callbacks that have not run.
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Runs `callback` on the loop thread. Callbacks that have not run are discarded when the Runtime
  // is destroyed. [any thread]
  void post(std::function<void()> callback);
  // Runs `callback` on the loop thread and waits for it. Rethrows what it throws. [host thread]
  void run_on_loop(std::function<void()> callback);

  // Cancels all tasks and waits for them. Errors: timeout, with the names of the tasks that are
  // still running; new tasks are then accepted again. [host thread]
  Result<> stop_tasks(base::Milliseconds deadline);
  // Stops the loop and the store thread: no callback runs afterwards. [host thread]
  void stop_loop();

  // Starts a task; `name` appears in logs and in the error of stop_tasks(). [loop thread]
  void spawn(std::string name, Task<> task);
  boost::asio::any_io_executor executor();
  store::BlockingExecutor& blocking() { return blocking_; }

 private:
  struct Loop;

  Task<> join_cancelled(base::Milliseconds deadline);

  base::Log& log_;
  const base::Clock& clock_;
  store::BlockingExecutor blocking_;
  std::unique_ptr<Loop> loop_;
};

}  // namespace gcal::plugin
