/* One object of each struct of the contract, so that a library built from this file describes them
 * all to abidw and abidiff. Built by abi_report. */
#include "host_api/capabilities/calendar.h"
#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/http.h"
#include "host_api/capabilities/invitations.h"
#include "host_api/capabilities/privacy.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "host_api/crm_plugin.h"
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

crm_str contract_str;
crm_sink contract_sink;
crm_error contract_error;
crm_reply contract_reply;
crm_host contract_host;
crm_plugin contract_plugin;
crm_plugin_entry contract_entry;
crm_value contract_value;

crm_accounts_0 contract_accounts;
crm_calendars_0 contract_calendars;
crm_clock_0 contract_clock;
crm_contacts_0 contract_contacts;
crm_events_0 contract_events;
crm_host_info_0 contract_host_info;
crm_log_0 contract_log;
crm_mailer_0 contract_mailer;
crm_options_0 contract_options;
crm_secrets_0 contract_secrets;
crm_sql_0 contract_sql;
crm_tasks_0 contract_tasks;
crm_users_0 contract_users;

crm_calendar_0 contract_calendar;
crm_hooks_0 contract_hooks;
crm_http_0 contract_http;
crm_invitations_0 contract_invitations;
crm_privacy_0 contract_privacy;
crm_run_0 contract_run;
crm_settings_0 contract_settings;
