// The rules of writes that are only guessed: the switches of behaviour.hpp decide. Used by
// GoogleModel for the API's writes, never while a world is loaded. Pure.
#pragma once

#include <vector>

#include "src/emulator/model/behaviour.hpp"
#include "src/emulator/model/calendar.hpp"

namespace emulator {

// 409: the id, or what is used in its place, is taken.
inline Problem duplicate() {
  return {409, "global", "duplicate", "The requested identifier already exists.", {}, {}};
}

// The `id` and `iCalUID` of an insert. Errors: invalid, duplicate.
Outcome<> check_insert_identifiers(const Json& body, const Calendar& calendar,
                                   const Behaviour& behaviour);
// The `iCalUID` of an import. Errors: duplicate.
Outcome<> check_import_uid(const std::string& uid, const Calendar& calendar,
                           const Behaviour& behaviour);
// Errors: forbidden, if a deleted event cannot be written.
Outcome<> check_not_deleted(const Event& before, const Behaviour& behaviour);

// The organizer changed the time of `event`: every other answer becomes needsAction.
void reset_responses(const Calendar& calendar, Event& event, const Behaviour& behaviour);

// The stored exceptions of the series that its change from `before` to `after` takes away. None
// when only UNTIL, COUNT, RDATE or EXDATE changes: Google keeps exceptions behind the end of a
// shortened rule (BuilderIO/agent-native#3488).
std::vector<StoredEvent*> lost_exceptions(const Calendar& calendar, const Event& before,
                                          const Event& after, const Behaviour& behaviour);

}  // namespace emulator
