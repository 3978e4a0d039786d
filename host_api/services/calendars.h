/* The CRM's calendars. A plugin creates one for each remote calendar that a user made visible. Each
 * user also has one calendar that belongs to no account, the user's own CRM calendar: a plugin sees
 * it, here and in crm.events/0, from the first step of the user's set-up on, although there is no
 * account yet, and no longer than the set-up or an account of the user lasts.
 *
 * Calendars are never erased: what became of a remote calendar is its state, which only the plugin
 * sets. Whether a calendar is shown on the calendar page is the user's choice and not in it.
 *
 * Documents: schema/calendar.json. */
#ifndef CRM_SERVICES_CALENDARS_H
#define CRM_SERVICES_CALENDARS_H

#include "host_api/crm_plugin.h"

#define CRM_CALENDARS "crm.calendars/0"

typedef struct crm_calendars_0 {
  /* Writes the calendars of an account as a JSON array of schema/calendar.json, the gone ones too,
   * the users' own ones not.
   *
   * account: an account id, or empty for the calendars of all accounts of this plugin.
   * [any, may block] */
  crm_status (*list)(const crm_host*, crm_str account, crm_sink calendars, crm_error*) CRM_NOEXCEPT;

  /* Creates or updates a calendar and writes its id. The calendar is identified by its account and
   * remote_id, so a repeated call has no further effect.
   *
   * calendar: the members account, remote_id, name, color, role and mode of schema/calendar.json.
   *   With the mode "view_only" the host offers no editing.
   * Errors: NOT_FOUND if there is no such account, INVALID for another document.
   * [any, may block] */
  crm_status (*put)(const crm_host*, crm_str calendar, crm_sink id, crm_error*) CRM_NOEXCEPT;

  /* Sets the state of a calendar: "live", "hidden" or "gone".
   *
   * hidden: the appointments are kept and not shown.
   * gone: the remote calendar no longer exists or is no longer shared. The appointments stay,
   *   belong to the user, are marked "source calendar gone" and can be edited. With "live" they
   *   belong to the calendar again.
   * Errors: NOT_FOUND if there is no such calendar, INVALID for another state.
   * [any, may block] */
  crm_status (*set_state)(const crm_host*, crm_str calendar, crm_str state,
                          crm_error*) CRM_NOEXCEPT;

  /* Sets the calendar in which new appointments of a user are stored. A user has one default, which
   * is the user's choice: a plugin calls this only for what the user chose in its flow, or when the
   * default can hold appointments no longer.
   *
   * calendar: a calendar id, or empty for the user's own CRM calendar.
   * Errors: NOT_FOUND if there is no such user or calendar.
   * [any, may block] */
  crm_status (*set_default)(const crm_host*, crm_str user, crm_str calendar,
                            crm_error*) CRM_NOEXCEPT;

  /* Writes the id of the user's own CRM calendar.
   * Errors: NOT_FOUND if there is no such user.
   * [any, may block] */
  crm_status (*own)(const crm_host*, crm_str user, crm_sink id, crm_error*) CRM_NOEXCEPT;
} crm_calendars_0;

#endif
