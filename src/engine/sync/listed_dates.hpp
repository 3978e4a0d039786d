// Exceptions outside the rule of their series (decision 0035). The remote service may leave them
// behind when a rule changes, and the CRM then holds them too. They can be shown, but not written:
// an occurrence can only be written at a date that its series has. Such a date is listed as an
// RDATE (RFC 5545 section 3.8.5.2). Pure.
#pragma once

#include <map>

#include "src/engine/calendar/event.hpp"

namespace gcal::sync {

// `series` with an RDATE for each exception that it shows at a date which it does not have. Dates
// that an EXDATE excludes, and rules that are not understood, stay as they are.
calendar::Series with_listed_dates(calendar::Series series);

// An exception may stay at a day when its series becomes one of times, and the reverse. There it is
// shown, but a series has no date of the other kind (RFC 5545 section 3.8.5.2). Returns these
// exceptions, each with the date of the series on that day.
std::map<calendar::OriginalStart, calendar::OriginalStart> dates_of_other_kind(
    const calendar::Series& series);

// `series` as it is created at the remote side: with its dates listed, and the exceptions at dates
// of the other kind put at its own, at its time. What differs then is news for the CRM.
calendar::Series as_created(calendar::Series series);

// `wanted` as it is written where `held` is: the dates are listed if the rule is written anyway, or
// if an exception is wanted at such a date where `held` has none. Otherwise the rule is left alone.
// Dates that `held` lists already keep its notation. A date that `held` lists for an exception
// which is wanted no more is not listed any more, unless `in_crm`, which the CRM is to hold, has
// it.
calendar::Series as_written(const calendar::Series& held, calendar::Series wanted,
                            const calendar::Series& in_crm);

}  // namespace gcal::sync
