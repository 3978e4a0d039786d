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
  bool is_part = false;  // new_event has the dates of `event` from the cut on, at their times
};

// `changes` holds members of the event; null removes one. original_start names the occurrence for
// this_one and following, and may for `all`; start and end are then that occurrence's new times.
// A change means on each date what it means on Google's page:
// - this_one changes that date only;
// - for following and all, the changed members get their new values on every date, also where a
//   date had a value of its own. What was not changed stays. Guests are added and removed one by
//   one, so that a date keeps its other guests and their answers;
// - the series moves by as many days as the occurrence, and takes its new time of day. Its changed
//   and cancelled dates move along; another rule keeps those that it still has.
// invalid: no such occurrence, a member that may not be changed, or a result that is no event.
Result<Edited> edit_event(const Json& event, Scope scope,
                          const std::optional<EventTime>& original_start, const Json& changes);

// this_one: cancels the occurrence; following: ends the series before it; all: erases.
// invalid: no such occurrence.
Result<Edited> erase_occurrences(const Json& event, Scope scope,
                                 const std::optional<EventTime>& original_start);

// The guests that a user sees at an occurrence; of the series when `original` names no date of its
// own.
Json guests_shown(const Json& event, const std::optional<EventTime>& original);

// The part of a change that belongs to every date, made on the series and on its dates: all members
// but times and rule. Also for the other parts of a series that was split. guests_seen: the list
// that changes["attendees"] replaces.
bool changes_every_date(const Json& changes);  // it has such a part
Json edit_everywhere(const Json& event, const Json& guests_seen, const Json& changes);

// Removes what ties a document to its remote original (UID, sequence, links): a copy is an
// appointment of its own.
void forget_identity(Json& event);

}  // namespace host
