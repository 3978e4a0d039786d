#include "src/hosting/plugins/deadline_thread.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "src/hosting/plugins/crash_log.hpp"

namespace hosting {

struct DeadlineThread::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::function<void()> work;
  bool busy = false, ending = false;
  std::thread thread;

  void loop() {
    const SignalStack stack;
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return ending || work; });
      if (!work) return;
      const auto current = std::exchange(work, nullptr);
      lock.unlock();
      current();
      lock.lock();
      busy = false;
      changed.notify_all();
    }
  }
};

DeadlineThread::DeadlineThread() : state_(std::make_shared<State>()) {
  state_->thread = std::thread([state = state_] { state->loop(); });
}

DeadlineThread::~DeadlineThread() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->changed.notify_all();
  if (stuck_)
    state_->thread.detach();  // it holds the state itself
  else
    state_->thread.join();
}

bool DeadlineThread::run(std::function<void()> work, std::chrono::milliseconds deadline) {
  if (stuck_) return false;
  std::unique_lock lock(state_->mutex);
  state_->work = std::move(work);
  state_->busy = true;
  state_->changed.notify_all();
  stuck_ = !state_->changed.wait_for(lock, deadline, [&] { return !state_->busy; });
  return !stuck_;
}

}  // namespace hosting
