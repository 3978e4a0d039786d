/* "crm.http/0": requests to the routes that the plugin's manifest declares, mounted by the host below /plugins/<plugin id>/. */
#ifndef CRM_CAPABILITIES_HTTP_H
#define CRM_CAPABILITIES_HTTP_H

#include "host_api/crm_plugin.h"

#define CRM_HTTP "crm.http/0"

typedef struct {
  /* [any] Returns at once. request: JSON {method, path below the mount, query, headers: {lower-case name: value}}; body: at most the manifest's
     max_body. Reply body: JSON {status, headers: {}, body}. The host has checked method, size and rate. */
  void (*handle)(crm_plugin*, crm_str request, crm_str body, crm_reply*) CRM_NOEXCEPT;
} crm_http_0;

#endif
