// The times that RDATE, EXDATE and UNTIL name in a series of the host's own event model. Used by
// occurrences, series_shift and series_split. It must never expand a rule: occurrences does.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/icalendar/recurrence_text.hpp"
#include "src/host/crm/event_view.hpp"

namespace host {

using gcal::icalendar::RecurrenceLine;
using gcal::icalendar::RuleParts;

// The times of an RDATE or EXDATE line, as the starts of occurrences of a series that begins at
// `start`. A date in a series of times is the occurrence of that day; of a time in a series of days
// only its day counts; of a PERIOD only its start, since all occurrences have the series' length.
// Errors: invalid (a value that is no date or time, an unknown TZID).
Result<std::vector<EventTime>> dates_of(const RecurrenceLine& line, const EventTime& start);

// An RDATE or EXDATE line with these times, in UTC or with VALUE=DATE.
RecurrenceLine line_of_dates(std::string name, const std::vector<EventTime>& dates);

// "20250324", or in UTC "20250324T073000Z".
std::string basic_text(const EventTime& time);

// A value of UNTIL as the last start that still belongs to the series, on the wall clock of its
// zone. Error: invalid for a value that is no date or time.
Result<std::chrono::local_seconds> until_of(std::string_view value, const EventTime& start);

}  // namespace host
