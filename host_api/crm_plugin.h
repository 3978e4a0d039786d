/* The contract between a CRM (the host) and a plugin: basic types, what a host is, what a plugin
 * is, and the one symbol that a plugin exports.
 *
 * Read this header first, then services/ (tables of the host) and capabilities/ (tables of the
 * plugin). The JSON documents that cross are defined in schema/.
 *
 * This header holds no code, no C++ types in a signature, and no struct that grows: once the
 * contract is published, a table never changes.
 *
 * Rationale: the layout of C++ types depends on compiler and options. A C table that never changes
 * has one layout everywhere, so host and plugin may be built by different compilers.
 *
 * Conventions of all headers:
 *
 *   Threads     [host]  Called by the host, one call at a time per plugin, on a thread of the host
 *                       and never from inside another call of the plugin.
 *               [any]   May be called from any thread, several calls at once.
 *               "may block" means disk or database access; nothing in a service waits for the
 *               network.
 *   Locks       The host holds no lock while it calls a plugin, so a plugin may call services from
 *               inside any of its functions except create, destroy and capability. Two calls of one
 *               plugin may run at once; hooks and runs come one after the other.
 *   Ownership   Arguments are borrowed for the duration of the call. A result is written into a
 *               sink of the caller and is valid only if the status is CRM_OK. Neither side frees
 *               memory of the other. A table lives as long as its owner.
 *   Text        UTF-8 with a length, not NUL-terminated. Exceptions, which are NUL-terminated: the
 *               ids of tables, the id and version of a plugin, the message of crm_error.
 *   Time        A moment is int64_t, milliseconds since 1970-01-01T00:00:00Z, in tables and in
 *               documents; 0 means none. A name that ends in _ms is a duration in milliseconds. The
 *               times of an appointment are no moments but what a person wrote: schema/event.json
 *               has them with their zone or as dates, as RFC 3339 writes them.
 *   Documents   JSON objects grow by members: ignore those that you do not know. A value that this
 *               contract calls open, such as the kind of a record or the role of a user, may be one
 *               that you do not know: its description says what that means.
 *   Errors      crm_status for programs, crm_error for people.
 *   Exceptions  Never cross the contract. Function pointers are noexcept in C++.
 */
#ifndef CRM_PLUGIN_H
#define CRM_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

/* Makes a symbol visible to the other side, although the library hides its others. */
#if defined(_WIN32)
#define CRM_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define CRM_EXPORT __attribute__((visibility("default")))
#else
#define CRM_EXPORT
#endif

