// The bytes of a response, and how they are sent when a fault rule changes them: in pieces, late,
// cut, with a wrong length. Used by the program. Pure: ResponseScheduler, which has the sockets,
// executes the plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "src/emulator/http/message.hpp"

namespace emulator {

struct WirePlan {
  std::string bytes;
  std::int64_t delay_ms = 0;                 // before the first byte
  std::size_t stall_at = std::string::npos;  // nothing is sent for stall_ms from here on
  std::int64_t stall_ms = 0;
  std::int64_t bytes_per_second = 0;  // 0: no limit
  WireFaults::Ending ending = WireFaults::Ending::close;
};

// `head_only` for a response to HEAD.
WirePlan plan_wire(const Response& response, bool head_only);

// What follows the first `sent` bytes: how long to wait, and up to which byte to send then. Behind
// the last byte: how long to wait until the connection ends.
struct WirePiece {
  std::int64_t wait_ms = 0;
  std::size_t until = 0;
};
WirePiece next_piece(const WirePlan& plan, std::size_t sent);

}  // namespace emulator
