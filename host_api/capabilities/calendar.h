/* "crm.calendar/0": what the accounts page asks a calendar provider. Requests are JSON {account, user}; user is who asks. */
#ifndef CRM_CAPABILITIES_CALENDAR_H
#define CRM_CAPABILITIES_CALENDAR_H

#include "host_api/crm_plugin.h"

#define CRM_CALENDAR "crm.calendar/0"

typedef struct {
  /* [any] JSON array of the remote calendars {remote_id, name, color, role, primary, visible}; asks the network. */
  void (*calendars)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;
  /* [any] JSON {calendars: [{calendar, synced_at, push_until, appointments, held}], held: [{event, key}], next_poll_at}; local data only. */
  void (*status)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;
  /* [any] Answers when a cycle that began after the request has ended: JSON {changed}. */
  void (*sync_now)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;
} crm_calendar_0;

#endif
