// Times and recurrence rules as this suite reads them: written from RFC 3339 and RFC 5545 for the
// few forms that the histories use, in Europe/Berlin. Shares nothing with the emulator, whose lists
// it judges. Pure functions.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace convergence {

using Seconds = std::int64_t;  // since 1970-01-01T00:00Z

inline constexpr Seconds kDay = 86'400;

// A point of time, or a day. The day's `at` is its midnight as if it were UTC.
struct Moment {
  bool all_day = false;
  Seconds at = 0;
};

Seconds day_of(int year, unsigned month, unsigned day);  // its midnight in UTC
Seconds to_utc(Seconds wall_clock);                      // of Berlin
Seconds to_wall_clock(Seconds utc);

// {"dateTime": ...} or {"date": ...}.
Moment moment_of(std::string_view event_time);
// RFC 3339, with "Z" or an offset.
Seconds parse_rfc3339(std::string_view text);
Seconds parse_basic(std::string_view text);  // 20260112, 20260112T090000Z
std::string date_text(Seconds at);           // 2026-01-12
std::string date_time_text(Seconds at);      // 2026-01-12T09:00:00, without a zone
std::string basic_text(const Moment& at);    // as UNTIL and the ids of instances have it

// The starts of a series: the lines of `recurrence`, from `start` on. `keeps_start`: EXDATE does
// not exclude a start that no line gives.
std::set<Seconds> expand(const std::vector<std::string>& lines, const Moment& start,
                         bool keeps_start);
// The rule's line without UNTIL and COUNT.
std::string without_end(const std::string& rule);

}  // namespace convergence
