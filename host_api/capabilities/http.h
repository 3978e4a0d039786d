/* Requests to the routes that the plugin's manifest declares. The host mounts them below
 * /plugins/<plugin id>/.
 *
 * Documents: schema/http_request.json, schema/http_reply.json. */
#ifndef CRM_CAPABILITIES_HTTP_H
#define CRM_CAPABILITIES_HTTP_H

#include "host_api/crm_plugin.h"

#define CRM_HTTP "crm.http/0"

typedef struct crm_http_0 {
  /* Handles one request. The host has checked method, size and rate.
   *
   * request: schema/http_request.json; its path begins below the mount.
   * body: at most max_body of the route in the manifest.
   * The body of the reply is schema/http_reply.json.
   * [any, returns at once] */
  void (*handle)(crm_plugin*, crm_str request, crm_str body, crm_reply*) CRM_NOEXCEPT;
} crm_http_0;

#endif
