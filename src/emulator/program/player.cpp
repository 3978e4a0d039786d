#include "src/emulator/program/player.hpp"

namespace emulator {

namespace net = gcal::net;
using std::chrono::milliseconds;

Player::Player() : thread_([this] { run(); }) {}

Player::~Player() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Player::send(milliseconds delay, net::Responder responder, net::ServerResponse response) {
  // A std::function is copied, a responder is not.
  auto held = std::make_shared<std::pair<net::Responder, net::ServerResponse>>(std::move(responder),
                                                                               std::move(response));
  after(delay, [held] { held->first.send(std::move(held->second)); });
}

void Player::play(WirePlan plan, std::shared_ptr<net::RawConnection> connection) {
  go_on(std::make_shared<const WirePlan>(std::move(plan)), connection, 0);
}

void Player::go_on(const std::shared_ptr<const WirePlan>& plan,
                   const std::shared_ptr<net::RawConnection>& connection, std::size_t sent) {
  using Ending = net::RawConnection::Ending;
  const WirePiece piece = next_piece(*plan, sent);
  after(milliseconds{piece.wait_ms}, [this, plan, connection, sent, until = piece.until] {
    if (sent < plan->bytes.size()) {
      if (connection->write(plan->bytes.substr(sent, until - sent))) go_on(plan, connection, until);
      return;
    }
    connection->end(plan->ending == WireFaults::Ending::reset        ? Ending::reset
                    : plan->ending == WireFaults::Ending::half_close ? Ending::half_close
                                                                     : Ending::close);
  });
}

void Player::after(milliseconds delay, std::function<void()> act) {
  const std::lock_guard lock(mutex_);
  due_.emplace(std::chrono::steady_clock::now() + delay, std::move(act));
  wake_.notify_one();
}

void Player::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (due_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto next = due_.begin()->first;
    if (std::chrono::steady_clock::now() < next) {
      wake_.wait_until(lock, next);
      continue;
    }
    const std::function<void()> act = std::move(due_.extract(due_.begin()).mapped());
    lock.unlock();
    act();
    lock.lock();
  }
}

}  // namespace emulator
