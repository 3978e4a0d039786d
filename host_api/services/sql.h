/* The plugin's own database, separate from the tables of the host: an SQLite file, or a PostgreSQL
 * schema with a role of its own.
 *
 * Placeholders $1, $2, ... are bound by number. A statement should work in both dialects: ON
 * CONFLICT, RETURNING, BIGINT, DOUBLE PRECISION and TEXT do. */
#ifndef CRM_SERVICES_SQL_H
#define CRM_SERVICES_SQL_H

#include "host_api/crm_plugin.h"

#define CRM_SQL "crm.sql/0"

/* A transaction. It belongs to the thread that began it and should be short: a plugin must not wait
 * for the network while it has one. */
typedef struct crm_tx crm_tx;

enum { CRM_SQL_SQLITE = 1, CRM_SQL_POSTGRESQL = 2 };
enum { CRM_SQL_READ = 1, CRM_SQL_WRITE = 2 };
enum { CRM_SQL_NULL = 0, CRM_SQL_INTEGER = 1, CRM_SQL_REAL = 2, CRM_SQL_TEXT = 3 };

/* One value. type says which member is valid. */
typedef struct crm_value {
  int32_t type;
  int64_t integer;
  double real;
  crm_str text;
} crm_value;

typedef struct crm_sql_0 {
  /* Returns CRM_SQL_SQLITE or CRM_SQL_POSTGRESQL.
   * [any] */
  int32_t (*dialect)(const crm_host*) CRM_NOEXCEPT;

  /* Begins a transaction.
   *
   * mode: CRM_SQL_READ or CRM_SQL_WRITE.
   * fence: 0, or the number that run of crm.run/0 received. If it is no longer current, the answer
   *   is CONFLICT, here or from commit.
   * [any, may block] */
  crm_status (*begin)(const crm_host*, int32_t mode, int64_t fence, crm_tx** out,
                      crm_error*) CRM_NOEXCEPT;

  /* Runs one statement.
   *
   * row: called once for each row of the result, with values that are borrowed for that call; may
   *   be NULL. It may run other statements, which should not change what this query reads.
   * Errors: CONFLICT: roll back and run the whole transaction again. INVALID: the statement is
   *   wrong.
   *   UNAVAILABLE: the disk is full or the database is busy. After a failure all further calls of
   *   exec and commit return the same status and write nothing.
   * [the thread of begin, may block] */
  crm_status (*exec)(crm_tx*, crm_str sql, const crm_value* args, size_t count,
                     void (*row)(void* ctx, const crm_value*, size_t) CRM_NOEXCEPT, void* ctx,
                     crm_error*) CRM_NOEXCEPT;

  /* Commits. The transaction has ended, whatever the status is.
   *
   * Errors: after a failure the transaction may have taken effect or not, so it must be repeatable.
   * [the thread of begin, may block] */
  crm_status (*commit)(crm_tx*, crm_error*) CRM_NOEXCEPT;

  /* Ends the transaction without effect.
   * [the thread of begin, may block] */
  void (*rollback)(crm_tx*) CRM_NOEXCEPT;
} crm_sql_0;

#endif
