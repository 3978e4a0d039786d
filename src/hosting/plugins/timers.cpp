#include "src/hosting/plugins/timers.hpp"

namespace hosting {

Timers::Timers() : thread_([this] { loop(); }) {}

Timers::~Timers() {
  stop();
}

void Timers::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    waiting_.clear();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Timers::Id Timers::after(std::chrono::milliseconds time, std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  const Id id{Clock::now() + time, next_++};
  waiting_.emplace(id, std::move(call));
  if (waiting_.begin()->first == id) changed_.notify_all();
  return id;
}

void Timers::cancel(const Id& id) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(id);
}

void Timers::loop() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = waiting_.begin();
    if (first->first.first > Clock::now()) {
      const auto until = first->first.first;
      changed_.wait_until(lock, until);
      continue;
    }
    const auto call = std::move(first->second);
    waiting_.erase(first);
    lock.unlock();
    call();
    lock.lock();
  }
}

}  // namespace hosting
