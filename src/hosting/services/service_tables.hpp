// The service tables, one per header of host_api/services. Used by PluginHost alone, which hands
// them to its plugin. A function of a table must never throw, and must never look beyond the rows
// of the plugin whose host it is given.
#pragma once

#include "host_api/services/accounts.h"
#include "host_api/services/calendars.h"
#include "host_api/services/clock.h"
#include "host_api/services/contacts.h"
#include "host_api/services/events.h"
#include "host_api/services/host_info.h"
#include "host_api/services/log.h"
#include "host_api/services/mailer.h"
#include "host_api/services/options.h"
#include "host_api/services/secrets.h"
#include "host_api/services/sql.h"
#include "host_api/services/tasks.h"
#include "host_api/services/users.h"
#include "src/common/base/json.hpp"

namespace hosting {

extern const crm_accounts_0 kAccountsTable;
extern const crm_calendars_0 kCalendarsTable;
extern const crm_clock_0 kClockTable;
extern const crm_contacts_0 kContactsTable;
extern const crm_events_0 kEventsTable;
extern const crm_host_info_0 kHostInfoTable;
extern const crm_log_0 kLogTable;
extern const crm_mailer_0 kMailerTable;
extern const crm_options_0 kOptionsTable;
extern const crm_secrets_0 kSecretsTable;
extern const crm_sql_0 kSqlTable;
extern const crm_tasks_0 kTasksTable;
extern const crm_users_0 kUsersTable;

// A document of a plugin. invalid: no JSON, or of another kind; the message begins with the
// document's name.
gcal::Result<gcal::base::Json> object_argument(crm_str text, std::string_view name);
gcal::Result<std::vector<std::string>> texts_argument(crm_str text, std::string_view name);

}  // namespace hosting
