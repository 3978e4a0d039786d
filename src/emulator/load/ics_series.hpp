// The recurrence of a VEVENT as Google's lines: brought to the kind of its start, its dates in the
// series' zone, what cannot be read reported by line and left out. Used by load_ics. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "src/emulator/load/ics_event.hpp"
#include "src/emulator/load/ics_zones.hpp"
#include "src/emulator/model/recurrence.hpp"

namespace emulator {

struct IcsSeries {
  IcsZone zone;     // of the start
  EventTime start;  // as the model has it
  EventTime end;
  std::vector<std::string> lines;                        // empty: a single event
  std::vector<std::pair<EventTime, EventTime>> lengths;  // PERIODs whose length is their own
  std::set<SysSeconds> left_out;                         // what EXDATE names
};

// Nothing where the times contradict each other; that is reported.
std::optional<IcsSeries> read_series(const IcsEvent& event, IcsZones& zones,
                                     const std::string& calendar_zone,
                                     std::vector<std::string>& problems);

// Which instance of the series a time of another component means (RECURRENCE-ID): a date on a timed
// series the instance of that day, a time on a series of days its day.
EventTime slot_of(const IcsTime& written, const IcsSeries& series, IcsZones& zones,
                  const std::string& calendar_zone, std::size_t line,
                  std::vector<std::string>& problems);

// A time on its own, as the model has it.
EventTime single_time(const IcsTime& written, const IcsZone& zone,
                      const std::string& calendar_zone);

}  // namespace emulator
