/* "crm.contacts/0": finds the leads and contacts that hold an e-mail address. Read-only: a sync never creates a record. */
#ifndef CRM_SERVICES_CONTACTS_H
#define CRM_SERVICES_CONTACTS_H

#include "host_api/crm_plugin.h"

#define CRM_CONTACTS "crm.contacts/0"

typedef struct {
  /* [any] May block. addresses: JSON array, at most 1000, normalised (trimmed, lower case). JSON object: address -> {leads: [id], contacts: [id]},
     every record that holds the address; addresses without a record are left out. user: who will see the links. */
  crm_status (*find_by_email)(const crm_host*, crm_str user, crm_str addresses, crm_sink found, crm_error*) CRM_NOEXCEPT;
  /* [any] Records whose addresses changed, or that were merged or deleted, with the promises of crm.events/0 changes.
     JSON {changes: [{kind: "lead"|"contact", id, addresses: [before and after]}], cursor, more}. */
  crm_status (*changes)(const crm_host*, crm_str cursor, uint32_t limit, crm_sink page, crm_error*) CRM_NOEXCEPT;
} crm_contacts_0;

#endif
