/* "crm.sql/0": the plugin's own database (an SQLite file of its own, later a PostgreSQL schema and role), never the host's tables.
 * Placeholders $1, $2, ... are bound by number. One text should serve both dialects: ON CONFLICT, RETURNING, BIGINT, DOUBLE PRECISION, TEXT.
 * A transaction stays on one thread and should be short: never wait for the network inside one. */
#ifndef CRM_SERVICES_SQL_H
#define CRM_SERVICES_SQL_H

#include "host_api/crm_plugin.h"

#define CRM_SQL "crm.sql/0"

typedef struct crm_tx crm_tx;

enum { CRM_SQL_SQLITE = 1, CRM_SQL_POSTGRESQL = 2 };
enum { CRM_SQL_READ = 1, CRM_SQL_WRITE = 2 };
enum { CRM_SQL_NULL = 0, CRM_SQL_INTEGER = 1, CRM_SQL_REAL = 2, CRM_SQL_TEXT = 3 };

typedef struct { int32_t type; int64_t integer; double real; crm_str text; } crm_value;

typedef struct {
  int32_t (*dialect)(const crm_host*) CRM_NOEXCEPT; /* [any] */
  /* [any] May block. fence: 0, or the number that crm.tasks/0 handed to run; a stale one answers CONFLICT, now or at commit. */
  crm_status (*begin)(const crm_host*, int32_t mode, int64_t fence, crm_tx** out, crm_error*) CRM_NOEXCEPT;
  /* Same thread as begin. row is called once per row, with values borrowed for that call; may be NULL.
     CONFLICT: roll back and run the whole transaction again. INVALID: the statement is wrong. UNAVAILABLE: disk full or busy.
     After a failure every further exec and commit answers the same status and writes nothing. A row callback may run other statements, but
     should not change what its own query reads. */
  crm_status (*exec)(crm_tx*, crm_str sql, const crm_value* args, size_t count,
                     void (*row)(void* ctx, const crm_value*, size_t) CRM_NOEXCEPT, void* ctx, crm_error*) CRM_NOEXCEPT;
  /* Ends the transaction whatever it answers. After a failure it may have happened or not: transactions must be repeatable. */
  crm_status (*commit)(crm_tx*, crm_error*) CRM_NOEXCEPT;
  void (*rollback)(crm_tx*) CRM_NOEXCEPT; /* ends the transaction */
} crm_sql_0;

#endif
