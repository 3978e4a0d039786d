/* Notifications that something changed in the CRM. The host calls them after the commit, from its
 * dispatcher, never on the thread that saves a user's change.
 *
 * A notification may be lost or repeated. What changed is in the feeds, crm.events/0 and
 * crm.contacts/0, and in the list of crm.accounts/0. The plugin's own writes are not reported. They
 * come one after the other; one that waits too long may be dropped for those that follow it.
 *
 * Users and options have no hook: a removed user comes through crm.privacy/0, options change with
 * the plugin's next load. */
#ifndef CRM_CAPABILITIES_HOOKS_H
#define CRM_CAPABILITIES_HOOKS_H

#include "host_api/crm_plugin.h"

#define CRM_HOOKS "crm.hooks/0"

typedef struct crm_hooks_0 {
  /* An event in a calendar was created, changed, moved or deleted: in a calendar of the plugin's
   * accounts, or in the own CRM calendar of a user who has an account of the plugin.
   * [any, returns at once] */
  void (*event_changed)(crm_plugin*, crm_str calendar, crm_str event) CRM_NOEXCEPT;

  /* An account was created, paused, resumed or removed, by whomever, or the user made one of its
   * calendars the default calendar or no longer the default.
   * [any, returns at once] */
  void (*account_changed)(crm_plugin*, crm_str account) CRM_NOEXCEPT;

  /* The addresses of a record changed.
   *
   * kind: open; "lead", "contact" or another kind of schema/host_info.json.
   * [any, returns at once] */
  void (*record_changed)(crm_plugin*, crm_str kind, crm_str record) CRM_NOEXCEPT;
} crm_hooks_0;

#endif
