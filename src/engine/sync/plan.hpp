// Decides what one link needs: the states of both sides in, actions out. Pure: the same states give
// the same plan in any order, on any node and at any time. Called by the cycle for each link with
// pending changes.
#pragma once

#include <optional>
#include <string>

#include "src/engine/sync/merge.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

struct Plan {
  enum class Action { nothing, put, erase };

  PerSide<Action> action;
  PerSide<Series> series;      // for put: the wanted content
  PerSide<bool> create;        // put: the side holds no object yet
  bool rebase_only = false;    // no write is needed: the pending changes become the new bases
  bool remove_link = false;    // both sides are deleted: the link can be removed
  bool notify_guests = false;  // the write to the remote side is caused by a user's act in the CRM
  std::vector<calendar::Mail> mails;  // of that write; set by the cycle, which knows the time
  bool inferred = false;              // the deletion rests on absence from a listing
  calendar::FieldSet conflicts;
  bool edit_beat_delete = false;  // an edit on one side outweighed the deletion on the other
  PerSide<std::optional<Series>> discarded;  // what a side holds and does not survive: kept in the
                                             // history
  const char* hold = nullptr;  // not null: no action until the user decides; a kHeld reason
};

Plan plan(const LinkWithChanges& linked, PairMode mode, ConflictPolicy policy);

}  // namespace gcal::sync
