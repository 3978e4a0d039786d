/* What the host asks a plugin that mails invitations through crm.mailer/0.
 *
 * Documents: schema/mail.json. */
#ifndef CRM_CAPABILITIES_INVITATIONS_H
#define CRM_CAPABILITIES_INVITATIONS_H

#include "host_api/crm_plugin.h"

#define CRM_INVITATIONS "crm.invitations/0"

typedef struct crm_invitations_0 {
  /* Answers with an invitation as it would be submitted now, as schema/mail.json with one message;
   * the host renders and shows it, and sends nothing. Its key and group are never stored.
   *
   * request: a JSON object with the ids of `account` and `user`, the `language` of the page ("de"
   *   or "en"), and optionally `event`, `calendar` and `revision` of an appointment of the user as
   *   the CRM has it; without one the plugin makes up an appointment.
   * Answers NOT_FOUND if the event is not one that the plugin would invite to.
   * [any, returns at once] */
  void (*sample)(crm_plugin*, crm_str request, crm_reply*) CRM_NOEXCEPT;
} crm_invitations_0;

#endif
