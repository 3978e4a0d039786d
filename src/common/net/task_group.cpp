#include "src/common/net/task_group.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <list>

namespace gcal::net {
namespace {

namespace asio = boost::asio;

}  // namespace

// Shared with the completion handlers, which may run after the group is gone.
struct TaskGroup::State {
  struct Entry {
    std::string name;
    asio::cancellation_signal stop;
  };

  State(asio::any_io_executor on, base::Log& to)
      : executor(std::move(on)),
        log(to),
        changed(executor, asio::steady_timer::time_point::max()) {}

  void ended(std::list<Entry>::iterator entry, std::exception_ptr thrown, const Result<>& result) {
    if (thrown)
      report(entry->name, thrown);
    else if (!result && result.error().code != Code::cancelled)
      log.warning("task.failed",
                  base::Json::object({{"task", entry->name}, {"reason", result.error().message}}));
    entries.erase(entry);
    if (entries.empty()) changed.cancel();
  }

  void report(const std::string& name, std::exception_ptr thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const boost::system::system_error& error) {
      // How Asio stops a cancelled coroutine that awaits once more.
      if (stopping && error.code() == asio::error::operation_aborted) return;
      log.error("task.threw",
                base::Json::object({{"task", name}, {"reason", std::string(error.what())}}));
    } catch (const std::exception& error) {
      log.error("task.threw",
                base::Json::object({{"task", name}, {"reason", std::string(error.what())}}));
    } catch (...) {
      log.error("task.threw", base::Json::object({{"task", name}}));
    }
  }

  asio::any_io_executor executor;
  base::Log& log;
  asio::steady_timer changed;
  std::list<Entry> entries;
  bool stopping = false;
};

TaskGroup::TaskGroup(asio::any_io_executor executor, base::Log& log)
    : state_(std::make_shared<State>(std::move(executor), log)) {}

TaskGroup::~TaskGroup() {
  cancel();
}

void TaskGroup::spawn(std::string name, Task<> task) {
  if (state_->stopping) return;
  const auto entry = state_->entries.emplace(state_->entries.end());
  entry->name = std::move(name);
  asio::co_spawn(
      state_->executor, std::move(task),
      asio::bind_cancellation_slot(
          entry->stop.slot(), [state = state_, entry](std::exception_ptr thrown, Result<> result) {
            state->ended(entry, thrown, result);
          }));
}

void TaskGroup::cancel() {
  state_->stopping = true;
  // A task may end, and so leave the list, during its own cancellation.
  for (auto next = state_->entries.begin(); next != state_->entries.end();)
    (next++)->stop.emit(asio::cancellation_type::terminal);
}

Task<> TaskGroup::join(base::Milliseconds deadline) {
  const std::shared_ptr<State> state = state_;
  state->changed.expires_after(deadline);
  while (!state->entries.empty()) {
    const auto [interrupted] =
        co_await state->changed.async_wait(asio::as_tuple(asio::use_awaitable));
    if (interrupted) continue;
    std::string names;
    for (const State::Entry& entry : state->entries)
      names += (names.empty() ? "" : ", ") + entry.name;
    co_return Error{Code::timeout, "still running: " + names, {}};
  }
  co_return Result<>{};
}

std::vector<std::string> TaskGroup::running() const {
  std::vector<std::string> names;
  for (const State::Entry& entry : state_->entries) names.push_back(entry.name);
  return names;
}

}  // namespace gcal::net
