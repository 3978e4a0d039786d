/* The plugin's part of the settings screen, as a step machine without state of its own: the next
 * step is a function of the current step, the memo and the input.
 *
 * The host draws the steps, validates the input against their schema, stores the memo between steps
 * and completes steps that lead to another site.
 *
 * The account of a set-up exists when the host has stored what `finish` answered, which is after
 * the reply: a plugin starts its work when account_changed of crm.hooks/0 names the account, or
 * when it finds it in the list at its start, and never in the step itself. The host may end a flow
 * by itself, as when the account is connected already or the flow was left alone for 7 days; what a
 * plugin made for it goes with the request of kind `discard`. A memo has at most 4 MiB.
 *
 * `finish` may name the calendar that becomes the user's default with the account. Without it, what
 * the user makes before the plugin's first task is in the calendar that was the default before.
 *
 * An administrator can remove an account in the host; a plugin may offer it to users in its options
 * flow.
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
