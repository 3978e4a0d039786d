// Converts between Google's event resource and the engine's event model: parses items, builds the
// bodies of insert and patch. Used by google_side. Treats every item as untrusted input and writes
// no member that did not change. Pure.
#pragma once

#include <optional>
#include <string>

#include "src/common/base/json.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::google {

// The private extended property in which an event that we created has the id of its link.
inline constexpr const char* kLinkProperty = "crm_link";

// One item of events.list: a single event, the master of a series, or one instance of a series.
struct Item {
  std::string id;
  std::string etag;
  bool cancelled = false;  // if true, only series_id and original_start below are meaningful
  std::string series_id;   // recurringEventId; "" if the item is not an instance
  std::optional<calendar::OriginalStart> original_start;  // instances only
  calendar::Series series;                                // master and recurrence, no occurrences
  std::string kept;                                       // see kept_item.hpp
};

// Parses one item. `calendar_zone` is the zone of times that name none. Errors: invalid, with the
// name of the member; the caller can continue with the other items of the page.
Result<Item> item_from_json(const base::Json& json, const std::string& calendar_zone);

// The exception that an instance of a series is.
calendar::Occurrence occurrence_of(Item instance);

// The body of an insert. `link_id` is stored in a private extended property, so that the event is
// recognised after its answer was lost. `kept`: what was kept of the event that the new one
// repeats, an object without members if it repeats none.
base::Json insert_body(const calendar::Series& series, const std::string& id,
                       const std::string& link_id, const base::Json& kept);

// The body of a patch: only the members in which `after` differs, null for those that were cleared.
// An object without members means that there is nothing to send. `kept`: what was kept of the event
// at Google; a list that is sent has its members.
base::Json patch_body(const calendar::Series& before, const calendar::Series& after,
                      const base::Json& kept);  // a master; occurrences are ignored
base::Json patch_body(const calendar::Event& before, const calendar::Event& after,
                      const base::Json& kept);  // one instance

// The body of a patch with every member that we write, including those at their default. Used when
// a cancelled occurrence is restored, because Google still has the values that it had before, also
// a time where it is all day now, or the reverse. `kept` as above.
base::Json full_body(const calendar::Event& event, const base::Json& kept);

// The id of one occurrence: "<master>_20250326T123000Z", all-day "<master>_20250326". The "_R..."
// in the id of a series that was split off is not part of it.
std::string instance_id(const std::string& master_id,
                        const calendar::OriginalStart& original_start);

}  // namespace gcal::google
