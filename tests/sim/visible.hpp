// What a user sees of a series, for comparisons between the CRM and the emulator.
#pragma once

#include "src/common/base/json.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::simulation {

// Exceptions that equal what the rule says do not count, nor do cancelled ones after its end.
base::Json visible(calendar::Series series);

}  // namespace gcal::simulation
