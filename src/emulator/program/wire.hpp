// The bytes of an answer, and how they go out when a fault rule has to do with them: in pieces,
// late, cut, with a lie about their length. Pure: who owns sockets plays the plan
// (program/player.hpp). Used by the program only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "src/emulator/api/message.hpp"

namespace emulator {

struct WirePlan {
  std::string bytes;
  std::int64_t delay_ms = 0;                 // before the first byte
  std::size_t stall_at = std::string::npos;  // nothing goes out for stall_ms from here on
  std::int64_t stall_ms = 0;
  std::int64_t bytes_per_second = 0;
  WireFaults::Ending ending = WireFaults::Ending::close;
};

WirePlan plan_wire(const Response& response, bool head_only);

// What follows behind the first `sent` bytes: how long to wait, and up to where to send then. At
// the end: how long until the connection ends.
struct WirePiece {
  std::int64_t wait_ms = 0;
  std::size_t until = 0;
};
WirePiece next_piece(const WirePlan& plan, std::size_t sent);

}  // namespace emulator
