// What a side holds according to a link and its pending changes. Pure; shared by the parts of the
// cycle.
#pragma once

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

inline bool is_deleted(const std::optional<PendingChange>& change) {
  return change && change->item.kind == FeedItem::Kind::deleted;
}

// The content that `side` holds now as far as the journal knows; nullptr if it holds nothing.
inline const Series* current(const LinkWithChanges& linked, SideName side) {
  const auto& change = linked.change[side];
  if (change) return is_deleted(change) ? nullptr : &change->item.series;
  return linked.link.side[side].has_base ? &linked.link.side[side].base : nullptr;
}

// The version of that content.
inline const Version& current_version(const LinkWithChanges& linked, SideName side) {
  const auto& change = linked.change[side];
  return change ? change->item.version : linked.link.side[side].version;
}

}  // namespace gcal::sync
