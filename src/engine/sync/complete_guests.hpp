// Guest lists that the remote side reports in part only. Pure; used by the cycle wherever the
// content of a side is taken over, and by the planner.
#pragma once

#include "src/engine/calendar/event.hpp"

namespace gcal::sync {

// Where `seen` has only some of the guests of an event, those that `known` has are added: a guest
// who is missing from such a list was not removed. `known` is what the same side, or the other one,
// held before; null: nothing.
void complete_guests(calendar::Series& seen, const calendar::Series* known);

}  // namespace gcal::sync
