// Original starts that are of the other kind than the series' start: a series that was changed
// between times and whole days may still have exceptions of before. Used where a side's series is
// put together. Pure.
#pragma once

#include "src/engine/calendar/event.hpp"

namespace gcal::calendar {

// The original start in the kind of the series that begins at `start`: of a time its day (`day`,
// where it was), of a day the time of that day at which the series begins.
OriginalStart in_kind_of(const EventTime& start, const OriginalStart& original, Date day);

// All exceptions of the series by original starts of its kind. One that is of its kind already
// stays where two meet. The day of a time is that in UTC.
void align_original_starts(Series& series);

}  // namespace gcal::calendar
