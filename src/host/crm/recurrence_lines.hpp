// RRULE, RDATE and EXDATE lines taken apart and put together (RFC 5545 section 3.8.5). Used by
// occurrences and edit. It must never expand a rule: that is libical's work, in occurrences.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/host/crm/event_view.hpp"

namespace host {

struct RecurrenceLine {
  std::string name;        // "RRULE" | "EXRULE" | "RDATE" | "EXDATE", upper case
  std::string parameters;  // between the name and the colon, without the first ';'
  std::string value;

  bool is_rule() const { return name == "RRULE" || name == "EXRULE"; }
  std::string text() const;
};
Result<RecurrenceLine> line_of(std::string_view text);

// The parts of a rule in order: FREQ=WEEKLY;BYDAY=MO -> {FREQ, WEEKLY}, {BYDAY, MO}. Names in upper
// case.
using RuleParts = std::vector<std::pair<std::string, std::string>>;
RuleParts parts_of(std::string_view rule);
std::string rule_of(const RuleParts& parts);
const std::string* part(const RuleParts& parts, std::string_view name);
void set_part(RuleParts& parts, std::string_view name, std::string value);
void erase_part(RuleParts& parts, std::string_view name);

// The times of an RDATE or EXDATE line, as the starts of occurrences of a series that begins at
// `start`. Invalid values are errors.
Result<std::vector<EventTime>> dates_of(const RecurrenceLine& line, const EventTime& start);
RecurrenceLine line_of_dates(std::string name,
                             const std::vector<EventTime>& dates);  // in UTC, or VALUE=DATE

// "20250324" or "20250324T073000Z"
std::string basic_text(const EventTime& time);
// A value of UNTIL as the last instant that still belongs to the series, in wall-clock time of the
// series' zone.
Result<std::chrono::local_seconds> until_of(std::string_view value, const EventTime& start);

}  // namespace host
