/* "crm.settings/0": the plugin's part of the settings screen, as a stateless step machine: step = f(step, memo, input).
 * The host draws the steps, validates input against their schema, keeps the memo and ends external steps. Documents: schema/flow_step.json. */
#ifndef CRM_CAPABILITIES_SETTINGS_H
#define CRM_CAPABILITIES_SETTINGS_H

#include "host_api/crm_plugin.h"

#define CRM_SETTINGS "crm.settings/0"

typedef struct {
  /* [any] Returns at once; the reply's body is one step. request: JSON {flow, kind: "setup"|"options"|"reauth"|"discard", user, account,
     step: "" at the beginning, memo, input, locale, callback_url}. account: of a setup, the id that the new account will get. */
  void (*step)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;
} crm_settings_0;

#endif
