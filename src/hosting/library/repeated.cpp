#include "src/hosting/library/repeated.hpp"

#include <utility>

namespace hosting {

Repeated::Repeated(std::chrono::milliseconds interval, std::function<void()> work)
    : work_(std::move(work)), thread_([this, interval] { run(interval); }) {}

Repeated::~Repeated() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Repeated::run(std::chrono::milliseconds interval) {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    work_();
    lock.lock();
    wake_.wait_for(lock, interval, [this] { return stopping_; });
  }
}

}  // namespace hosting
