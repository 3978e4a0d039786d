/* Mail to people outside of the CRM, such as the guests of an appointment.
 *
 * The host owns the sender, the MIME form, the queue and the mail server; the plugin owns the words
 * and the calendar part. A message is stored when submit answers and leaves in the background. It
 * leaves at most once, except when the connection dies between its last byte and the answer of the
 * mail server: then the same bytes are sent again, with the same Message-ID.
 *
 * Documents: schema/mailer_info.json, schema/mail.json, schema/mail_results.json,
 * schema/mail_changes.json, schema/mail_preview.json. */
#ifndef CRM_SERVICES_MAILER_H
#define CRM_SERVICES_MAILER_H

#include "host_api/crm_plugin.h"

#define CRM_MAILER "crm.mailer/0"

typedef struct crm_mailer_0 {
  /* Writes whether mail can be sent, from which address and within which limits, and the logos of
   * the plugin's accounts, as schema/mailer_info.json.
   *
   * The state is "ready" only after a person has confirmed a test mail of this very configuration.
   * It changes at any time: ask before each plan.
   * [any, may block] */
  crm_status (*info)(const crm_host*, crm_sink info, crm_error*) CRM_NOEXCEPT;

  /* Renders and stores messages in one transaction and writes one result for each, in order, as
   * schema/mail_results.json. A message that is refused does not stop the others.
   *
   * fence: 0, or the number that run of crm.run/0 received.
   * batch: schema/mail.json with at most 200 messages.
   * Repetition: a key that was accepted before is answered with the message's present state and
   *   stored only once, at least 90 days long.
   * Replacement: waiting messages of the same group that were never attempted become "replaced".
   * Order: messages of a group leave in the order of their submission.
   * Errors of a message: INVALID for an address, header or size that cannot be sent; CONFLICT if it
   *   uses a logo that the account does not have (any more): read info again; UNAVAILABLE if too
   *   many messages wait.
   * Errors: INVALID for more than 200 messages or no batch, CONFLICT for a fence that is no longer
   *   current, UNAVAILABLE if nothing can be stored.
   * [any, may block] */
  crm_status (*submit)(const crm_host*, int64_t fence, crm_str batch, crm_sink results,
                       crm_error*) CRM_NOEXCEPT;

  /* Takes messages back and writes one result for each key, in order, as schema/mail_results.json:
   * OK if it will never leave, CONFLICT if it was attempted, NOT_FOUND if there is no such key.
   *
   * fence: as in submit.
   * keys: a JSON array of at most 500 texts.
   * [any, may block] */
  crm_status (*withdraw)(const crm_host*, int64_t fence, crm_str keys, crm_sink results,
                         crm_error*) CRM_NOEXCEPT;

  /* Writes a page of the plugin's messages whose state changed, as schema/mail_changes.json.
   *
   * cursor, limit and the order of the pages: as in changes of crm.events/0. A message appears at
   *   most once in a page, with its newest state.
   * Errors: GONE if the cursor cannot be continued.
   * [any, may block] */
  crm_status (*changes)(const crm_host*, crm_str cursor, uint32_t limit, crm_sink page,
                        crm_error*) CRM_NOEXCEPT;

  /* Writes a message as it would leave now, as schema/mail_preview.json, and stores nothing.
   *
   * batch: schema/mail.json with one message.
   * Errors: as those of a message in submit. A mailer that is off renders too.
   * [any, may block] */
  crm_status (*preview)(const crm_host*, crm_str batch, crm_sink rendered, crm_error*) CRM_NOEXCEPT;

  /* Queues a test mail with a code of six digits to an administrator, who enters the code on a page
   * of the host; the state is "ready" then.
   *
   * user: the id of the administrator.
   * Errors: DENIED if the user is none, CONFLICT if no mail server is configured, UNAVAILABLE if
   *   the last test mail is less than a minute old.
   * [any, may block] */
  crm_status (*test)(const crm_host*, crm_str user, crm_error*) CRM_NOEXCEPT;
} crm_mailer_0;

#endif
