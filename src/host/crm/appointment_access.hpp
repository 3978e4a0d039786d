// Which users may see and change an appointment: by calendar, organiser and kind of appointment.
// Used by editor and queries; what plugins may is decided by hosting::CalendarAccess. It must never
// change anything.
#pragma once

#include <string>
#include <string_view>

#include "src/host/crm/calendars.hpp"
#include "src/host/crm/event_view.hpp"

namespace host {

// What a viewer may do with an appointment.
struct Permission {
  bool editable = false;
  bool answerable = false;  // it is an invitation that the viewer may accept or decline here
  // Why it is not editable, as a text key; "" when it is: "event.read_only.calendar",
  // ".not_organizer", ".type", ".locked", ".other_user".
  std::string reason;
};

// How much of an appointment a viewer sees.
enum class Sight { full, busy };

// All of their own. Of a colleague's only the times, unless the calendar is shared or the
// appointment is on a lead or contact, which all users of this CRM see; of a private one always
// only the times. `fields`: of the occurrence.
Sight sight_of(std::string_view viewer, const Calendar& calendar, bool on_record,
               const EventView& view, const EventFields& fields);

// Is the calendar's id known to the viewer? Ids of others are not given out.
bool may_know_calendar(std::string_view viewer, const Calendar& calendar);

Permission permission_of(std::string_view viewer, const Calendar& calendar, const EventView& view);

}  // namespace host
