/* Notifications that something changed in the CRM. The host calls them after the commit, from its
 * dispatcher, never on the thread that saves a user's change.
 *
 * A notification may be lost or repeated. What changed is in the feeds, crm.events/0 and
 * crm.contacts/0. */
#ifndef CRM_CAPABILITIES_HOOKS_H
#define CRM_CAPABILITIES_HOOKS_H

#include "host_api/crm_plugin.h"

#define CRM_HOOKS "crm.hooks/0"

typedef struct crm_hooks_0 {
  /* An event in a calendar was created, changed, moved or deleted.
   * [any, returns at once] */
  void (*event_changed)(crm_plugin*, crm_str calendar, crm_str event) CRM_NOEXCEPT;

  /* An account was created, paused, resumed or removed, or the user made one of its calendars the
   * default calendar or no longer the default.
   * [any, returns at once] */
  void (*account_changed)(crm_plugin*, crm_str account) CRM_NOEXCEPT;

  /* The addresses of a record changed. kind: "lead" or "contact".
   * [any, returns at once] */
  void (*record_changed)(crm_plugin*, crm_str kind, crm_str record) CRM_NOEXCEPT;
} crm_hooks_0;

#endif
