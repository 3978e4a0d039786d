// Sends push messages: one thread that posts to the addresses of channels and repeats on 5xx. Used by the program only.
// It must never hold up the API: everything it does happens on its own thread.
#pragma once

#include <memory>

namespace emulator {

class Emulator;

class Delivery {
 public:
  explicit Delivery(Emulator& emulator);  // hooks itself into emulator.on_push
  ~Delivery();                            // stops after the message under way

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace emulator
