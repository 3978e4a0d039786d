/* The work that crm.tasks/0 schedules. A key never runs twice at the same time. */
#ifndef CRM_CAPABILITIES_RUN_H
#define CRM_CAPABILITIES_RUN_H

#include "host_api/crm_plugin.h"

#define CRM_RUN "crm.run/0"

typedef struct crm_run_0 {
  /* Runs a key. The reply ends the run.
   *
   * payload: the newest payload that was scheduled.
   * fence: grows with each run of the key. Pass it to crm.sql/0 and crm.events/0, so that an old
   *   run that was paused cannot write any more.
   * Reply: CRM_OK ends the entry. After UNAVAILABLE and TIMEOUT the host runs the key again: after
   *   retry_after_ms of schema/error.json, or else after 1 s, doubling with each failure to 5 min,
   *   without an end. CANCELLED counts as UNAVAILABLE. Any other status ends the entry and is
   *   logged. A run that has not been answered within an hour is over, as after TIMEOUT, and its
   *   fence is stale as soon as the key runs again. quiesce ends the runs that are under way.
   * [any, returns at once] */
  void (*run)(crm_plugin*, crm_str key, crm_str payload, int64_t fence, crm_reply*) CRM_NOEXCEPT;
} crm_run_0;

#endif
