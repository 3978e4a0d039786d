/* "crm.accounts/0": the connected accounts of this plugin. A settings flow creates them (its step `finish`); a person removes them.
 * An account belongs to one CRM user. Documents: schema/account.json. */
#ifndef CRM_SERVICES_ACCOUNTS_H
#define CRM_SERVICES_ACCOUNTS_H

#include "host_api/crm_plugin.h"

#define CRM_ACCOUNTS "crm.accounts/0"

typedef struct {
  /* [any] May block. JSON array of {id, user, unique_id, title, state: "active"|"paused"|"disconnected", config}. */
  crm_status (*list)(const crm_host*, crm_sink accounts, crm_error*) CRM_NOEXCEPT;
  crm_status (*get)(const crm_host*, crm_str id, crm_sink account, crm_error*) CRM_NOEXCEPT; /* [any] one of them */
  /* [any] Replaces config, a JSON object that only the plugin reads. NOT_FOUND when there is no such account. */
  crm_status (*put_config)(const crm_host*, crm_str id, crm_str config, crm_error*) CRM_NOEXCEPT;
  /* [any] active | paused | disconnected. A disconnected account leaves the screen and keeps its id for the same unique_id. */
  crm_status (*set_state)(const crm_host*, crm_str id, crm_str state, crm_error*) CRM_NOEXCEPT;
  /* [any] What the screen says about the account: JSON {state: "ok"|"working"|"waiting"|"needs_auth"|"attention"|"off", reason: text key,
     args: {...}, progress: {done, total} or absent, synced_at: time or 0, attention: [{key, args, action?}]}. */
  crm_status (*set_health)(const crm_host*, crm_str id, crm_str health, crm_error*) CRM_NOEXCEPT;
  /* [any] JSON {id, email, name, role: "admin"|"sales", locale, time_zone, default_calendar} of a CRM user. */
  crm_status (*user)(const crm_host*, crm_str user, crm_sink document, crm_error*) CRM_NOEXCEPT;
} crm_accounts_0;

#endif
