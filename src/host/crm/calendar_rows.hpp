// How a calendar is read inside a transaction. Used by Calendars and Events.
// It must never authorise: the caller compares user and plugin.
#pragma once

#include "src/host/crm/calendars.hpp"

namespace host {

using gcal::base::Json;

inline constexpr std::string_view kCalendarColumns =
    "SELECT k.id, k.user, k.plugin, k.account, k.remote_id, coalesce(a.title, ''), k.name, "
    "k.color, k.role, k.mode, k.state, k.visible, u.default_calendar "
    "FROM calendars k JOIN users u ON u.id=k.user LEFT JOIN accounts a ON a.id=k.account ";

Calendar calendar_of(const Row& row);
Result<Calendar> one_calendar(Connection& c, std::string_view id);    // not_found
Result<Calendar> own_calendar(Connection& c, std::string_view user);  // not_found

}  // namespace host
