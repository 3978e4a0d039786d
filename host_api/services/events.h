/* "crm.events/0": the appointments of the CRM's calendars, as a feed of changes and as batches of conditional writes.
 * An event document (schema/event_document.json) carries a whole series: {id, calendar, revision, event, records: {leads: [id], contacts: [id]}}, where
 * `event` is schema/event.json. A single appointment is a series without a rule. A revision is a text, never used twice for an event,
 * not even after a restored backup. */
#ifndef CRM_SERVICES_EVENTS_H
#define CRM_SERVICES_EVENTS_H

#include "host_api/crm_plugin.h"

#define CRM_EVENTS "crm.events/0"

typedef struct {
  /* [any] May block. Everything that changed in a calendar after `cursor` ("" = everything that stands there), at most `limit` (1..2500)
     entries. JSON {changes: [{id, revision, document} | {id, deleted: true} | {id, moved: calendar}], cursor, more}.
     Commit-ordered: after a page was answered no change becomes visible before its cursor. Each object appears at most once per page,
     with its newest content. Changes made through `apply` come back too. GONE: the cursor is foreign or older than 90 days: list all. */
  crm_status (*changes)(const crm_host*, crm_str calendar, crm_str cursor, uint32_t limit, crm_sink page, crm_error*) CRM_NOEXCEPT;
  /* [any] ids: JSON array, at most 500. JSON array of documents; those that do not exist are left out. */
  crm_status (*get)(const crm_host*, crm_str ids, crm_sink documents, crm_error*) CRM_NOEXCEPT;
  /* [any] At most 500 operations in one host transaction, each answered for itself, in order:
       {op: "put", op_id, id, calendar, if_revision: text or absent to create, event, records?}   creating an id that exists is CONFLICT
       {op: "erase", op_id, id, if_revision}
       {op: "link", op_id, id, records}             only the linked records change; the revision stays, the feed is silent
       {op: "move", op_id, id, if_revision, calendar}
     Results: JSON array of {status: crm_status, revision?, message?}. A successful answer is kept with its op_id, in the transaction
     of its effect, and repeated if asked again, until settle; failures are not remembered. fence as in crm.sql/0. */
  crm_status (*apply)(const crm_host*, int64_t fence, crm_str operations, crm_sink results, crm_error*) CRM_NOEXCEPT;
  /* [any] op_ids: JSON array. The answers were stored by the plugin and may be forgotten. */
  crm_status (*settle)(const crm_host*, crm_str op_ids, crm_error*) CRM_NOEXCEPT;
} crm_events_0;

#endif
