// A Pause for many coroutines on one loop: waits end in the order of a virtual clock, which jumps
// from one to the next. A minute of waiting takes no time. [one thread]
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <map>
#include <memory>

#include "src/common/net/retry.hpp"
#include "tests/support/manual_clock.hpp"

namespace gcal::support {

class VirtualTime final : public net::Pause {
 public:
  explicit VirtualTime(ManualClock& clock) : clock_(clock) {}

  Task<> wait(base::Milliseconds time) override {
    auto timer = std::make_shared<boost::asio::steady_timer>(loop_);
    timer->expires_at(boost::asio::steady_timer::time_point::max());
    waiting_.emplace(clock_.monotonic() + time, timer);
    (void)co_await timer->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    co_return Result<>{};
  }
  void spawn(Task<> task) {
    boost::asio::co_spawn(loop_, std::move(task), [](std::exception_ptr thrown, Result<>) {
      if (thrown) std::rethrow_exception(thrown);
    });
  }
  // Until every task has ended or the clock shows `end`.
  void run_until(base::Milliseconds end) {
    for (;;) {
      loop_.restart();
      loop_.poll();
      if (waiting_.empty() || waiting_.begin()->first > end) return;
      const auto [time, timer] = *waiting_.begin();
      waiting_.erase(waiting_.begin());
      if (time > clock_.monotonic()) clock_.advance(time - clock_.monotonic());
      timer->cancel();
    }
  }

 private:
  ManualClock& clock_;
  boost::asio::io_context loop_;
  std::multimap<base::Milliseconds, std::shared_ptr<boost::asio::steady_timer>> waiting_;
};

}  // namespace gcal::support
