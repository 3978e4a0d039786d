/* What the administrator set for this plugin at the start of the host: addresses and keys that do
 * not belong on a salesperson's screen.
 *
 * The manifest declares the options of a plugin with their types (schema/manifest.json): the host
 * refuses a value of another type before it runs the plugin, and answers the default of an option
 * that was not set. Options do not change while the plugin is loaded; to change one, the host loads
 * the plugin again. What an administrator changes at run time belongs into a settings flow and
 * crm.secrets/0. The host keeps them where it keeps its own
 * configuration, and so also a secret among them. */
#ifndef CRM_SERVICES_OPTIONS_H
#define CRM_SERVICES_OPTIONS_H

#include "host_api/crm_plugin.h"

#define CRM_OPTIONS "crm.options/0"

typedef struct crm_options_0 {
  /* Writes the value of an option as text.
   *
   * Every host sets "public_url": the address at which browsers and web hooks reach it, without a
   * slash at the end; crm.host_info/0 has the addresses of the plugin's own routes. All other keys
   * belong to the plugin.
   * Errors: NOT_FOUND if the option was not set.
   * [any] */
  crm_status (*get)(const crm_host*, crm_str key, crm_sink value, crm_error*) CRM_NOEXCEPT;
} crm_options_0;

#endif
