// The guest lists of bases, guest by guest: what a write of one side is known to have brought
// about. Used by merge_base.cpp. Pure.
#pragma once

#include <vector>

#include "src/engine/calendar/event.hpp"

namespace gcal::sync {

using Guests = std::vector<calendar::Attendee>;

// A write changed the list of a side from `before` to `sent`. `sent` may have been merged from both
// sides: only its differences from `before` came from the other side, so only they are known to be
// held by both. `base` is that of either side.
void adopt_sent_guests(Guests& base, const Guests& before, const Guests& sent);

// The guests whom both sides have alike are agreed, and those whom neither has, although the lists
// differ in others: one side may be refused its part. `base` is that of either side.
void adopt_common_guests(Guests& base, const Guests& here, const Guests& there);

// Changes `part`, which was `before`, by the guests whom a write added, removed or described
// otherwise, as far as `found` has it so. Returns whether there are any.
bool take_arrived_guests(Guests& part, const Guests& before, const Guests& sent,
                         const Guests& found);

}  // namespace gcal::sync
