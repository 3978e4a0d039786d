// Expansion of a series: RRULE, RDATE, EXDATE and EXRULE lines into starts, in the event's own
// zone, with libical doing the rules. Used by the lists, by instance ids and by the event rules. It
// must never run without a bound: hostile rules come in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/model/moment.hpp"

namespace emulator {

inline constexpr std::int64_t kEndless = INT64_MAX / 4;

// Lines in Google's form. Errors: invalid "Invalid recurrence rule." and the like.
Outcome<> check_recurrence(const std::vector<std::string>& lines, const Moment& start);

// Original starts in order, those with `from <= start < until`, at most `limit`. An unreadable line
// adds nothing. The series' own start is one of them, even when its rule does not name it, unless
// EXDATE or EXRULE takes it away.
std::vector<Moment> expand(const std::vector<std::string>& lines, const Moment& start,
                           const std::string& calendar_zone, Seconds from, Seconds until,
                           std::size_t limit);

// How many starts an RRULE line itself names before `until`: what has used up its COUNT.
std::size_t named_before(const std::string& rule, const Moment& start,
                         const std::string& calendar_zone, Seconds until);

// Seconds since 1970 after which no instance starts; kEndless for a rule without an end.
std::int64_t last_start(const std::vector<std::string>& lines, const Moment& start,
                        const std::string& calendar_zone);

}  // namespace emulator
