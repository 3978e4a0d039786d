// Defines crm_entry, the only exported symbol of libgoogle_calendar.so.
#include "plugin/wiring.hpp"

CRM_PLUGIN(gcal::plugin::GoogleCalendar, "com.example.google_calendar", "0.1.0")
