// One notification of a push channel, and the queue that the delivery takes notifications from.
// Filled by Channels, implemented by Emulator, used by Delivery.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "src/emulator/http/message.hpp"

namespace emulator {

struct Push {
  // From 1, in the order in which they were made; 0 when it waits for the emulator's clock.
  std::uint64_t number = 0;
  std::string address;
  Fields headers;
  int attempt = 0;
  std::int64_t delay_ms = 0;  // a fault: the delivery waits so long
  std::int64_t due = 0;  // a fault: not before this time of the emulator's clock, in milliseconds
};

// [any thread]
class PushQueue {
 public:
  virtual ~PushQueue() = default;
  // What has to be delivered now; each notification is handed out once.
  virtual std::deque<Push> take_pushes() = 0;
  // Milliseconds until the next notification has to be delivered; nullopt when there is none.
  virtual std::optional<std::int64_t> next_push() = 0;
  // Called when the answers of the two functions above may have changed. It runs under the lock of
  // the queue, so it must not call the queue. nullptr removes it.
  virtual void set_push_listener(std::function<void()> listener) = 0;
};

}  // namespace emulator
