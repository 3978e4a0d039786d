/* Requests to the routes that the plugin's manifest declares, path by path and exactly. Where the
 * host mounts them is its own matter: url_of of crm.host_info/0 gives the address of a route, and
 * schema/http_request.json the mount and the whole address of a request.
 *
 * A request comes with all its headers but those that carry the session of the CRM (Cookie and
 * X-CSRF-Token); of one name, the values are joined with ", " in their order. Of the answer's
 * headers, Content-Type, Retry-After, Allow and Location are let through. The host sets all others,
 * such as Cache-Control: no-store and a policy that keeps an answer from acting as a page of the
 * CRM.
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
