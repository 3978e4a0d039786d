// What the user is asked about a held conflict: the values that differ, so that the decision does
// not depend on looking them up on both sides (PD-08). Used by held_decisions. Pure.
#pragma once

#include <vector>

#include "src/engine/settings/steps.hpp"
#include "src/engine/sync/ports.hpp"

namespace gcal::plugin {

// One sentence for each part of the appointment that both sides changed: texts and times with both
// values, the others by name. Empty if nothing is in conflict any more.
std::vector<settings::Note> differences(const sync::LinkWithChanges& linked);

}  // namespace gcal::plugin
