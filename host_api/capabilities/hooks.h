/* "crm.hooks/0": hints that something changed. The host calls them after commit, from its dispatcher, never from the thread that serves a
 * person's save. A hint may be lost or doubled; the truth is in the feeds (crm.events/0, crm.contacts/0). All [any], all return at once. */
#ifndef CRM_CAPABILITIES_HOOKS_H
#define CRM_CAPABILITIES_HOOKS_H

#include "host_api/crm_plugin.h"

#define CRM_HOOKS "crm.hooks/0"

typedef struct {
  void (*event_changed)(crm_plugin*, crm_str calendar, crm_str event) CRM_NOEXCEPT;
  void (*account_changed)(crm_plugin*, crm_str account) CRM_NOEXCEPT;              /* created, paused, resumed, removed */
  void (*record_changed)(crm_plugin*, crm_str kind, crm_str record) CRM_NOEXCEPT; /* "lead" or "contact": match again */
} crm_hooks_0;

#endif
