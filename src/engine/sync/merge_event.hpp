// Three-way merge of one event, field by field and guest by guest: of a master or of one
// occurrence. Pure; called by the merge of series.
#pragma once

#include "src/engine/calendar/diff.hpp"
#include "src/engine/calendar/event.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// Which value wins when both sides changed the same field. No clock is involved. ask: the planner
// holds the link until the user decides; a merge itself takes the remote value.
enum class ConflictPolicy { remote_wins, crm_wins, ask };

constexpr SideName loser(ConflictPolicy policy) {
  return policy == ConflictPolicy::crm_wins ? SideName::remote : SideName::crm;
}

struct EventVersions {
  PerSide<const calendar::Event*> base, now;
  // Of an occurrence: fields that changed only because the whole series did. They give way to a
  // change of this date without a conflict.
  PerSide<calendar::FieldSet> inherited;
};

struct MergedEvent {
  PerSide<calendar::Event> event;
  calendar::FieldSet conflicts;  // fields that both sides changed, to different values
};

// Merges the chosen fields; of the others each side keeps its own. A guest's answer is never a
// conflict: it is taken from the remote side, and only the account's own may come from the CRM.
MergedEvent merge_event(const EventVersions& versions, calendar::FieldSet fields,
                        ConflictPolicy policy);

// Whether a user's edit lies between both, one that outweighs a deletion on the other side.
// Reminders belong to one copy, and answers are no edit of the user: neither counts.
bool outweighs_deletion(const calendar::Event& base, const calendar::Event& now,
                        calendar::FieldSet fields);

}  // namespace gcal::sync
