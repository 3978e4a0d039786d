// The JSON form of a Series: the `event` of a document in the host contract
// (host_api/schema/event.json), also stored in the journal. Reading is strict, because both sources
// may be damaged. Members with their default value are not written. Pure.
#pragma once

#include "src/common/base/json.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

base::Json to_json(const Series& series);
// The form in the journal: the document, and what only the engine needs.
base::Json to_stored_json(const Series& series);
// Reads both forms.
// Errors: invalid; the message names the wrong member.
Result<Series> series_from_json(const base::Json& json);

base::Json to_json(const EventTime& time);
// Errors: invalid.
Result<EventTime> event_time_from_json(const base::Json& json);

}  // namespace gcal::calendar
