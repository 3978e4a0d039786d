/* Finds the records of the CRM, such as leads and contacts, that have an e-mail address. Read-only:
 * synchronisation never creates a record.
 *
 * Kinds of records are open. Leads and contacts have members of their own in the documents; records
 * of the host's other kinds, which schema/host_info.json lists, are in the member `others`. A
 * plugin that does not know a kind treats its records as all others: an id to link with.
 *
 * Documents: schema/contacts_found.json, schema/contact_changes.json. */
#ifndef CRM_SERVICES_CONTACTS_H
#define CRM_SERVICES_CONTACTS_H

#include "host_api/crm_plugin.h"

#define CRM_CONTACTS "crm.contacts/0"

typedef struct crm_contacts_0 {
  /* Writes the records for e-mail addresses as schema/contacts_found.json: all records that have
   * the address, and apart from them those that have another spelling of it (gmail.com ignores
   * dots); addresses without a record are left out.
   *
   * user: the CRM user who is going to see the links. Records that this user may not see are left
   *   out, as if there were none.
   * addresses: a JSON array of at most 1000 addresses, trimmed and in lower case.
   * Errors: INVALID for more or other elements.
   * [any, may block] */
  crm_status (*find_by_email)(const crm_host*, crm_str user, crm_str addresses, crm_sink found,
                              crm_error*) CRM_NOEXCEPT;

  /* Writes a page of changed records as schema/contact_changes.json: records whose addresses
   * changed and records that were merged or deleted.
   *
   * cursor, limit and the order of the pages: as in changes of crm.events/0.
   * Errors: GONE if the cursor cannot be continued.
   * [any, may block] */
  crm_status (*changes)(const crm_host*, crm_str cursor, uint32_t limit, crm_sink page,
                        crm_error*) CRM_NOEXCEPT;
} crm_contacts_0;

#endif
