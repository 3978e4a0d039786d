// Runs the durable timers of crm.tasks/0 when they are due. Created by main with a function that
// calls crm.run/0 of the right plugin. It must never run a key twice at once, and never lose a task
// that ended with "repeat later".
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/hosting/services/tasks.hpp"

namespace hosting {

class TaskDispatcher {
 public:
  // How a run ended. ok: done; unavailable, timeout, cancelled: run again, after the time that the
  // plugin gave, or else after a pause; gone: the plugin does not run, and its tasks rest until
  // Tasks::wake; anything else: logged and dropped.
  struct RunEnd {
    RunEnd(gcal::Code c, std::chrono::milliseconds after = {}) : code(c), retry_after(after) {}
    gcal::Code code;
    std::chrono::milliseconds retry_after;
  };
  // [any thread] Call once.
  using Done = std::function<void(RunEnd)>;
  // Called on the dispatcher's thread; returns at once.
  using Run = std::function<void(const std::string& plugin, const std::string& key,
                                 const std::string& payload, std::int64_t fence, Done done)>;

  // Back-off after unavailable: 1 s doubling up to 5 min; a plugin may ask for up to a day.
  TaskDispatcher(Tasks& tasks, const gcal::base::Clock& clock, gcal::base::Log& log, Run run);
  ~TaskDispatcher();  // stops

  Result<> start();  // recovers what the last process left running, then begins
  // No run begins afterwards. Runs under way may still call Done; they are due again at the next
  // start if they do not.
  void stop();
  void wake();  // the clock was moved (tests)

 private:
  struct State;
  void loop();
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace hosting
