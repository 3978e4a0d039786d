// Cuts a series in two before one of its occurrences. Used by series_edit for "this and following".
// Pure. It must never lose or repeat an occurrence: each belongs to exactly one part.
#pragma once

#include <optional>

#include "src/host/crm/event_view.hpp"

namespace host {

// The series up to the occurrence `cut`, which is no longer part of it; nothing when no occurrence
// is left. `view` is the view of `event`, here and below.
Result<std::optional<Json>> series_before(const Json& event, const EventView& view,
                                          const EventTime& cut);

// The series from the occurrence `cut` on, which is its first one.
Result<Json> series_from(const Json& event, const EventView& view, const EventTime& cut);

}  // namespace host
