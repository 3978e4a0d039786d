// Turns an item of a side's feed into the state of a series. Pure; used by the cycle.
#pragma once

#include <optional>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// The state of the series after `item`, a full or partial one; `known` is its state before, or
// null. nullopt: the item has no master and none is known, so the whole series must be read.
std::optional<Series> apply_partial(const Series* known, const FeedItem& item);

// An item that says that the side holds all of `series`.
FeedItem full_item(std::string id, Version version, Series series);

// Whether the side holds anything that its base does not. Equal content under a new version is an
// echo of our own write.
bool differs_from_base(const SideState& state, const Series& series);

}  // namespace gcal::sync
