// Waiting that a person can break off: SIGINT and SIGTERM are noted, and every wait ends at once.
// Used by the whole live programme. Never ends the process: calendars have to be taken away first.
#pragma once

#include <chrono>
#include <string>

namespace live {

// Thrown when nothing more may be asked of Google: the person broke off, the access is gone, Google
// refuses for hours.
struct Stop {
  std::string why;
};

void note_signals();    // once, at the start
bool broken_off();      // SIGINT or SIGTERM came
void forget_signals();  // the tidying up that follows is not broken off by the same signal
void wait_for(std::chrono::milliseconds time);  // throws Stop when a signal comes

}  // namespace live
