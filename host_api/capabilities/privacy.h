/* What the host asks every plugin that keeps data of users.
 *
 * Documents: schema/forget_request.json. */
#ifndef CRM_CAPABILITIES_PRIVACY_H
#define CRM_CAPABILITIES_PRIVACY_H

#include "host_api/crm_plugin.h"

#define CRM_PRIVACY "crm.privacy/0"

typedef struct crm_privacy_0 {
  /* Gives back at the other side and erases all that the plugin keeps of a user who was removed
   * from the CRM: secrets, rows, state. The accounts are disconnected. Success if nothing is kept.
   *
   * request: schema/forget_request.json.
   * Reply: CRM_OK when nothing is left; the host then forgets the accounts. After UNAVAILABLE and
   *   TIMEOUT the host asks again, as for run of crm.run/0, also after a restart; so this is asked
   *   at least once, and until it succeeds.
   * [any, returns at once] */
  void (*forget)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;
} crm_privacy_0;

#endif
