/* "crm.clock/0": the only source of time of a plugin, so that a test or a host may own it. */
#ifndef CRM_SERVICES_CLOCK_H
#define CRM_SERVICES_CLOCK_H

#include "host_api/crm_plugin.h"

#define CRM_CLOCK "crm.clock/0"

typedef struct {
  int64_t (*wall)(const crm_host*) CRM_NOEXCEPT;         /* [any] milliseconds since 1970 UTC; may step in either direction */
  int64_t (*monotonic_ms)(const crm_host*) CRM_NOEXCEPT; /* [any] never goes back; its zero has no meaning */
} crm_clock_0;

#endif
