// Sends push notifications: one thread that posts to the addresses of channels and repeats on 5xx.
// Used by the program only. Never blocks the API: all sending happens on its own thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace emulator {

class PushQueue;

class Delivery {
 public:
  explicit Delivery(PushQueue& queue);  // becomes the queue's listener
  ~Delivery();                          // waits for the message that is being sent
  // Calls `callback` once the delivery of the notification was tried, with any result, or was
  // delayed by a fault: at once or from the sending thread.
  void after_attempt(std::uint64_t push, std::function<void()> callback);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator
