// Which request brings the next occurrence of a series from what Google holds to what is wanted.
// Used by GoogleSide for a put, which is written one request at a time. Pure.
#pragma once

#include <optional>

#include "src/common/base/json.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::google {

// A PATCH of one instance.
struct OccurrenceStep {
  calendar::OriginalStart start;
  base::Json patch;  // without what is kept of the event (kept_item.hpp)
  // What the patch makes of what; absent if it cancels the occurrence. `restores`: Google holds it
  // as cancelled, and every member is sent.
  std::optional<calendar::Event> from;
  std::optional<calendar::Event> to;
  bool restores = false;
  bool wanted = false;  // the occurrence is to be shown with content of its own: it must exist
};

// nullopt: every occurrence is as wanted. `before` has the master and rule of `wanted` already; its
// occurrences are those that Google holds. An occurrence that is not wanted goes back to what the
// series shows on its date, and is cancelled where the rule has no such date (P-09).
std::optional<OccurrenceStep> next_step(const calendar::Series& before,
                                        const calendar::Series& wanted);

}  // namespace gcal::google
