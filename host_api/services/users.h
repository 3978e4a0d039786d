/* The users of the CRM, as far as a plugin may know of them: any user whose id it was given, and
 * the list of those who have an account of it. A removed user comes through crm.privacy/0.
 *
 * Documents: schema/user.json. */
#ifndef CRM_SERVICES_USERS_H
#define CRM_SERVICES_USERS_H

#include "host_api/crm_plugin.h"

#define CRM_USERS "crm.users/0"

typedef struct crm_users_0 {
  /* Writes a user as schema/user.json. The first step of a set-up asks for its user before there is
   * an account, so this is not limited to users with one.
   * Errors: NOT_FOUND if there is no such user, or the user was removed.
   * [any, may block] */
  crm_status (*get)(const crm_host*, crm_str user, crm_sink document, crm_error*) CRM_NOEXCEPT;

  /* Writes the users who have an account of this plugin, in whatever state it is, as a JSON array
   * of schema/user.json in the order of their ids. Removed users are left out.
   * [any, may block] */
  crm_status (*list)(const crm_host*, crm_sink users, crm_error*) CRM_NOEXCEPT;
} crm_users_0;

#endif
