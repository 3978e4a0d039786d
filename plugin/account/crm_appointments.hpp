// Reads the appointments of a calendar of the CRM, page by page. Runs on the loop thread.
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

}  // namespace gcal::plugin
