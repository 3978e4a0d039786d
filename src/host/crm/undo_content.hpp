// Takes one change of a user back from a document that others may have written since, such as the
// synchronisation, which adds facts and the answers of guests. Used by AppointmentEditor. Pure. It
// must never undo what someone else changed, nor an answer.
#pragma once

#include <optional>

#include "src/common/base/json.hpp"

namespace host {

using gcal::base::Json;

// Documents of host_api/schema/event.json: `before` and `after` the user's change, and as stored
// `now`. The members that the change set get their old values, dates and guests one by one; all
// others stay as they are now. Nothing: one of those members has another value now, so that taking
// the change back would take back more.
std::optional<Json> without_change(const Json& before, const Json& after, const Json& now);

// Whether `now` still shows what the user saved as `after`: facts and answers do not count.
bool shows_the_same(const Json& after, const Json& now);

}  // namespace host
