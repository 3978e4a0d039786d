/* What the administrator set for this plugin at the start of the host: addresses and keys that do
 * not belong on a salesperson's screen.
 *
 * Options do not change while the plugin is loaded. The host keeps them where it keeps its own
 * configuration, and so also a secret among them. */
#ifndef CRM_SERVICES_OPTIONS_H
#define CRM_SERVICES_OPTIONS_H

#include "host_api/crm_plugin.h"

#define CRM_OPTIONS "crm.options/0"

typedef struct crm_options_0 {
  /* Writes the value of an option as text.
   *
   * Every host sets "public_url": the address at which browsers and web hooks reach it, without a
   * slash at the end. All other keys belong to the plugin and are described in its manual.
   * Errors: NOT_FOUND if the option was not set.
   * [any] */
  crm_status (*get)(const crm_host*, crm_str key, crm_sink value, crm_error*) CRM_NOEXCEPT;
} crm_options_0;

#endif
