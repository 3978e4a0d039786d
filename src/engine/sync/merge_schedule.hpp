// Merges when a series takes place: its start, end and rule, and each occurrence that differs from
// the rule, against what the series showed on that date before (decision 0026). Pure; called by the
// merge of series, after the other fields of the master.
#pragma once

#include "src/engine/sync/merge.hpp"

namespace gcal::sync {

// `base` and `now` are those of each side, all set. `merged` has the merged master; its schedule is
// still that of `now`, and is set here.
void merge_schedule(const PerSide<const Series*>& base, const PerSide<const Series*>& now,
                    ConflictPolicy policy, Merged& merged);

// Whether a user's edit of the schedule or of an occurrence lies between both that outweighs a
// deletion of the series on the other side. A cancelled date does not: less of the series is no
// reason to bring all of it back.
bool schedule_outweighs_deletion(const Series& base, const Series& now);

}  // namespace gcal::sync
