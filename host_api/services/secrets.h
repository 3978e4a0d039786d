/* "crm.secrets/0": small secrets (tokens, client secrets) of a plugin, sealed by the host at rest and never logged.
 * Sealing binds a value to its plugin and key: a row copied elsewhere does not open (RFC 9700 section 4.14; NIST SP 800-38D). */
#ifndef CRM_SERVICES_SECRETS_H
#define CRM_SERVICES_SECRETS_H

#include "host_api/crm_plugin.h"

#define CRM_SECRETS "crm.secrets/0"

typedef struct {
  /* [any] May block. NOT_FOUND: no such key, or the host lost its master key: connect again. */
  crm_status (*get)(const crm_host*, crm_str key, crm_sink value, crm_error*) CRM_NOEXCEPT;
  /* [any] May block. Durable when it answers. value: at most 16 KiB. */
  crm_status (*put)(const crm_host*, crm_str key, crm_str value, crm_error*) CRM_NOEXCEPT;
  /* [any] May block. Erasing what is not there is success. */
  crm_status (*erase)(const crm_host*, crm_str key, crm_error*) CRM_NOEXCEPT;
} crm_secrets_0;

#endif
