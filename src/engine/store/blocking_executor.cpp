#include "src/engine/store/blocking_executor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>

namespace gcal::store {

namespace asio = boost::asio;

void BlockingExecutor::start() {
  const std::lock_guard lock(mutex_);
  if (running_) return;
  running_ = true;
  thread_ = std::thread([this] { loop(); });
}

void BlockingExecutor::stop() {
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

bool BlockingExecutor::enqueue(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (!running_) return false;
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void BlockingExecutor::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return !queue_.empty() || !running_; });
    if (queue_.empty()) return;
    std::function<void()> job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // its captures are destroyed before the next job begins
    lock.lock();
  }
}

Task<> BlockingExecutor::perform(std::function<void()> work) {
  Result<> outcome;
  const auto initiate = [this, &work, &outcome](auto handler) {
    // The loop must not end while the job runs, and the handler must be called on the loop.
    auto executor = asio::prefer(asio::get_associated_executor(handler),
                                 asio::execution::outstanding_work_t::tracked);
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    const auto back = [executor, shared] {
      asio::post(executor, [shared] { std::move (*shared)(); });
    };
    const bool accepted = enqueue([back, &work, &outcome] {
      try {
        work();
      } catch (const std::exception& error) {
        outcome =
            Error{Code::internal, std::string("a job of the store threw: ") + error.what(), {}};
      } catch (...) {
        outcome = Error{Code::internal, "a job of the store threw", {}};
      }
      back();
    });
    if (!accepted) {
      outcome = Error{Code::cancelled, "the store is closed", {}};
      back();
    }
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate,
                                                                       asio::use_awaitable);
  co_return outcome;
}

}  // namespace gcal::store
