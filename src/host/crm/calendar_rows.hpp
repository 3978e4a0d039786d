// Reads calendars inside the caller's transaction. Used by Calendars and the classes of
// appointments. It must never authorise: the caller compares user and plugin.
#pragma once

#include "src/host/crm/calendars.hpp"

namespace host {

using gcal::base::Json;

// The beginning of a SELECT whose rows calendar_of reads; a condition on `cal` follows.
inline constexpr std::string_view kCalendarColumns =
    "SELECT cal.id, cal.user, cal.plugin, cal.account, cal.remote_id, coalesce(a.title, ''), "
    "cal.name, "
    "cal.color, cal.role, cal.mode, cal.state, cal.visible, u.default_calendar, cal.sharing, "
    "u.name "
    "FROM calendars cal JOIN users u ON u.id=cal.user LEFT JOIN accounts a ON a.id=cal.account ";

Calendar calendar_of(const Row& row);
// not_found: there is no calendar with this id.
Result<Calendar> one_calendar(Connection& c, std::string_view id);
// The calendar that the user has without any plugin. not_found: there is no such user.
Result<Calendar> own_calendar(Connection& c, std::string_view user);

Error no_calendar();  // not_found

}  // namespace host
