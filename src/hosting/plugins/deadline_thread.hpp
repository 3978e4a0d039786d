// A thread whose calls are waited for with a deadline: lifecycle calls of a plugin run here,
// because one may never return. Used by LoadedPlugin. It must never be killed: a call that missed
// its deadline keeps the thread, and everything it uses, until the process ends.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace hosting {

class DeadlineThread {
 public:
  DeadlineThread();
  ~DeadlineThread();  // joins; a stuck thread is left alone
  DeadlineThread(const DeadlineThread&) = delete;
  DeadlineThread& operator=(const DeadlineThread&) = delete;

  // Runs `work` and waits for its end. False: it missed the deadline, the thread is stuck; `work`
  // may still run and must own what it uses.
  bool run(std::function<void()> work, std::chrono::milliseconds deadline);
  bool stuck() const { return stuck_; }

 private:
  struct State;
  std::shared_ptr<State> state_;
  bool stuck_ = false;
};

}  // namespace hosting
