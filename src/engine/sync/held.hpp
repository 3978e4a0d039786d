// What a person decided about deletions that were held because they rest on absence. Called by the
// settings page, beside running cycles. Never touches links that are held for another reason.
#pragma once

#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// remove: they are carried out by the next cycle, however many they are. keep: what is left stands
// where it is, without a link; it counts as new when it is seen to change.
enum class HeldDecision { remove, keep };

Task<> decide_held(Journal& journal, std::vector<Link> held, HeldDecision decision);

}  // namespace gcal::sync
