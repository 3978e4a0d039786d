// Moves a whole series on its wall clock: start, rule, dates and exceptions. Used by series_edit.
// Pure. It must never move a rule whose named days cannot follow: that is an error.
#pragma once

#include <chrono>
#include <string>

#include "src/host/crm/event_view.hpp"

namespace host {

// How a series moves: by `by` on the wall clock, into another zone, between days and times.
struct SeriesShift {
  std::chrono::seconds by{};
  bool from_all_day = false, to_all_day = false;
  std::string zone;                    // of the series afterwards; "" when to_all_day
  std::chrono::local_seconds start{};  // wall-clock start of the series before

  bool changes_kind() const { return from_all_day != to_all_day; }
  // Where the time `time` of the series moves to.
  Result<EventTime> moved(const EventTime& time) const;
  // By how many calendar days the start moves.
  std::int64_t whole_days() const;
};

// Moves the lines of `recurrence`: the days that a rule names, UNTIL, RDATE and EXDATE. `old_start`
// is the start of the series before. invalid: the named days of a rule cannot follow.
Result<> shift_recurrence(Json& event, const EventTime& old_start, const SeriesShift& shift);

// Moves the exceptions: their original starts, to the same wall-clock times in the zone after the
// shift, and their own times. One that is at the time of its series stays so. `old_start` is the
// start of the series before; the lengths are those of an occurrence, before and after.
Result<> shift_occurrences(Json& event, const EventTime& old_start, const SeriesShift& shift,
                           std::chrono::seconds old_length, std::chrono::seconds length);

// The time on the wall clock of its zone; of a day, its midnight.
Result<std::chrono::local_seconds> wall_of(const EventTime& time);

// How `original_start` is written: a day, or a time in UTC.
Json original_start_json(const EventTime& time);

}  // namespace host
