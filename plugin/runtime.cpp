#include "plugin/runtime.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <future>
#include <thread>
#include <vector>

namespace gcal::plugin {

namespace asio = boost::asio;

struct Runtime::Loop {
  explicit Loop(base::Log& log)
      : busy(asio::make_work_guard(context)),
        tasks(std::make_unique<net::TaskGroup>(context.get_executor(), log)) {}

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy;
  std::unique_ptr<net::TaskGroup> tasks;
  std::vector<std::unique_ptr<net::TaskGroup>>
      cancelled;  // groups of a stop_tasks() that timed out, still ending
  std::thread thread;
};

Runtime::Runtime(base::Log& log, const base::Clock& clock)
    : log_(log), clock_(clock), loop_(std::make_unique<Loop>(log)) {
  blocking_.start();
  loop_->thread = std::thread([this] {
    // Exceptions of tasks are handled by their group. An exception from a posted callback is a
    // defect: log it and continue with the next callback.
    while (true) {
      try {
        loop_->context.run();
        return;
      } catch (const std::exception& error) {
        log_.error("loop.threw", base::Json::object({{"reason", std::string(error.what())}}));
      } catch (...) {
        log_.error("loop.threw");
      }
    }
  });
}

Runtime::~Runtime() {
  stop_loop();
}

void Runtime::post(std::function<void()> callback) {
  asio::post(loop_->context, std::move(callback));
}

void Runtime::run_on_loop(std::function<void()> callback) {
  std::promise<void> done;
  post([&callback, &done] {
    try {
      callback();
      done.set_value();
    } catch (...) {
      done.set_exception(std::current_exception());
    }
  });
  done.get_future().get();
}

Task<> Runtime::join_cancelled(base::Milliseconds deadline) {
  const base::Milliseconds end = clock_.monotonic() + deadline;
  for (const std::unique_ptr<net::TaskGroup>& group : loop_->cancelled)
    CO_TRY_VOID(co_await group->join(std::max(base::Milliseconds{0}, end - clock_.monotonic())));
  co_return Result<>{};
}

Result<> Runtime::stop_tasks(base::Milliseconds deadline) {
  std::promise<Result<>> done;
  post([this, deadline, &done] {
    const auto new_group = [this] {
      return std::make_unique<net::TaskGroup>(loop_->context.get_executor(), log_);
    };
    loop_->tasks->cancel();
    loop_->cancelled.push_back(std::exchange(loop_->tasks, new_group()));
    loop_->tasks->cancel();  // nothing may start while the others end
    const auto ended = [this, new_group, &done](std::exception_ptr thrown, Result<> joined) {
      if (thrown) joined = Error{Code::internal, "waiting for the tasks failed", {}};
      if (joined)
        loop_->cancelled.clear();
      else
        loop_->tasks = new_group();
      done.set_value(std::move(joined));
    };
    asio::co_spawn(loop_->context, join_cancelled(deadline), ended);
  });
  return done.get_future().get();
}

void Runtime::stop_loop() {
  loop_->busy.reset();
  loop_->context.stop();
  if (loop_->thread.joinable()) loop_->thread.join();
  blocking_.stop();
}

void Runtime::spawn(std::string name, Task<> task) {
  loop_->tasks->spawn(std::move(name), std::move(task));
}

asio::any_io_executor Runtime::executor() {
  return loop_->context.get_executor();
}

}  // namespace gcal::plugin
