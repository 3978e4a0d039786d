// The JSON form of a Series: what crosses the contract as the `event` of a document
// (host_api/schema/event.json) and what the journal stores. Reading is strict, because both sources
// may be damaged; members at their default are left out when writing.
#pragma once

#include "src/common/base/json.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

base::Json to_json(const Series& series);
// Errors: invalid, naming the member that is at fault.
Result<Series> series_from_json(const base::Json& json);

base::Json to_json(const EventTime& time);
Result<EventTime> event_time_from_json(const base::Json& json);

}  // namespace gcal::calendar
