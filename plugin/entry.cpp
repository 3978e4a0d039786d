// The exported symbol of libgoogle_calendar.so, and nothing else.
#include "plugin/wiring.hpp"

CRM_PLUGIN(gcal::plugin::GoogleCalendar, "com.example.google_calendar", "0.1.0")
