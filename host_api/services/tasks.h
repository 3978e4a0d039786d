/* "crm.tasks/0": durable timers. They survive a restart and a reload; the host calls the capability crm.run/0 when one is due. */
#ifndef CRM_SERVICES_TASKS_H
#define CRM_SERVICES_TASKS_H

#include "host_api/crm_plugin.h"

#define CRM_TASKS "crm.tasks/0"

typedef struct {
  /* [any] May block. One entry per key: an earlier `at` wins, a later one is ignored while an earlier one waits. While the key runs, the
     entry waits for the end of the run. at 0 = now: due at once, within milliseconds. payload: at most 4 KiB, the newest wins. */
  crm_status (*schedule)(const crm_host*, crm_str key, int64_t at, crm_str payload, crm_error*) CRM_NOEXCEPT;
  crm_status (*cancel)(const crm_host*, crm_str key, crm_error*) CRM_NOEXCEPT; /* [any] a run under way goes on */
} crm_tasks_0;

#endif
