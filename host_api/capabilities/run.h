/* "crm.run/0": the work behind crm.tasks/0. One key runs at one place at a time. */
#ifndef CRM_CAPABILITIES_RUN_H
#define CRM_CAPABILITIES_RUN_H

#include "host_api/crm_plugin.h"

#define CRM_RUN "crm.run/0"

typedef struct {
  /* [any] Returns at once; the reply ends the run. CRM_OK: done. UNAVAILABLE or TIMEOUT: the host runs it again later. fence: grows with each
     run of the key; pass it to crm.sql/0 and crm.events/0, so that a paused old run cannot write any more. */
  void (*run)(crm_plugin*, crm_str key, crm_str payload, int64_t fence, crm_reply*) CRM_NOEXCEPT;
} crm_run_0;

#endif
