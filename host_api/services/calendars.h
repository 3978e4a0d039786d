/* "crm.calendars/0": the CRM's calendars. A plugin creates one for each remote calendar that a person made visible; every user has one of
 * his own besides ("the CRM calendar"), which belongs to no account. Documents: schema/calendar.json. */
#ifndef CRM_SERVICES_CALENDARS_H
#define CRM_SERVICES_CALENDARS_H

#include "host_api/crm_plugin.h"

#define CRM_CALENDARS "crm.calendars/0"

typedef struct {
  /* [any] May block. JSON array of {id, user, account, remote_id, name, color, role, mode, state, is_default}. account "": all of the plugin's. */
  crm_status (*list)(const crm_host*, crm_str account, crm_sink calendars, crm_error*) CRM_NOEXCEPT;
  /* [any] Creates or updates, idempotent by (account, remote_id). calendar: JSON {account, remote_id, name, color: "#rrggbb",
     role: "owner"|"writer"|"reader"|"free_busy", mode: "two_way"|"view_only"}. Writes the id. view_only: the host offers no edit. */
  crm_status (*put)(const crm_host*, crm_str calendar, crm_sink id, crm_error*) CRM_NOEXCEPT;
  /* [any] "live"; "hidden": kept, not shown; "gone": the source vanished. The appointments of a gone calendar stay, become the
     user's own, are marked "source calendar gone" and can be edited; live again re-adopts them. */
  crm_status (*set_state)(const crm_host*, crm_str calendar, crm_str state, crm_error*) CRM_NOEXCEPT;
  /* [any] Where new appointments of this user go. calendar "": the CRM's own calendar. One default per user. */
  crm_status (*set_default)(const crm_host*, crm_str user, crm_str calendar, crm_error*) CRM_NOEXCEPT;
  /* [any] The id of the user's own CRM calendar. */
  crm_status (*own)(const crm_host*, crm_str user, crm_sink id, crm_error*) CRM_NOEXCEPT;
} crm_calendars_0;

#endif
