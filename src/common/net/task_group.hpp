// The owner of running coroutines: the only place where one is started. The plugin's runtime has
// one; quiesce is cancel and join. Never lets a coroutine outlive it unnoticed, never lets an
// exception of one reach another.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/common/base/task.hpp"

namespace gcal::net {

// [the executor's thread] The log outlives the group and every task in it.
class TaskGroup {
 public:
  TaskGroup(boost::asio::any_io_executor executor, base::Log& log);
  ~TaskGroup();  // cancels what still runs; the tasks end when the executor runs again
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Runs the task from the executor's next turn on. Its error is logged under `name`; after
  // cancel() it is not even begun.
  void spawn(std::string name, Task<> task);
  // Asks every task to end at its next suspension. No new ones are accepted.
  void cancel();
  // Ends when no task runs. Errors: timeout, naming those that still do.
  Task<> join(base::Milliseconds deadline);
  std::vector<std::string> running() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gcal::net
