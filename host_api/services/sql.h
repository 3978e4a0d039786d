/* The plugin's own database, separate from the tables of the host: an SQLite file, or a PostgreSQL
 * schema.
 *
 * Isolation. READ sees one snapshot from its first statement to its end. WRITE is at least snapshot
 * isolation: all its statements see the state at its first one, and when two transactions change
 * the same row, one of them answers CONFLICT (a lost update is impossible). SQLite runs one WRITE
 * at a time. On PostgreSQL two WRITE transactions may each read what the other one changes (write
 * skew): what a decision rests on must be updated in the same transaction.
 *
 * Types. INTEGER is BIGINT, REAL is DOUBLE PRECISION, TEXT is TEXT (UTF-8, without NUL: INVALID
 * when bound), BLOB is BYTEA in PostgreSQL and BLOB in SQLite. Flags are BIGINT 0 and 1, times
 * BIGINT. A result of another type is INVALID on PostgreSQL: cast it, for example
 * CAST(SUM(n) AS BIGINT), since SUM and avg of BIGINT are NUMERIC there.
 *
 * Statements. Placeholders $1, $2, ... are bound by number; one that is named twice has one value.
 * A call takes exactly one statement, and none that begins or ends a transaction, changes a setting
 * of the session or leaves the plugin's database (BEGIN, COMMIT, SAVEPOINT, SET, COPY, LISTEN, DO,
 * PRAGMA, ATTACH and their like): INVALID. One text should serve both dialects: ON CONFLICT,
 * RETURNING, CASE, WITH, LIMIT, and an alias for each sub-select in FROM do; INSERT OR IGNORE, iif,
 * max(a, b), rowid and json functions do not. Texts are ordered by their bytes. Within one
 * transaction the columns of a statement keep their types.
 *
 * Limits. A result of more than 64 MiB is INVALID: use LIMIT. */
#ifndef CRM_SERVICES_SQL_H
#define CRM_SERVICES_SQL_H

#include "host_api/crm_plugin.h"

#define CRM_SQL "crm.sql/0"

/* The status of a transaction of begin_run whose run has been followed by a newer run of its key,
 * or has ended. Unlike CRM_CONFLICT it is final: the run must stop. */
enum { CRM_FENCED = 11 };

/* A transaction. It belongs to the thread that began it and should be short: a plugin must not wait
 * for the network while it has one. A thread has at most one of a plugin's database; a second begin
 * is INVALID. */
typedef struct crm_tx crm_tx;

enum { CRM_SQL_SQLITE = 1, CRM_SQL_POSTGRESQL = 2 };
enum { CRM_SQL_READ = 1, CRM_SQL_WRITE = 2 };
enum {
  CRM_SQL_NULL = 0,
  CRM_SQL_INTEGER = 1,
  CRM_SQL_REAL = 2,
  CRM_SQL_TEXT = 3,
  CRM_SQL_BLOB = 4 /* since minor version 4 */
};

/* One value. type says which member is valid; of a BLOB, text has the bytes. */
typedef struct crm_value {
  int32_t type;
  int64_t integer;
  double real;
  crm_str text;
} crm_value;

typedef struct crm_sql_0 {
  /* Returns CRM_SQL_SQLITE or CRM_SQL_POSTGRESQL. It stays the same while the plugin is loaded.
   * [any] */
  int32_t (*dialect)(const crm_host*) CRM_NOEXCEPT;

  /* Begins a transaction. begin_run is better for the transactions of a run.
   *
   * mode: CRM_SQL_READ or CRM_SQL_WRITE.
   * fence: 0, or the number that run of crm.run/0 received. If it is no longer current, the answer
   *   is CONFLICT, here or from commit.
   * Errors: INVALID: another mode, or this thread has a transaction. UNAVAILABLE: no connection to
   *   the database was free or could be made within its bounds (SQLite: the writer, 5 s;
   *   PostgreSQL: a connection, 2 s).
   * [any, may block] */
  crm_status (*begin)(const crm_host*, int32_t mode, int64_t fence, crm_tx** out,
                      crm_error*) CRM_NOEXCEPT;

  /* Runs one statement.
   *
   * row: called once for each row of the result, with values that are borrowed for that call; may
   *   be NULL. It may run other statements, which should not change what this query reads, nor be
   *   this statement.
   * Errors: CONFLICT: roll back and run the whole transaction again, after a pause (5 ms, doubled
   *   each time, half more or less by chance) and at most five times. INVALID: the statement is
   *   wrong, a key is taken, or a value has another type. UNAVAILABLE: the disk is full or the
   *   database is busy or gone; nothing was written. After a failure all further calls of exec,
   *   run, run_many and commit return the same status and write nothing.
   * [the thread of begin, may block] */
  crm_status (*exec)(crm_tx*, crm_str sql, const crm_value* args, size_t count,
                     void (*row)(void* ctx, const crm_value*, size_t) CRM_NOEXCEPT, void* ctx,
                     crm_error*) CRM_NOEXCEPT;

  /* Commits. The transaction has ended, whatever the status is.
   *
   * Errors: those of exec. CONFLICT, UNAVAILABLE: nothing was written. TIMEOUT: whether it was
   *   committed is not known, since the database did not answer; ids that the plugin drew before
   *   the transaction let it look.
   * [the thread of begin, may block] */
  crm_status (*commit)(crm_tx*, crm_error*) CRM_NOEXCEPT;

  /* Ends the transaction without effect.
   * [the thread of begin, may block] */
  void (*rollback)(crm_tx*) CRM_NOEXCEPT;

  /* Since minor version 4: begins a transaction of a run.
   *
   * mode: as for begin.
   * key, fence: what run of crm.run/0 received. A fence counts for its own key only.
   * Errors: those of begin; CRM_FENCED, here or from commit: the run is no longer the newest of its
   *   key. Nothing was written and nothing will be; the run must stop.
   * [any, may block] */
  crm_status (*begin_run)(const crm_host*, int32_t mode, crm_str key, int64_t fence, crm_tx** out,
                          crm_error*) CRM_NOEXCEPT;

  /* Since minor version 4: runs one statement whose rows are not needed.
   *
   * changed: receives the number of rows that the statement inserted, updated or deleted; 0 for a
   *   query. May be NULL. Unchanged on failure.
   * Errors: those of exec.
   * [the thread of begin, may block] */
  crm_status (*run)(crm_tx*, crm_str sql, const crm_value* args, size_t count, int64_t* changed,
                    crm_error*) CRM_NOEXCEPT;

  /* Since minor version 4: runs one statement once for each of many rows of arguments, in their
   * order. Over a network this costs one round trip instead of one per row.
   *
   * args: rows * count values, row after row; rows may be 0.
   * changed: receives the sum over all rows. May be NULL. Unchanged on failure.
   * Errors: those of exec; the first one ends the call.
   * [the thread of begin, may block] */
  crm_status (*run_many)(crm_tx*, crm_str sql, const crm_value* args, size_t count, size_t rows,
                         int64_t* changed, crm_error*) CRM_NOEXCEPT;
} crm_sql_0;

#endif
