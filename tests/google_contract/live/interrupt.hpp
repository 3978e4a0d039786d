// Waiting that the user can interrupt: SIGINT, SIGTERM and SIGHUP end every wait at once. Used by
// all of `./dev live`. A signal never ends the process itself: calendars are to be deleted first.
#pragma once

#include <chrono>
#include <string>

namespace live {

// Thrown when no further request may be sent: the user interrupted, the access is gone, or Google
// refuses for hours.
struct RunStopped {
  std::string reason;
};

void catch_signals();    // once, at the start
bool interrupted();      // a signal arrived
void clear_interrupt();  // so that the same signal does not interrupt the clean-up
void wait_for(std::chrono::milliseconds time);  // throws RunStopped if a signal arrives

}  // namespace live
