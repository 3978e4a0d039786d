#include "src/host/crm/appointment_access.hpp"

#include "src/host/crm/own_answer.hpp"

namespace host {

Sight sight_of(std::string_view viewer, const Calendar& calendar, bool on_record,
               const EventView& view, const EventFields& fields) {
  if (calendar.user == viewer) return Sight::full;
  if (view.master.is_private() || fields.is_private()) return Sight::busy;
  return on_record || calendar.sharing == "details" ? Sight::full : Sight::busy;
}

bool may_know_calendar(std::string_view viewer, const Calendar& calendar) {
  return calendar.user == viewer || calendar.sharing == "details";
}

namespace {

// The user's own copy of another organiser's meeting. An answer changes nothing that a role, a lock
// or the organiser's choice protects.
bool may_answer(std::string_view viewer, const Calendar& calendar, const EventView& view) {
  return calendar.user == viewer && !calendar.own && calendar.state == "live" &&
         calendar.writable() && !view.organized_by_self && is_invited(view);
}

Permission permission_to_edit(std::string_view viewer, const Calendar& calendar,
                              const EventView& view) {
  if (calendar.user != viewer) return {false, false, "event.read_only.other_user"};
  if (calendar.own || calendar.state == "gone") return {true, false, ""};
  if (!calendar.writable()) return {false, false, "event.read_only.calendar"};
  if (view.type != "default" && view.type != "focus_time" && view.type != "out_of_office")
    return {false, false, "event.read_only.type"};
  if (view.locked) return {false, false, "event.read_only.locked"};
  if (!view.organized_by_self && !view.guests_can_modify)
    return {false, false, "event.read_only.not_organizer"};
  return {true, false, ""};
}

}  // namespace

Permission permission_of(std::string_view viewer, const Calendar& calendar, const EventView& view) {
  Permission permission = permission_to_edit(viewer, calendar, view);
  permission.answerable = may_answer(viewer, calendar, view);
  return permission;
}

}  // namespace host
