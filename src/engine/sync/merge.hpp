// Three-way merge by field. Each side has its own base, because Google cuts texts and moves times:
// a side changed a field if it differs from its own base, and only changed fields are transferred.
// Pure; called by the planner.
#pragma once

#include <optional>

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::sync {

using calendar::Series;

// Which value wins when both sides changed the same field. No clock is involved.
enum class ConflictPolicy { remote_wins, crm_wins };

struct Merged {
  Series crm;                    // what the CRM should hold
  Series remote;                 // what the remote side should hold
  calendar::FieldSet conflicts;  // fields that both sides changed, to different values
};

// A base is null if the sides never agreed: then every field counts as changed on both sides. Facts
// are always those of the remote side.
Merged merge(const Series* crm_base, const Series& crm, const Series* remote_base,
             const Series& remote, ConflictPolicy policy);

}  // namespace gcal::sync
