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

// The series from the occurrence `cut` on, which is its first one. A cut that the rule does not
// name (an RDATE) must not become the start from which the rule counts: then the series begins at
// an earlier start, which is excluded. `keeps_rule`: false if the caller replaces the rule.
Result<Json> series_from(const Json& event, const EventView& view, const EventTime& cut,
                         bool keeps_rule);

}  // namespace host
