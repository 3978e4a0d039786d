// What libical 3.0 gets wrong about a recurrence rule, put right before it iterates. Used by
// RuleStarts alone. It must never iterate: each answer takes microseconds, whatever the rule.
#pragma once

struct icalrecurrencetype;
struct icaltimetype;

namespace gcal::expansion {

// The start to iterate from. libical leaves out the first week of FREQ=WEEKLY;INTERVAL=2;BYDAY=SU
// when `start` is no Sunday; from the first day that the rule names it counts right. Any other rule
// keeps its start. [any thread]
icaltimetype first_named_day(icaltimetype start, const icalrecurrencetype& rule);

// False for a rule that can never name a day, such as 31 February, for which libical looks for
// seconds until it gives up (RFC 5545 section 3.3.10: invalid dates are skipped). Months of every
// length that begin on every weekday are tried; rules by year day or week number count as possible.
// [any thread]
bool can_match(const icalrecurrencetype& rule, const icaltimetype& start);

}  // namespace gcal::expansion
