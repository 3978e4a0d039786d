// The start, rule and single dates of bases: what a write of one side is known to have brought
// about. Used by merge_base.cpp. Pure.
#pragma once

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// A series is written in several requests: first the rule, then each changed occurrence. What
// arrived becomes part of the bases. What did not arrive keeps its old base, so that it still
// counts as a change of the sending side and not of this one.
// `held`: what the other side holds; nullptr: what was sent. What it shows otherwise came from this
// side in a merge: there both bases stay as they were, so that it is still this side's news.
void adopt_sent_schedule(SideState& mine, SideState& theirs, const Operation& put,
                         const Series& found, const Series* held);

// Changes `part`, which was `put.before`, by the rule or the single dates that `put` wrote, as far
// as `found` has them so. Returns whether there are any.
bool take_arrived_dates(Series& part, const Operation& put, const Series& found);

}  // namespace gcal::sync
