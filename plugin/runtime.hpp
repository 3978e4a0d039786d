// The plugin's threads: the loop on which all logic runs, the store thread for what blocks, and the
// tasks on the loop. Made by start, ended by quiesce. It must never block the loop, and never end
// while a task of it is still running.
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
  Runtime(base::Log& log,
          const base::Clock& clock);  // starts both threads; both outlive the object
  ~Runtime();  // ends the loop if that was not done, and destroys what it still holds
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Runs `turn` on the loop. Turns that never ran are destroyed with the runtime. [any thread]
  void post(std::function<void()> turn);
  // Runs `turn` on the loop and waits for its end. [host thread]
  void run_on_loop(std::function<void()> turn);

  // Cancels every task and waits until none runs. Errors: timeout, naming those that still do; new
  // tasks are accepted again then. [host thread]
  Result<> stop_tasks(base::Milliseconds deadline);
  // Ends the loop: no turn runs any more. What the loop still holds is destroyed with the runtime.
  // [host thread]
  void stop_loop();

  // [loop thread]
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
