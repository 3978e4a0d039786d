// Expansion of a series: RRULE, RDATE, EXDATE and EXRULE lines into starts, in the event's own
// zone; libical evaluates the rules. Used by the lists, by instance ids and by the event rules.
// Every expansion is bounded, because the rules come from clients.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/model/event_time.hpp"

namespace emulator {

inline constexpr std::int64_t kEndless = INT64_MAX / 4;

// What is guessed of Google's expansion (behaviour.hpp).
struct ExpansionRules {
  bool exdate_of_other_kind = false;  // an EXDATE of the other kind excludes
  bool exdate_leaves_start = false;   // a start that no line generates cannot be excluded
  bool gap_skips = false;  // a start that a clock change leaves out does not occur; COUNT counts it
};

// Lines as in a request body. Errors: invalid. `same_kind`: UNTIL has to be of the kind of the
// start, a date or a time in UTC.
Outcome<> check_recurrence(const std::vector<std::string>& lines, const EventTime& start,
                           bool same_kind = false);

// The original starts with `from <= start < until` in order, at most `limit`. A line that cannot be
// read adds nothing. The series' own start is included even when its rule does not generate it,
// unless EXDATE or EXRULE excludes it.
std::vector<EventTime> expand(const std::vector<std::string>& lines, const EventTime& start,
                              const std::string& calendar_zone, SysSeconds from, SysSeconds until,
                              std::size_t limit, const ExpansionRules& rules = {});

// How many starts the RRULE line generates before `until`, that is, counts towards its COUNT.
std::size_t count_starts_before(const std::string& rule, const EventTime& start,
                                const std::string& calendar_zone, SysSeconds until);

// Seconds since 1970 before which no instance starts: an RDATE may lie before the series' own
// start.
std::int64_t first_start(const std::vector<std::string>& lines, const EventTime& start,
                         const std::string& calendar_zone);

// Seconds since 1970 at which the last instance ends; kEndless for a series without an end.
std::int64_t last_end(const std::vector<std::string>& lines, const EventTime& start,
                      const EventTime& end, const std::string& calendar_zone);

// SysSeconds since 1970 after which no instance starts; kEndless for a rule without an end.
std::int64_t last_start(const std::vector<std::string>& lines, const EventTime& start,
                        const std::string& calendar_zone);

}  // namespace emulator
