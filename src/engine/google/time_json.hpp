// Converts between the times of Google's event resource and the engine's. What is read is untrusted
// and may break the rules that Google has for writes: it is shown by the rules below. What is
// written keeps to them. Used by event_json. Pure.
#pragma once

#include <string>
#include <string_view>

#include "src/common/base/json.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::google {

// A date, or a time: with an offset it is that instant whatever its zone is called; without one it
// is the wall clock of its zone. The zone is the one that `timeZone` means. Where it has no known
// meaning it is the calendar's if the offset is its, otherwise one that always has this offset.
// Errors: invalid, with the name of the member, if there is no date and no time.
Result<calendar::EventTime> time_from_json(const base::Json& json, std::string_view key,
                                           const std::string& calendar_zone);

// Start and end of an event. An end before the start, and one at the start of a day-long event, is
// none; an event without an end lasts one day, or no time if it begins at a time. An end of the
// other kind than the start is read as that kind: a date as the midnight it begins with, a time as
// the day after it unless it is midnight. Errors: those of the start; an end beyond the year 9999.
struct TimeRange {
  calendar::EventTime start;
  calendar::EventTime end;  // exclusive
};
Result<TimeRange> range_from_json(const base::Json& item, const std::string& calendar_zone);

// `other_kind_before`: the event at Google is all-day and this is a time, or the reverse.
base::Json time_json(const calendar::EventTime& time, bool other_kind_before);

}  // namespace gcal::google
