// The gate before a plugin: counts the calls inside it, and can be closed so that no new one
// enters. Used by LoadedPlugin. It must never be held while waiting for the plugin's answer: an
// open reply is counted by Replies.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

namespace hosting {

class Gate {
 public:
  // One call inside the plugin; leaves when it ends.
  class Pass {
   public:
    explicit Pass(Gate* gate) : gate_(gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_) gate_->leave();
    }

   private:
    Gate* gate_;
  };

  // Nothing while closed; a new gate is closed. [any thread]
  std::optional<Pass> enter();
  void open();
  void close();
  // Waits until no call is inside; false when some still is after the deadline. Close it first.
  bool wait_empty(std::chrono::milliseconds deadline);

 private:
  void leave();

  std::mutex mutex_;
  std::condition_variable empty_;
  std::size_t inside_ = 0;
  bool open_ = false;
};

}  // namespace hosting
