// Sends push messages: one thread that posts to the addresses of channels and repeats on 5xx. Used
// by the program only. It must never hold up the API: everything it does happens on its own thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace emulator {

class Emulator;

class Delivery {
 public:
  explicit Delivery(Emulator& emulator);  // hooks itself into emulator.on_push
  ~Delivery();                            // stops after the message under way
  // Calls `act` once the message was tried, however that ended, or was put off by a fault: at once,
  // or from the sending thread.
  void when_tried(std::uint64_t push, std::function<void()> act);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator
