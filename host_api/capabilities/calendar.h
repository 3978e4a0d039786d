/* What the calendar accounts page asks a calendar provider. A plugin without it may have calendars
 * all the same: the page then offers neither numbers nor "sync now". A request is a JSON object
 * with the account and the user who asks, both as ids.
 *
 * Documents: schema/remote_calendars.json, schema/calendar_status.json. */
#ifndef CRM_CAPABILITIES_CALENDAR_H
#define CRM_CAPABILITIES_CALENDAR_H

#include "host_api/crm_plugin.h"

#define CRM_CALENDAR "crm.calendar/0"

typedef struct crm_calendar_0 {
  /* Answers with the remote calendars of the account as schema/remote_calendars.json. Asks the
   * provider over the network.
   * [any, returns at once] */
  void (*calendars)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;

  /* Answers with the state of the account as schema/calendar_status.json. Reads local data only.
   *
   * The request may name one event of the account's user, by `event`, `calendar` and `revision` as
   * the CRM has them: the answer then has the member `event`.
   *
   * With the member `viewed`, true, the host says that the account's user has a page of the CRM
   * open: once when it is opened and once a minute while it is. The provider may read its source
   * more often meanwhile; only `next_poll_at` of the answer counts.
   * [any, returns at once] */
  void (*status)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;

  /* Synchronises the account now. Answers when a run that began after the request has ended, with a
   * JSON object whose member `changed` is the number of changes.
   * [any, returns at once] */
  void (*sync_now)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;
} crm_calendar_0;

#endif
