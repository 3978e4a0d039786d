/* What a plugin may want to know of the host that runs it, and the addresses at which others reach
 * the plugin.
 *
 * Documents: schema/host_info.json. */
#ifndef CRM_SERVICES_HOST_INFO_H
#define CRM_SERVICES_HOST_INFO_H

#include "host_api/crm_plugin.h"

#define CRM_HOST_INFO "crm.host_info/0"

typedef struct crm_host_info_0 {
  /* Writes name and version of the host, the tenant, the kinds of its records and its limits, as
   * schema/host_info.json. It does not change while the plugin lives. For logs and support: what a
   * host offers is said by service(), never by its name.
   * [any] */
  crm_status (*info)(const crm_host*, crm_sink info, crm_error*) CRM_NOEXCEPT;

  /* Writes the address at which browsers and other servers reach a route of this plugin.
   *
   * route: a path of the manifest's routes, or "callback", where an external step of a settings
   *   flow ends.
   * Errors: NOT_FOUND if the manifest has no such route; UNAVAILABLE if the host does not know
   *   its public address.
   * [any] */
  crm_status (*url_of)(const crm_host*, crm_str route, crm_sink url, crm_error*) CRM_NOEXCEPT;
} crm_host_info_0;

#endif
