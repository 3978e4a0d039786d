// EventTime: Google's EventDateTime, a date or an instant with a zone. Used by the event rules, the
// expansion of series and the lists. Reading is strict: an unknown zone name is refused, never
// replaced by a guess.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "src/common/base/json.hpp"
#include "src/emulator/model/problem.hpp"

namespace emulator {

using gcal::base::Json;
using SysSeconds = std::chrono::sys_seconds;

struct EventTime {
  bool all_day = false;
  SysSeconds at{};   // for a date: its midnight in the calendar's zone
  std::string date;  // all-day only, "2025-03-24"
  std::string zone;  // timed only; "" when the writer named none

  bool operator==(const EventTime&) const = default;
};

bool known_zone(std::string_view name);  // IANA names only

// `which` is "start" or "end" and appears in Google's message. Errors: required, invalid.
Outcome<EventTime> parse_event_time(const Json& value, std::string_view which,
                                    const std::string& calendar_zone);
// {dateTime, timeZone} or {date}; the offset of dateTime is that of `answer_zone`.
Json event_time_json(const EventTime& time, const std::string& answer_zone,
                     const std::string& calendar_zone);
// The same with the offset of the event's own zone, as it is stored.
Json event_time_json(const EventTime& time, const std::string& calendar_zone);

// "20250326T123000Z" or "20250326": the suffix of an instance's id.
std::string instance_suffix(const EventTime& original);

std::string timestamp(std::int64_t milliseconds);      // "2025-03-23T12:18:43.196Z"
std::string date_text(std::int64_t days_since_epoch);  // "2025-03-23"
SysSeconds midnight(const std::string& date, const std::string& zone);
std::int64_t days_of(const std::string& date);  // since 1970, of a valid "2025-03-23"

}  // namespace emulator
