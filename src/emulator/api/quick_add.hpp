// The text of events.quickAdd. Google reads free text in ways that are not known; this reads the
// three forms that Google shows, with their parts in either order, and refuses everything else.
// Used by CalendarApi. Pure.
//
//     Appointment at Somewhere on June 3rd 10am-10:25am   (reference of events.quickAdd)
//     Tennis with John April 11 3pm-3:30pm                (guide of the Calendar Data API)
//     Dinner with Michael 7pm tomorrow                    (hint of Google's page)
#pragma once

#include <string>

#include "src/emulator/model/event_time.hpp"

namespace emulator {

// The body of the event: summary, location, start and end. `now` is needed for tomorrow and for a
// date without a year, which is the next such day; an event without an end lasts an hour. Errors:
// invalid.
Outcome<Json> read_quick_add(const std::string& text, SysSeconds now, const std::string& zone);

}  // namespace emulator
