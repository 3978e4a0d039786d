// Google's EventDateTime: a date or an instant with a zone, read strictly and written in the zone
// of the answer. Used by the event rules, the expansion and the lists. It must never guess a zone:
// an unknown name is refused.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "src/common/base/json.hpp"
#include "src/emulator/model/problem.hpp"

namespace emulator {

using gcal::base::Json;
using Seconds = std::chrono::sys_seconds;

struct Moment {
  bool all_day = false;
  Seconds at{};      // for a date: its midnight in the calendar's zone
  std::string date;  // all-day only, "2025-03-24"
  std::string zone;  // timed only; "" when the writer named none
};

bool known_zone(std::string_view name);  // IANA names only

// `which` is "start" or "end" and appears in Google's message. Errors: required, invalid.
Outcome<Moment> read_moment(const Json& value, std::string_view which,
                            const std::string& calendar_zone);
Json write_moment(const Moment& moment, const std::string& answer_zone,
                  const std::string& calendar_zone);

// "20250326T123000Z" or "20250326": the suffix that names one instance of a series.
std::string instance_suffix(const Moment& original);

std::string timestamp(std::int64_t milliseconds);      // "2025-03-23T12:18:43.196Z"
std::string date_text(std::int64_t days_since_epoch);  // "2025-03-23"
Seconds midnight(const std::string& date, const std::string& zone);
std::int64_t days_of(const std::string& date);  // of a valid "2025-03-23"

}  // namespace emulator
