// Google's event resource and the neutral model: reading items as Google sends them, writing bodies
// as Google wants them. Used by google_side. Never trusts an item, never writes a member that did
// not change.
#pragma once

#include <optional>
#include <string>

#include "src/common/base/json.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::google {

// One item of a listing: a single appointment, the master of a series, or one instance of a series.
struct Item {
  std::string id;
  std::string etag;
  bool cancelled = false;  // then the members below, apart from the two of instances, mean nothing
  std::string series_id;   // recurringEventId; "" for what is no instance
  std::optional<calendar::OriginalStart> original_start;  // of an instance
  calendar::Series series;                                // master and recurrence, no occurrences
};

// `calendar_zone`: the zone of times that name none. Errors: invalid, naming the member; the rest
// of the page is unaffected.
Result<Item> item_from_json(const base::Json& json, const std::string& calendar_zone);

// The body of an insert. `mark`: the link's id, kept in a private extended property so that the
// event is known again.
base::Json insert_body(const calendar::Series& series, const std::string& id,
                       const std::string& mark);

// Only the members in which `after` differs; null for what was cleared. An object without members:
// nothing to send.
base::Json patch_body(const calendar::Series& before,
                      const calendar::Series& after);  // of a master: occurrences play no part
base::Json patch_body(const calendar::Event& before,
                      const calendar::Event& after);  // of an instance

// Every member that we write, also those at their default: for an occurrence that was cancelled and
// comes back, which still holds what it held then.
base::Json whole_body(const calendar::Event& event);

// The id of one occurrence: "<master>_20250326T123000Z", "<master>_20250326". The "_R..." of a
// series that was split is not part of it.
std::string instance_id(const std::string& master_id,
                        const calendar::OriginalStart& original_start);

// The occurrence as its rule makes it: the master's content, moved to `original_start`.
calendar::Event occurrence_by_rule(const calendar::Event& master,
                                   const calendar::OriginalStart& original_start);

}  // namespace gcal::google
