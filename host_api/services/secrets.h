/* Small secrets of a plugin, such as tokens and client secrets. The host encrypts them at rest and
 * never logs them.
 *
 * Keys of what belongs to one account hold the account's id: the host erases them when it removes
 * an account without the plugin.
 *
 * The encryption binds a value to its plugin and key, so a row that was copied elsewhere cannot be
 * opened (RFC 9700 section 4.14, NIST SP 800-38D). */
#ifndef CRM_SERVICES_SECRETS_H
#define CRM_SERVICES_SECRETS_H

#include "host_api/crm_plugin.h"

#define CRM_SECRETS "crm.secrets/0"

typedef struct crm_secrets_0 {
  /* Writes the value of a key.
   * Errors: NOT_FOUND if there is no such key; GONE if the host lost the key that it was encrypted
   *   with; DENIED if the stored value was altered, or an older one put back. After GONE and DENIED
   *   the user has to connect the account again.
   * [any, may block] */
  crm_status (*get)(const crm_host*, crm_str key, crm_sink value, crm_error*) CRM_NOEXCEPT;

  /* Stores a value. It is durable when the call returns.
   *
   * key: UTF-8 of 1 to 512 bytes. One with a NUL is INVALID or kept whole, never shortened:
   *   PostgreSQL has no text with a NUL.
   * value: at most 16 KiB.
   * Errors: INVALID for a larger value or another key.
   * [any, may block] */
  crm_status (*put)(const crm_host*, crm_str key, crm_str value, crm_error*) CRM_NOEXCEPT;

  /* Erases a key. Success if there is no such key.
   * [any, may block] */
  crm_status (*erase)(const crm_host*, crm_str key, crm_error*) CRM_NOEXCEPT;

  /* Stores a value if the key still has the value that was read. It is durable when the call
   * returns.
   *
   * expected: the value that get wrote, or empty if there was no such key. An empty value, a
   *   missing key and one that get answered with GONE or DENIED count as equal.
   * value: at most 16 KiB.
   * Errors: CONFLICT if the key has another value; INVALID for a larger value.
   * [any, may block] */
  crm_status (*put_if)(const crm_host*, crm_str key, crm_str expected, crm_str value,
                       crm_error*) CRM_NOEXCEPT;

  /* Writes the keys that begin with a text as a JSON array of texts, sorted. Opens no value: a key
   * whose value is lost is listed too, so that a plugin finds and erases what no account has any
   * more.
   *
   * prefix: empty for all keys.
   * [any, may block] */
  crm_status (*list)(const crm_host*, crm_str prefix, crm_sink keys, crm_error*) CRM_NOEXCEPT;
} crm_secrets_0;

#endif
