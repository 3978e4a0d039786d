/* The connected accounts of this plugin. A settings flow creates an account in its step `finish`; a
 * user removes it. An account belongs to one CRM user.
 *
 * Who ends one: the user in a flow of the plugin, which then calls set_state; or an administrator
 * in the host, with or without the plugin. After the latter the account is "disconnected", its
 * calendars are "gone", and account_changed of crm.hooks/0 is called. Notifications may be lost: a
 * plugin lists its accounts at start, and the run that finds one disconnected gives its access back
 * at the other side, until that has answered.
 *
 * Documents: schema/account.json, schema/health.json, schema/user.json. */
#ifndef CRM_SERVICES_ACCOUNTS_H
#define CRM_SERVICES_ACCOUNTS_H

#include "host_api/crm_plugin.h"

#define CRM_ACCOUNTS "crm.accounts/0"

typedef struct crm_accounts_0 {
  /* Writes all accounts of this plugin as a JSON array of schema/account.json.
   * [any, may block] */
  crm_status (*list)(const crm_host*, crm_sink accounts, crm_error*) CRM_NOEXCEPT;

  /* Writes one account as schema/account.json.
   * Errors: NOT_FOUND if there is no such account.
   * [any, may block] */
  crm_status (*get)(const crm_host*, crm_str id, crm_sink account, crm_error*) CRM_NOEXCEPT;

  /* Replaces the config of an account, a JSON object that the host stores and does not interpret.
   * What another caller stored meanwhile is lost: to change what was read, use put_config_if.
   * Errors: NOT_FOUND if there is no such account.
   * [any, may block] */
  crm_status (*put_config)(const crm_host*, crm_str id, crm_str config, crm_error*) CRM_NOEXCEPT;

  /* Sets the state of an account: "active", "paused" or "disconnected". A plugin calls it for what
   * the user chose in its flow; pausing and resuming belong to the host's page.
   *
   * A disconnected account is no longer shown, and no calendar of it is a default. It keeps its id:
   * an account that is connected later with the same unique_id gets that id again.
   * Errors: NOT_FOUND if there is no such account, INVALID for another state.
   * [any, may block] */
  crm_status (*set_state)(const crm_host*, crm_str id, crm_str state, crm_error*) CRM_NOEXCEPT;

  /* Replaces what the accounts page shows about the account.
   *
   * health: schema/health.json.
   * Errors: NOT_FOUND if there is no such account, INVALID for another document.
   * [any, may block] */
  crm_status (*set_health)(const crm_host*, crm_str id, crm_str health, crm_error*) CRM_NOEXCEPT;

  /* Writes a CRM user as schema/user.json.
   * Errors: NOT_FOUND if there is no such user.
   * [any, may block] */
  crm_status (*user)(const crm_host*, crm_str user, crm_sink document, crm_error*) CRM_NOEXCEPT;

  /* Replaces the config of an account if it still is the one that was read.
   *
   * if_revision: the member revision of schema/account.json, as list or get wrote it.
   * Errors: CONFLICT if the config has another revision: read it again and repeat the change;
   *   NOT_FOUND if there is no such account.
   * [any, may block] */
  crm_status (*put_config_if)(const crm_host*, crm_str id, crm_str if_revision, crm_str config,
                              crm_error*) CRM_NOEXCEPT;
} crm_accounts_0;

#endif
