#include "src/hosting/services/change_bus.hpp"

#include <utility>

namespace hosting {

ChangeBus::ChangeBus() : thread_([this] { dispatch(); }) {}

ChangeBus::~ChangeBus() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

ChangeBus::Subscription::~Subscription() {
  if (bus_) bus_->unsubscribe(id_);
}

ChangeBus::Subscription ChangeBus::subscribe(Listener listener) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t id = next_id_++;
  listeners_.emplace(id, std::make_shared<Listener>(std::move(listener)));
  return {this, id};
}

void ChangeBus::unsubscribe(std::uint64_t id) {
  std::unique_lock lock(mutex_);
  listeners_.erase(id);
  if (std::this_thread::get_id() == thread_.get_id()) return;
  idle_.wait(lock, [&] { return delivering_ != id; });
}

void ChangeBus::publish(Change change) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(change));
  }
  wake_.notify_one();
}

void ChangeBus::drain() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [&] { return (queue_.empty() && !busy_) || stopping_; });
}

void ChangeBus::dispatch() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const Change change = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    const auto listeners = listeners_;  // a listener may subscribe or unsubscribe
    for (const auto& [id, listener] : listeners) {
      if (!listeners_.contains(id)) continue;
      delivering_ = id;
      lock.unlock();
      (*listener)(change);
      lock.lock();
      delivering_ = 0;
      idle_.notify_all();
    }
    busy_ = false;
    idle_.notify_all();
  }
}

}  // namespace hosting
