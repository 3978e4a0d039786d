// How one thing that a side said changes what we know of a series. Pure; used by the cycle.
#pragma once

#include <optional>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// Folds a fragment into the last known state. nullopt: it has no master and none is known, so the
// series has to be read as a whole.
std::optional<Series> fold(const Series* known, const Observation& observation);

// Does the observation say anything that the base of that side does not hold? Equal content under a
// new version is an echo.
bool is_news(const End& end, const Series& series);

}  // namespace gcal::sync
