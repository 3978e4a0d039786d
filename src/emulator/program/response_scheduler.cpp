#include "src/emulator/program/response_scheduler.hpp"

namespace emulator {

namespace net = gcal::net;
using std::chrono::milliseconds;

ResponseScheduler::ResponseScheduler() : thread_([this] { run(); }) {}

ResponseScheduler::~ResponseScheduler() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void ResponseScheduler::send(milliseconds delay, net::Responder responder,
                             net::ServerResponse response) {
  // A std::function has to be copyable, which a responder is not.
  auto held = std::make_shared<std::pair<net::Responder, net::ServerResponse>>(std::move(responder),
                                                                               std::move(response));
  after(delay, [held] { held->first.send(std::move(held->second)); });
}

void ResponseScheduler::send(WirePlan plan, std::shared_ptr<net::RawConnection> connection) {
  send_next_piece(std::make_shared<const WirePlan>(std::move(plan)), connection, 0);
}

void ResponseScheduler::send_next_piece(const std::shared_ptr<const WirePlan>& plan,
                                        const std::shared_ptr<net::RawConnection>& connection,
                                        std::size_t sent) {
  using Ending = net::RawConnection::Ending;
  const WirePiece piece = next_piece(*plan, sent);
  after(milliseconds{piece.wait_ms}, [this, plan, connection, sent, until = piece.until] {
    if (sent < plan->bytes.size()) {
      if (connection->write(plan->bytes.substr(sent, until - sent)))
        send_next_piece(plan, connection, until);
      return;
    }
    connection->end(plan->ending == WireFaults::Ending::reset        ? Ending::reset
                    : plan->ending == WireFaults::Ending::half_close ? Ending::half_close
                                                                     : Ending::close);
  });
}

void ResponseScheduler::after(milliseconds delay, std::function<void()> callback) {
  const std::lock_guard lock(mutex_);
  callbacks_.emplace(std::chrono::steady_clock::now() + delay, std::move(callback));
  wake_.notify_one();
}

void ResponseScheduler::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (callbacks_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto next = callbacks_.begin()->first;
    if (std::chrono::steady_clock::now() < next) {
      wake_.wait_until(lock, next);
      continue;
    }
    const std::function<void()> callback =
        std::move(callbacks_.extract(callbacks_.begin()).mapped());
    lock.unlock();
    callback();
    lock.lock();
  }
}

}  // namespace emulator
