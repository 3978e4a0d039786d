/* "crm.options/0": what the administrator set for this plugin when he started the host: addresses and keys that are no business of a salesperson.
 * Options never change while the plugin is loaded. A secret among them is stored where the host keeps its own configuration. */
#ifndef CRM_SERVICES_OPTIONS_H
#define CRM_SERVICES_OPTIONS_H

#include "host_api/crm_plugin.h"

#define CRM_OPTIONS "crm.options/0"

typedef struct {
  /* [any] The value of an option as text. NOT_FOUND when it was not set. Every host sets "public_url", the address at which browsers and web
     hooks reach it, without a trailing slash; the others belong to the plugin and are named in its manual. */
  crm_status (*get)(const crm_host*, crm_str key, crm_sink value, crm_error*) CRM_NOEXCEPT;
} crm_options_0;

#endif
