/* The contract between a CRM (the host) and a plugin: basic types, the entry of a plugin, what a host is, what a plugin is.
 * Read this header first, then services/ (what a host offers) and capabilities/ (what a plugin offers).
 * It must never contain code, C++ types in a signature, or a struct that grows: a published table is frozen.
 *
 * Rationale for C: C++ types change their layout with compilers and options; a C table that never changes cannot be misread.
 *
 * Conventions, once for all headers:
 *   Threads    [host] one call at a time per plugin, on a thread of the host's own, never from inside a plugin function.
 *              [any]  any thread, several at once.
 *   Ownership  An argument is borrowed for the call. A result is written into a sink of the caller and counts only if the status
 *              is CRM_OK. Nobody frees memory of the other side. A table lives as long as its owner.
 *   Text       UTF-8, not NUL-terminated. A document is JSON; its schema is in schema/.
 *   Time       int64_t milliseconds since 1970-01-01T00:00:00Z, unless a name says otherwise (..._ms is a duration).
 *   Errors     crm_status for programs, crm_error for people. See enum below for who may repeat what.
 *   Exceptions never cross: function pointers are noexcept when compiled as C++.
 */
#ifndef CRM_PLUGIN_H
#define CRM_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define CRM_NOEXCEPT noexcept /* a function that may throw cannot even be assigned */
extern "C" {
#else
#define CRM_NOEXCEPT
#endif

#define CRM_ABI_MAJOR 0 /* the structs of this header; 0: not published, free to change with each minor */
#define CRM_ABI_MINOR 1 /* new service or capability ids may exist */

typedef struct { const char* data; size_t size; } crm_str; /* may hold NUL; data may be NULL when size is 0 */

/* Appends bytes to a buffer of the caller. May be called several times during one call, never afterwards. */
typedef struct { void* ctx; void (*write)(void* ctx, crm_str bytes) CRM_NOEXCEPT; } crm_sink;

typedef int32_t crm_status;
enum {
  CRM_OK = 0,
  CRM_INVALID = 1,     /* the request is wrong; do not repeat it */
  CRM_NOT_FOUND = 2,   /* no such object, or the caller may not know of it */
  CRM_GONE = 3,        /* it existed; for a cursor: list again from the beginning */
  CRM_CONFLICT = 4,    /* a precondition failed: read again, then decide; for a transaction: run it again */
  CRM_DENIED = 5,      /* the caller may not */
  CRM_NEEDS_AUTH = 6,  /* a person must connect the account again */
  CRM_UNAVAILABLE = 7, /* repeat later */
  CRM_TIMEOUT = 8,     /* outcome unknown; repeat later */
  CRM_CANCELLED = 9,   /* the caller gave up */
  CRM_INTERNAL = 10    /* a defect */
};

/* Owned by the caller, may be NULL. A NUL-terminated sentence that says what to do; never a secret. */
typedef struct { char message[256]; } crm_error;

/* The answer to one request. [any] Call send exactly once, now or later; the object is gone afterwards. */
typedef struct crm_reply crm_reply;
struct crm_reply { void (*send)(crm_reply*, crm_status status, crm_str body) CRM_NOEXCEPT; };

/* Valid from create until destroy returned. service: the table of that id, or NULL when this host does not offer it. [any] */
typedef struct crm_host crm_host;
struct crm_host {
  uint32_t abi_major, abi_minor;
  const void* (*service)(const crm_host*, const char* id) CRM_NOEXCEPT;
};

/* Lifecycle, all [host]:  create -> prepare -> start -> (self_check)* -> quiesce -> start again, or destroy.
 * prepare     May run beside an older version that works: migrations that only add, checks of keys and tables. Repeatable. Starts nothing.
 * start       `state` is what quiesce of this or an older version wrote, or empty. It is a cache: losing it costs requests, never data.
 * self_check  Writes a JSON report. An error means: do not use this version.
 * quiesce     Stop everything and write the state. When it answered CRM_OK there are no threads, no open replies and no host calls any more.
 *             Any other status leaves the plugin running as if it had never been called.
 * destroy     Only when not started. Frees memory; makes no host calls.
 * capability  [any] The table of that id, or NULL. */
typedef struct crm_plugin crm_plugin;
struct crm_plugin {
  crm_status (*prepare)(crm_plugin*, crm_error*) CRM_NOEXCEPT;
  crm_status (*start)(crm_plugin*, crm_str state, crm_error*) CRM_NOEXCEPT;
  crm_status (*self_check)(crm_plugin*, crm_sink report, crm_error*) CRM_NOEXCEPT;
  crm_status (*quiesce)(crm_plugin*, uint32_t deadline_ms, crm_sink state, crm_error*) CRM_NOEXCEPT;
  void (*destroy)(crm_plugin*) CRM_NOEXCEPT;
  const void* (*capability)(crm_plugin*, const char* id) CRM_NOEXCEPT;
};

/* The only exported symbol of a plugin. The host reads the constants and compares them with the manifest before it calls create.
 * A host accepts its own abi_major with an abi_minor not newer than its own. create starts no thread and does no I/O. */
typedef struct {
  uint32_t size; /* sizeof(crm_plugin_entry) */
  uint32_t abi_major, abi_minor;
  const char* id;      /* reversed domain name, equal to the manifest's */
  const char* version; /* MAJOR.MINOR.PATCH, equal to the manifest's */
  crm_status (*create)(const crm_host*, crm_plugin** out, crm_error*) CRM_NOEXCEPT;
} crm_plugin_entry;
extern const crm_plugin_entry crm_entry;

#ifdef __cplusplus
}
#endif
#endif
