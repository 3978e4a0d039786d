#include "src/hosting/plugins/delivery.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "src/hosting/plugins/crash_log.hpp"

namespace hosting {
namespace {

constexpr std::size_t kMaxPending = 10'000;

}  // namespace

struct Delivery::State {
  explicit State(Deliver d) : deliver(std::move(d)) {}

  const Deliver deliver;
  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Work> work;
  std::deque<Hint> order;
  std::set<Hint> pending;
  bool stopping = false, ended = false;
  std::thread thread;

  void loop() {
    const SignalStack stack;
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [&] { return stopping || !work.empty() || !order.empty(); });
      if (stopping) break;
      if (!work.empty()) {
        Work next = std::move(work.front());
        work.pop_front();
        lock.unlock();
        next(false);
        next = nullptr;  // what it holds goes without the lock
        lock.lock();
        continue;
      }
      const Hint hint = std::move(order.front());
      order.pop_front();
      pending.erase(hint);
      lock.unlock();
      deliver(hint);
      lock.lock();
    }
    ended = true;
    changed.notify_all();
  }
};

Delivery::Delivery(Deliver deliver) : state_(std::make_shared<State>(std::move(deliver))) {
  state_->thread = std::thread([state = state_] { state->loop(); });
}

Delivery::~Delivery() {
  stop(std::chrono::milliseconds(0));
  if (state_->thread.joinable()) state_->thread.join();
}

void Delivery::push(Hint hint) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping || state_->order.size() >= kMaxPending ||
        !state_->pending.insert(hint).second)
      return;
    state_->order.push_back(std::move(hint));
  }
  state_->changed.notify_all();
}

void Delivery::post(Work work) {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->stopping) {
      state_->work.push_back(std::move(work));
      state_->changed.notify_all();
      return;
    }
  }
  work(true);
}

bool Delivery::stop(std::chrono::milliseconds deadline) {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->changed.notify_all();
  const bool ended = state_->changed.wait_for(lock, deadline, [&] { return state_->ended; });
  const auto left = std::exchange(state_->work, {});
  lock.unlock();
  for (const Work& work : left) work(true);
  if (ended && state_->thread.joinable()) state_->thread.join();
  return ended;
}

}  // namespace hosting
