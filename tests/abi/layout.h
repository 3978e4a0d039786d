/* The layout of the contract's structs on 64-bit machines: a change that a compiler accepts
 * silently fails here. Compiled by the tests in C and in C++. An assertion about a published table
 * must not be changed. */
#ifndef TESTS_ABI_LAYOUT_H
#define TESTS_ABI_LAYOUT_H

#include <stddef.h>

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

#ifdef __cplusplus
#define LAYOUT(condition) static_assert(condition, #condition)
#else
#define LAYOUT(condition) _Static_assert(condition, #condition)
#endif

#if defined(__LP64__)
LAYOUT(sizeof(crm_str) == 16 && offsetof(crm_str, data) == 0 && offsetof(crm_str, size) == 8);
LAYOUT(sizeof(crm_sink) == 16 && offsetof(crm_sink, ctx) == 0 && offsetof(crm_sink, write) == 8);
LAYOUT(sizeof(crm_status) == 4);
LAYOUT(sizeof(crm_error) == 256 && offsetof(crm_error, message) == 0 &&
       offsetof(crm_error, retry_after_ms) == 248);
LAYOUT(sizeof(crm_reply) == 16 && offsetof(crm_reply, send) == 0 &&
       offsetof(crm_reply, is_wanted) == 8);
LAYOUT(sizeof(crm_host) == 16 && offsetof(crm_host, abi_major) == 0 &&
       offsetof(crm_host, abi_minor) == 4 && offsetof(crm_host, service) == 8);
LAYOUT(sizeof(crm_plugin) == 48 && offsetof(crm_plugin, prepare) == 0 &&
       offsetof(crm_plugin, start) == 8 && offsetof(crm_plugin, self_check) == 16);
LAYOUT(offsetof(crm_plugin, quiesce) == 24 && offsetof(crm_plugin, destroy) == 32 &&
       offsetof(crm_plugin, capability) == 40);
LAYOUT(sizeof(crm_plugin_entry) == 40 && offsetof(crm_plugin_entry, size) == 0 &&
       offsetof(crm_plugin_entry, abi_major) == 4);
LAYOUT(offsetof(crm_plugin_entry, abi_minor) == 8 && offsetof(crm_plugin_entry, id) == 16 &&
       offsetof(crm_plugin_entry, version) == 24);
LAYOUT(offsetof(crm_plugin_entry, create) == 32);
LAYOUT(sizeof(crm_value) == 40 && offsetof(crm_value, type) == 0 &&
       offsetof(crm_value, integer) == 8 && offsetof(crm_value, real) == 16);
LAYOUT(offsetof(crm_value, text) == 24);

LAYOUT(sizeof(crm_accounts_0) == 7 * sizeof(void*));
LAYOUT(sizeof(crm_calendars_0) == 5 * sizeof(void*));
LAYOUT(sizeof(crm_clock_0) == 2 * sizeof(void*));
LAYOUT(sizeof(crm_contacts_0) == 2 * sizeof(void*));
LAYOUT(sizeof(crm_events_0) == 4 * sizeof(void*));
LAYOUT(sizeof(crm_host_info_0) == 2 * sizeof(void*));
LAYOUT(sizeof(crm_log_0) == 2 * sizeof(void*));
LAYOUT(sizeof(crm_mailer_0) == 6 * sizeof(void*));
LAYOUT(sizeof(crm_options_0) == 1 * sizeof(void*));
LAYOUT(sizeof(crm_secrets_0) == 5 * sizeof(void*));
LAYOUT(sizeof(crm_sql_0) == 8 * sizeof(void*));
LAYOUT(sizeof(crm_tasks_0) == 4 * sizeof(void*));
LAYOUT(sizeof(crm_users_0) == 2 * sizeof(void*));
LAYOUT(sizeof(crm_calendar_0) == 3 * sizeof(void*));
LAYOUT(sizeof(crm_hooks_0) == 3 * sizeof(void*));
LAYOUT(sizeof(crm_http_0) == 1 * sizeof(void*));
LAYOUT(sizeof(crm_invitations_0) == 1 * sizeof(void*));
LAYOUT(sizeof(crm_privacy_0) == 1 * sizeof(void*));
LAYOUT(sizeof(crm_run_0) == 1 * sizeof(void*));
LAYOUT(sizeof(crm_settings_0) == 1 * sizeof(void*));
#endif

LAYOUT(CRM_OK == 0 && CRM_INVALID == 1 && CRM_NOT_FOUND == 2 && CRM_GONE == 3 &&
       CRM_CONFLICT == 4 && CRM_DENIED == 5);
LAYOUT(CRM_NEEDS_AUTH == 6 && CRM_UNAVAILABLE == 7 && CRM_TIMEOUT == 8 && CRM_CANCELLED == 9 &&
       CRM_INTERNAL == 10);
LAYOUT(CRM_LOG_DEBUG == 0 && CRM_LOG_INFO == 1 && CRM_LOG_WARNING == 2 && CRM_LOG_ERROR == 3);
LAYOUT(CRM_SQL_SQLITE == 1 && CRM_SQL_POSTGRESQL == 2 && CRM_SQL_READ == 1 && CRM_SQL_WRITE == 2);
LAYOUT(CRM_SQL_NULL == 0 && CRM_SQL_INTEGER == 1 && CRM_SQL_REAL == 2 && CRM_SQL_TEXT == 3);
LAYOUT(CRM_SQL_BLOB == 4 && CRM_FENCED == 11);

#undef LAYOUT
#endif
