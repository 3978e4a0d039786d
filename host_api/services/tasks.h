/* Durable timers. They survive a restart and a reload. When the time of an entry comes, the host
 * calls run of crm.run/0; while the plugin does not run, entries wait, however long.
 *
 * Keys have 1 to 256 bytes. Those that begin with "crm:" belong to the host. */
#ifndef CRM_SERVICES_TASKS_H
#define CRM_SERVICES_TASKS_H

#include "host_api/crm_plugin.h"

#define CRM_TASKS "crm.tasks/0"

typedef struct crm_tasks_0 {
  /* Schedules a run of a key.
   *
   * At most one entry per key is pending. Scheduling again keeps the earlier time and the newest
   * payload. An entry that is scheduled while the key is running starts after that run.
   *
   * at: when to run; 0 means immediately, which is within milliseconds.
   * key: UTF-8 of 1 to 256 bytes; payload: UTF-8 of at most 4 KiB. Either with a NUL is INVALID or
   *   kept whole, never shortened: PostgreSQL has no text with a NUL.
   * Errors: INVALID for a larger payload or another key.
   * [any, may block] */
  crm_status (*schedule)(const crm_host*, crm_str key, int64_t at, crm_str payload,
                         crm_error*) CRM_NOEXCEPT;

  /* Removes the pending entry of a key. A run that has begun is not interrupted. Success if there
   * is no entry.
   * [any, may block] */
  crm_status (*cancel)(const crm_host*, crm_str key, crm_error*) CRM_NOEXCEPT;

  /* Schedules a run of a key at this time, whether the entry that is pending is earlier or later:
   * the way to postpone one without losing it in between.
   *
   * Arguments and errors: as in schedule.
   * [any, may block] */
  crm_status (*reschedule)(const crm_host*, crm_str key, int64_t at, crm_str payload,
                           crm_error*) CRM_NOEXCEPT;

  /* Writes what is pending or runs, as schema/tasks.json, sorted by key.
   *
   * prefix: only keys that begin with this text; empty for all.
   * [any, may block] */
  crm_status (*list)(const crm_host*, crm_str prefix, crm_sink tasks, crm_error*) CRM_NOEXCEPT;
} crm_tasks_0;

#endif
