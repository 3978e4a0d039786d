// Runs a coroutine to its end on an event loop of its own, so that a test can call a function that
// returns a Task. A task that can never end returns an internal error.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

#include "src/common/base/task.hpp"

namespace gcal::support {

// The same on the caller's loop, on which nothing else waits: many short tasks are faster so.
template <class T>
Result<T> run_task(boost::asio::io_context& loop, Task<T> task) {
  std::optional<Result<T>> result;
  boost::asio::co_spawn(loop, std::move(task),
                        [&result](std::exception_ptr thrown, Result<T> value) {
                          if (thrown) std::rethrow_exception(thrown);
                          result = std::move(value);
                        });
  loop.restart();
  loop.run();
  if (!result) return Error{Code::internal, "the task waits for something that never happens", {}};
  return *std::move(result);
}

template <class T>
Result<T> run_task(Task<T> task) {
  boost::asio::io_context loop;
  return run_task(loop, std::move(task));
}

}  // namespace gcal::support
