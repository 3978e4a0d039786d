/* The plugin's part of the settings screen, as a step machine without state of its own: the next
 * step is a function of the current step, the memo and the input.
 *
 * The host draws the steps, validates the input against their schema, stores the memo between steps
 * and completes steps that lead to another site.
 *
 * Documents: schema/flow_request.json, schema/flow_step.json. */
#ifndef CRM_CAPABILITIES_SETTINGS_H
#define CRM_CAPABILITIES_SETTINGS_H

#include "host_api/crm_plugin.h"

#define CRM_SETTINGS "crm.settings/0"

typedef struct crm_settings_0 {
  /* Answers with the next step as schema/flow_step.json.
   *
   * request: schema/flow_request.json. Its step is empty at the beginning of a flow. Its account
   *   is, in a set-up, the id that the new account is going to have.
   * [any, returns at once] */
  void (*step)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;
} crm_settings_0;

#endif
