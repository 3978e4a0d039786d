/* The appointments of the CRM's calendars: a feed of changes and batches of conditional writes.
 *
 * One document carries a whole series; a single appointment is a series without a recurrence rule.
 * A revision is a text that is never used twice for one event, not even after a backup was
 * restored. A document may name the event that it was split off from (split_of).
 *
 * A plugin sees the calendars of its accounts and the own CRM calendars of its users; of a user who
 * is in the middle of a set-up too (services/calendars.h), because the set-up shows what is going
 * to be carried over. The limits of this header are also in schema/host_info.json.
 *
 * Documents: schema/event_document.json (its member `event` is schema/event.json),
 * schema/event_changes.json, schema/event_operations.json, schema/event_results.json. */
#ifndef CRM_SERVICES_EVENTS_H
#define CRM_SERVICES_EVENTS_H

#include "host_api/crm_plugin.h"

#define CRM_EVENTS "crm.events/0"

typedef struct crm_events_0 {
  /* Writes a page of what changed in a calendar after a cursor, as schema/event_changes.json.
   *
   * cursor: the cursor of the page before, or empty to list everything in the calendar.
   * limit: the largest number of entries, 1 to 2500.
   * Order: by commit. After a page was returned, no change becomes visible before its cursor. An
   *   object appears at most once in a page, with its newest content. Writes of `apply` appear too.
   * Errors: GONE if the cursor is of another calendar or older than 90 days: list again.
   * [any, may block] */
  crm_status (*changes)(const crm_host*, crm_str calendar, crm_str cursor, uint32_t limit,
                        crm_sink page, crm_error*) CRM_NOEXCEPT;

  /* Writes events as a JSON array of schema/event_document.json. Events that do not exist are left
   * out.
   *
   * ids: a JSON array of at most 500 event ids.
   * Errors: INVALID for more or other elements.
   * [any, may block] */
  crm_status (*get)(const crm_host*, crm_str ids, crm_sink documents, crm_error*) CRM_NOEXCEPT;

  /* Performs operations in one transaction of the host and writes one result for each, in order, as
   * schema/event_results.json. An operation that fails does not undo the others.
   *
   * fence: 0, or the number that run of crm.run/0 received. A newer run of the key makes it stale:
   *   then nothing is written.
   * operations: at most 500 of schema/event_operations.json:
   *   put    creates (without if_revision) or replaces an event; CONFLICT if the id exists or the
   *          revision is another. It replaces the members of schema/event.json; what else the CRM
   *          keeps of the event stays
   *   erase  deletes an event
   *   link   replaces the linked records; the revision stays and the feed does not report it.
   *          Without the member `others` of `records`, links with records of other kinds stay
   *   move   moves an event to another calendar; it gets a new revision, the feed of the calendar
   *          that it left reports where it went, and that of the other one the event
   * Repetition: the result of a successful operation is stored with its op_id in the transaction of
   *   its effect and returned again for the same op_id, until settle, at most 90 days. Failures are
   *   not stored.
   * Errors: INVALID for more or other elements, CONFLICT for a fence that is no longer current.
   * [any, may block] */
  crm_status (*apply)(const crm_host*, int64_t fence, crm_str operations, crm_sink results,
                      crm_error*) CRM_NOEXCEPT;

  /* Says that the plugin has stored the results of these operations. The host may forget them.
   *
   * op_ids: a JSON array of texts. Unknown ones are ignored.
   * [any, may block] */
  crm_status (*settle)(const crm_host*, crm_str op_ids, crm_error*) CRM_NOEXCEPT;
} crm_events_0;

#endif
