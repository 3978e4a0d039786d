// What libical 3.0 gets wrong about a recurrence rule and what keeps it busy, found before it
// iterates. Used by RuleStarts alone. It must never iterate: each answer takes microseconds,
// whatever the rule.
#pragma once

#include <string>

struct icalrecurrencetype;
struct icaltimetype;

namespace gcal::icalendar {

// True for what libical 3.0 gets wrong: BYSETPOS in a week or a day (ignored), several BYSETPOS
// (a day that two of them name counts twice), weeks that begin on another day than Monday with an
// INTERVAL (counted from the wrong week), the last days of a month in FREQ=DAILY (ignored),
// BYWEEKNO (days around the turn of the year lost). DayWalk walks these. [any thread]
bool libical_errs(const icalrecurrencetype& rule);

// The start to iterate from. libical leaves out the first week of FREQ=WEEKLY;INTERVAL=2;BYDAY=SU
// when `start` is no Sunday; from the first day that the rule names it counts right. Any other rule
// keeps its start. [any thread]
icaltimetype first_named_day(icaltimetype start, const icalrecurrencetype& rule);

// False for a rule that can never name a day, such as 31 February, for which libical looks for
// seconds until it gives up (RFC 5545 section 3.3.10: invalid dates are skipped). Months of every
// length that begin on every weekday are tried; rules by year day or week number count as possible.
// [any thread]
bool can_match(const icalrecurrencetype& rule, const icaltimetype& start);

// Why the rule keeps libical busy for seconds inside one step, where no count of steps can stop it:
// rules within a day that BY parts thin out, and weekdays counted beyond any month or year. "" when
// the rule is fine. [any thread]
std::string runs_too_long(const icalrecurrencetype& rule);

}  // namespace gcal::icalendar
