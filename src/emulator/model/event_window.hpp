// The range of time that a list asks for, and how far a series is expanded where the list has no
// bound. Used by the lists. Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "src/emulator/model/event_time.hpp"

namespace emulator {

inline constexpr std::size_t kMaxInstances = 5'000;  // of one series in one answer

struct EventWindow {
  std::optional<SysSeconds> min, max;  // timeMin, timeMax
  SysSeconds now{};

  // Whether an event from `start` to `end` (seconds since 1970) touches the window.
  bool contains(SysSeconds start, std::int64_t end) const;
  // The range in which starts of a series have to be looked for. A series without an end that is
  // listed without timeMax is expanded for two years from now, or from its start.
  SysSeconds expansion_begin(const EventTime& start, const EventTime& end) const;
  SysSeconds expansion_end(const EventTime& start) const;
};

}  // namespace emulator
