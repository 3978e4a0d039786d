// The part of GoogleSide that sends back what was kept of an event.
#include "src/engine/calendar/diff.hpp"
#include "src/engine/google/google_side.hpp"
#include "src/engine/google/guest_json.hpp"
#include "src/engine/google/kept_item.hpp"
#include "src/engine/google/occurrence_step.hpp"

namespace gcal::google {

using base::Json;
using sync::Operation;

// What was kept of the event `id`, for a patch that makes `before` into `after`. If the patch
// changes guests and only some of them are known, the whole list is read first: Google would remove
// those that are missing from the list that is sent.
Task<Json> GoogleSide::kept_for(std::string id, const calendar::Event& before,
                                const calendar::Event& after, const std::string& bytes) {
  Json kept = parse_kept(bytes);
  if (!(before.attendees_omitted || guests_are_omitted(kept)) ||
      calendar::equal_attendees(before.attendees, after.attendees))
    co_return kept;
  if (only_own_answer_differs(before.attendees, after.attendees)) {
    kept.set("attendeesOmitted", true);
    co_return kept;
  }
  CO_TRY(const Json item, co_await client_.get_event(calendar_id_, std::move(id)));
  if (guests_are_omitted(item)) co_return hidden_guests();
  kept.erase("attendeesOmitted");
  kept.set(kGuestsReadWhole, true);
  kept.set("attendees", item["attendees"].is_array() ? item["attendees"] : Json::array());
  co_return kept;
}

// The patch of a step, with what was kept of the occurrence.
Task<Json> GoogleSide::patch_with_kept(const Operation& operation, const OccurrenceStep& step) {
  if (!step.to) co_return step.patch;
  const std::string own = sync::occurrence_bytes(operation.remote_item, step.start);
  const std::string series = sync::master_bytes(operation.remote_item);
  if (step.restores) co_return full_body(*step.to, parse_kept(series));
  const bool is_exception = calendar::find_occurrence(operation.before, step.start) != nullptr;
  CO_TRY(const Json kept, co_await kept_for(instance_id(operation.id, step.start), *step.from,
                                            *step.to, is_exception && !own.empty() ? own : series));
  Json patch = patch_body(*step.from, *step.to, kept);
  // An exception of a series that was created as a copy takes over what the original's had.
  if (operation.created && !is_exception && !own.empty()) {
    const Json source = parse_kept(own);
    add_copied_differences(patch, source, parse_kept(series));
    if (source["attendees"].is_array() && !guests_are_omitted(source))
      patch.set("attendees", copied_guests(source["attendees"], step.to->attendees));
  }
  co_return patch;
}

}  // namespace gcal::google
