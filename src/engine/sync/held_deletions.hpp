// Applies the user's decision about deletions that the engine held because they rest on absence
// from a listing. Called by a run before its cycles, because nothing else may write links. Links
// that are held for another reason are left alone. Thread: loop thread.
#pragma once

#include <vector>

#include "src/engine/sync/ports.hpp"

namespace gcal::sync {

// remove: the next cycle applies the deletions, however many they are.
// keep: the appointments stay as they are, without a link. One that changes later counts as new.
enum class HeldDecision { remove, keep };

// Stores the decision for the links of `held`. Errors: those of the journal; then nothing changed.
Task<> resolve_held_deletions(Journal& journal, std::vector<Link> held, HeldDecision decision);

}  // namespace gcal::sync
