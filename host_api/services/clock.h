/* The only source of time of a plugin. A host without it leaves a plugin the clocks of the machine,
 * as crm::Clock does. Rationale: a test or a host can then control the time. */
#ifndef CRM_SERVICES_CLOCK_H
#define CRM_SERVICES_CLOCK_H

#include "host_api/crm_plugin.h"

#define CRM_CLOCK "crm.clock/0"

typedef struct crm_clock_0 {
  /* Returns the time in milliseconds since 1970-01-01T00:00:00Z. It may step in either direction.
   * [any] */
  int64_t (*wall)(const crm_host*) CRM_NOEXCEPT;

  /* Returns a time in milliseconds that never goes back. Only differences have a meaning.
   * [any] */
  int64_t (*monotonic_ms)(const crm_host*) CRM_NOEXCEPT;
} crm_clock_0;

#endif