#ifdef __cplusplus
/* A function that may throw cannot be assigned to such a pointer. */
#define CRM_NOEXCEPT noexcept
extern "C" {
#else
#define CRM_NOEXCEPT
#endif

/* Version of the structs in this header. 0 = not published: each minor version may change them. */
#define CRM_ABI_MAJOR 0

/* Counts additions of service and capability ids within a major version, and, while the major
 * version is 0, of functions at the end of a table.
 *
 * A host accepts plugins of its own minor version and of older ones. So a plugin may call every
 * function of a table of the host, and a host must not read what a plugin's tables got after the
 * minor version in the plugin's entry. */
#define CRM_ABI_MINOR 4

/* A text. May contain NUL. data may be NULL if size is 0. */
typedef struct crm_str {
  const char* data;
  size_t size;
} crm_str;

/* Receives a result. A function may call write several times during one call and must not call it
 * after it has returned; the pieces are appended. */
typedef struct crm_sink {
  void* ctx;
  void (*write)(void* ctx, crm_str bytes) CRM_NOEXCEPT;
} crm_sink;

typedef int32_t crm_status;
enum {
  CRM_OK = 0,

  /* The request is wrong. Do not repeat it. */
  CRM_INVALID = 1,

  /* There is no such object, or the caller may not see it. */
  CRM_NOT_FOUND = 2,

  /* The object existed. For a cursor: it cannot be continued, list again from the beginning. */
  CRM_GONE = 3,

  /* A precondition failed. Read again, then decide. For a transaction: run all of it again. */
  CRM_CONFLICT = 4,

  /* The caller is not allowed to do this. */
  CRM_DENIED = 5,

  /* The user has to connect the account again. */
  CRM_NEEDS_AUTH = 6,

  /* A temporary failure without effect. Repeat later. */
  CRM_UNAVAILABLE = 7,

  /* It is not known whether the call took effect. Repeat later. */
  CRM_TIMEOUT = 8,

  /* The caller withdrew the request. */
  CRM_CANCELLED = 9,

  /* A defect in the callee. */
  CRM_INTERNAL = 10
};

/* Explains a failure to a person. Never contains a secret. The caller owns it and sets its bytes to
 * zero before the call; a NULL pointer means that the caller does not want it.
 *
 * Before minor version 4 the message had 256 bytes: a message without NUL within its size comes
 * from an older plugin, is cut there, and retry_after_ms has no meaning then. */
typedef struct crm_error {
  /* A NUL-terminated sentence that says what to do. */
  char message[248];

  /* After UNAVAILABLE and TIMEOUT: how long the caller should wait before it repeats the call; 0:
   * as long as it thinks fit. */
  int64_t retry_after_ms;
} crm_error;

/* Answers one request.
 *
 * send must be called exactly once, during the request or later. Afterwards the object no longer
 * exists. The host waits for a limited time; what is sent after that counts for nothing.
 * [any] */
typedef struct crm_reply crm_reply;
struct crm_reply {
  /* body: with CRM_OK what the capability says. With any other status a sentence for a person, or
   * schema/error.json, which has the sentence and more; a body that begins with "{" is the latter.
   */
  void (*send)(crm_reply*, crm_status status, crm_str body) CRM_NOEXCEPT;

  /* Returns 1 while the reply is waited for, and 0 after the host's time is over or the asker
   * was answered otherwise: the work may be given up, and send is still called.
   * [any, before send] */
  int32_t (*is_wanted)(crm_reply*) CRM_NOEXCEPT;
};

/* What a plugin sees of the host. Valid from crm_plugin_entry.create until destroy has returned. */
typedef struct crm_host crm_host;
struct crm_host {
  /* The versions of this header that the host was compiled with. */
  uint32_t abi_major, abi_minor;

  /* Returns the table of a service, for example CRM_EVENTS, or NULL if this host does not offer it
   * or the manifest names it neither in requires nor in optional.
   * The table is valid as long as the host.
   * [any] */
  const void* (*service)(const crm_host*, const char* id) CRM_NOEXCEPT;
};

/* A plugin. The host calls its functions in this order:
 *
 *   create -> prepare -> self_check -> start -> quiesce -> start again, or destroy
 *
 * Any step may be left out but create; a step that failed is followed by destroy, except a create
 * that failed, which leaves nothing to destroy. self_check may be called any number of times
 * between prepare and destroy. create may be called again while a plugin of the same library lives,
 * once for each tenant of the host: a plugin keeps its state in what create makes. When the host
 * exchanges a version while it runs, the new one is created, prepared and checked beside the old
 * one; then the old one quiesces, and the new one starts with its state. If that fails, the old one
 * starts again.
 *
 * Capabilities are called from the end of start until quiesce is called, never during it. Their
 * tables are read once after self_check.
 *
 * All functions are [host], except capability. */
typedef struct crm_plugin crm_plugin;
struct crm_plugin {
  /* Gets the plugin's own data ready: migrations, checks of keys and tables.
   *
   * May run beside an older version that is in use, so it may add to the data and must not change
   * what the older version reads. May be repeated. Starts no thread and no request. */
  crm_status (*prepare)(crm_plugin*, crm_error*) CRM_NOEXCEPT;

  /* Starts the plugin's work.
   *
   * state: what quiesce of this or an older version wrote, or empty. It is a cache: without it the
   * plugin needs more requests and loses no data. */
  crm_status (*start)(crm_plugin*, crm_str state, crm_error*) CRM_NOEXCEPT;

  /* Writes a report, a JSON object of any members; the host logs it. A failure means that this
   * version must not be used.
   *
   * May run beside an older version that is in use, as prepare may. */
  crm_status (*self_check)(crm_plugin*, crm_sink report, crm_error*) CRM_NOEXCEPT;

  /* Stops all work and writes the state for the next start.
   *
   * deadline_ms: the time that the host is going to wait.
   * CRM_OK: the plugin has no threads and no open replies, and makes no more calls of the host.
   * Any other status: the plugin keeps running as if this function had not been called. */
  crm_status (*quiesce)(crm_plugin*, uint32_t deadline_ms, crm_sink state, crm_error*) CRM_NOEXCEPT;

  /* Frees the plugin. Called only while it is not started. Makes no calls of the host. */
  void (*destroy)(crm_plugin*) CRM_NOEXCEPT;

  /* Returns the table of a capability, for example CRM_HOOKS, or NULL if the plugin does not have
   * it. The table is valid as long as the plugin.
   * [any] */
  const void* (*capability)(crm_plugin*, const char* id) CRM_NOEXCEPT;
};

/* The only symbol that a plugin exports. Its declaration below exports it, also from a library that
 * is compiled with -fvisibility=hidden.
 *
 * The host reads the constants and compares them with the manifest before it calls create. It
 * accepts its own abi_major with an abi_minor that is not newer than its own. */
typedef struct crm_plugin_entry {
  /* sizeof(crm_plugin_entry) */
  uint32_t size;

  uint32_t abi_major, abi_minor;

  /* A reversed domain name, equal to the id in the manifest. */
  const char* id;

  /* MAJOR.MINOR.PATCH, equal to the version in the manifest. */
  const char* version;

  /* Creates the plugin. Starts no thread and performs no I/O.
   * [host] */
  crm_status (*create)(const crm_host*, crm_plugin** out, crm_error*) CRM_NOEXCEPT;
} crm_plugin_entry;
extern CRM_EXPORT const crm_plugin_entry crm_entry;

#ifdef __cplusplus
}
#endif
#endif
