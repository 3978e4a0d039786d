// Edits of appointments as pure functions on event documents (host_api/schema/event.json): one
// occurrence, this and the following, the whole series. Used by AppointmentEditor. It must never
// touch members that it was not asked to change: they belong to the plugin's side.
#pragma once

#include <optional>
#include <string>

#include "src/host/crm/event_view.hpp"

namespace host {

enum class Scope { this_one, following, all };
Result<Scope> scope_of(std::string_view text);  // "this" | "following" | "all" | "" (= all)

struct Edited {
  std::optional<Json> event;  // the document afterwards; absent: nothing of it is left, erase it
  std::optional<Json> new_event;  // following: the second series, which begins at the cut
};

// `changes` holds members of the event; null removes one. original_start names the occurrence for
// this_one and following. For `all` with original_start, start and end are that occurrence's new
// times: the whole series moves by the same wall-clock difference, its exceptions and EXDATE lines
// too. When only texts change, exceptions keep their own texts.
// invalid: no such occurrence, a member that may not be changed, or a result that is no event.
Result<Edited> edit_event(const Json& event, Scope scope,
                          const std::optional<EventTime>& original_start, const Json& changes);

// this_one: cancels the occurrence; following: ends the series before it; all: erases.
// invalid: no such occurrence.
Result<Edited> erase_occurrences(const Json& event, Scope scope,
                                 const std::optional<EventTime>& original_start);

// Removes what ties a document to its remote original (UID, sequence, links): a copy is an
// appointment of its own.
void forget_identity(Json& event);

}  // namespace host
