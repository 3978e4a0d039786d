// Reads the appointments of a calendar of the CRM, page by page, and moves them between its
// calendars. Runs on the loop thread.
#pragma once

#include <functional>
#include <string>

#include "plugin/plugin_context.hpp"
#include "src/engine/calendar/event.hpp"

namespace gcal::plugin {

// Called with the stored document and its content.
using VisitAppointment =
    std::function<void(const base::Json& document, const calendar::Series& series)>;

// Visits every appointment of the calendar; one that cannot be read is left out. Errors: those of
// the host.
Task<> visit_appointments(PluginContext& context, std::string crm_calendar, VisitAppointment visit);

// The operation for HostCalls::apply that moves an appointment of this revision into a calendar. A
// repetition with the same op_id is answered as the first time. Pure.
base::Json move_operation(std::string op_id, const std::string& id, const std::string& revision,
                          const std::string& calendar);

}  // namespace gcal::plugin
