/* The log of a plugin. Fields must not contain tokens, addresses, titles or other calendar content.
 * */
#ifndef CRM_SERVICES_LOG_H
#define CRM_SERVICES_LOG_H

#include "host_api/crm_plugin.h"

#define CRM_LOG "crm.log/0"

enum { CRM_LOG_DEBUG = 0, CRM_LOG_INFO = 1, CRM_LOG_WARNING = 2, CRM_LOG_ERROR = 3 };

typedef struct crm_log_0 {
  /* Writes one entry. Does not block and does not fail.
   *
   * event: a short name, for example "cycle.done".
   * fields: a flat JSON object, or empty.
   * [any] */
  void (*write)(const crm_host*, int32_t level, crm_str event, crm_str fields) CRM_NOEXCEPT;

  /* Returns 1 if the host keeps entries of this level, and 0 if it drops them: their fields need
   * not be made. It may change at any time.
   * [any] */
  int32_t (*enabled)(const crm_host*, int32_t level) CRM_NOEXCEPT;
} crm_log_0;

#endif
