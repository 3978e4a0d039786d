// RRULE, EXRULE, RDATE and EXDATE lines as text (RFC 5545 sections 3.3.10 and 3.8.5): taken apart,
// checked and put together. Used where lines come in, are edited or are expanded. It must never
// expand a rule: RuleStarts does.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/common/base/result.hpp"

namespace gcal::icalendar {

// One line: NAME;PARAMETERS:VALUE.
struct RecurrenceLine {
  std::string name;        // "RRULE" | "EXRULE" | "RDATE" | "EXDATE", upper case
  std::string parameters;  // between the name and the colon, without the first ';'
  std::string value;

  bool is_rule() const { return name == "RRULE" || name == "EXRULE"; }
  // The value of the last TZID parameter as written, quotes included; nothing without one.
  std::optional<std::string_view> zone() const;
  // The IANA zone of the line's local times: what its TZID means, or the zone of the series where
  // it has none or one without a known meaning.
  std::string zone_or(std::string_view zone_of_series) const;
  // The line again.
  std::string text() const;
};

// Takes a line apart and does not look into its value. Errors: invalid (a control character, no
// colon, another property).
Result<RecurrenceLine> parse_line(std::string_view text);

// Refuses what could break out of its line or could never be a rule. Errors: invalid (control
// characters, other properties, a rule without value, unknown or repeated parts of a rule, no
// frequency, COUNT with UNTIL, a calendar of RFC 7529 other than the Gregorian, over 1 MiB).
// Values of RDATE and EXDATE are not looked at.
Result<> check_line(std::string_view line);

// The parts of a rule in their order, in upper case: FREQ=WEEKLY;BYDAY=MO is {FREQ, WEEKLY},
// {BYDAY, MO}.
using RuleParts = std::vector<std::pair<std::string, std::string>>;

// Empty parts, as a trailing semicolon leaves them, and spaces are skipped; a part without '=' has
// no value.
RuleParts parse_rule(std::string_view value);
// The parts that have a meaning. A part that RFC 5545 section 3.3.10 forbids beside the frequency,
// or in a series of days, has none; nor have parts of vendors (X-), RSCALE=GREGORIAN, and a SKIP
// that leaves dates out (RFC 7529 section 4.1). Google ignores the forbidden parts too.
RuleParts effective_parts(RuleParts parts, bool all_day);
std::string format_rule(const RuleParts& parts);
// What check_line refuses about a rule.
Result<> check_rule(const RuleParts& parts);

// The value of a part; nullptr where the rule has no such part.
const std::string* find_part(const RuleParts& parts, std::string_view name);
const std::string* find_part(RuleParts&& parts, std::string_view name) = delete;  // would dangle
// Replaces the value of a part, or appends the part.
void set_part(RuleParts& parts, std::string_view name, std::string value);
void erase_part(RuleParts& parts, std::string_view name);

// Is each number of the rule within the bounds of RFC 5545 section 3.3.10, and each ordinal of
// BYDAY one that a month (5) or a year (53) can have, in FREQ=MONTHLY and FREQ=YEARLY only?
// INTERVAL ends at 9,999 and COUNT at 99,999: libical runs for minutes on what lies beyond.
bool numbers_in_bounds(const RuleParts& parts);

// A value of RDATE, EXDATE or UNTIL (RFC 5545 sections 3.3.4 and 3.3.5).
struct DateOrTime {
  bool is_date = false;             // "20250324"
  bool is_utc = false;              // "20250324T073000Z"
  std::chrono::local_seconds wall;  // midnight of a date
};

// A second of 60, which is a leap second, is read as 59 (RFC 5545 section 3.3.12). Of a PERIOD
// (section 3.3.9) only the start is read. Error: invalid for another notation or a day or time that
// does not exist.
Result<DateOrTime> parse_date_or_time(std::string_view text);

// "20250324" from "2025-03-24", "20250324T073000Z" from "2025-03-24T07:30:00Z": RFC 3339's notation
// without hyphens and colons, which is that of RFC 5545 for dates and UTC.
std::string basic_format(std::string rfc3339);

}  // namespace gcal::icalendar
