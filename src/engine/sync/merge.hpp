// Three-way merge of a series: the master field by field, the schedule and each occurrence by
// itself (decision 0026). Each side has its own base, because Google cuts texts and moves times: a
// side changed a field if it differs from its own base, and only changed fields are transferred.
// Pure; called by the planner.
#pragma once

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event.hpp"
#include "src/engine/sync/merge_event.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

struct Merged {
  Series crm;                    // what the CRM should hold
  Series remote;                 // what the remote side should hold
  calendar::FieldSet conflicts;  // fields that cannot hold what both sides changed
  PerSide<bool> lost;  // the side holds a change that will be on no side; set with each conflict
  bool edit_beat_delete = false;  // an edit of an occurrence outweighed its cancellation

  Series& operator[](SideName side) { return side == SideName::crm ? crm : remote; }
};

// A base is null if the sides never agreed: then every field counts as changed on both sides. Facts
// are always those of the remote side.
Merged merge(const Series* crm_base, const Series& crm, const Series* remote_base,
             const Series& remote, ConflictPolicy policy);

// Whether `now` contains an edit that outweighs the deletion of the series on the other side
// (PD-08).
bool outweighs_deletion(const Series& base, const Series& now);

}  // namespace gcal::sync
