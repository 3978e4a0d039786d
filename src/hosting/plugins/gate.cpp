#include "src/hosting/plugins/gate.hpp"

namespace hosting {

std::optional<Gate::Pass> Gate::enter() {
  const std::lock_guard lock(mutex_);
  if (!open_) return std::nullopt;
  ++inside_;
  return Pass(this);
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
}

void Gate::close() {
  const std::lock_guard lock(mutex_);
  open_ = false;
}

bool Gate::wait_empty(std::chrono::milliseconds deadline) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, deadline, [&] { return inside_ == 0; });
}

// Notifies under the lock: the waiter may destroy the gate as soon as it can look.
void Gate::leave() {
  const std::lock_guard lock(mutex_);
  if (--inside_ == 0) empty_.notify_all();
}

}  // namespace hosting
