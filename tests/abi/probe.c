/* A plugin in plain C11. It counts its settings steps, keeps the count as its state over quiesce
 * and start, and logs through the host. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "host_api/capabilities/settings.h"
#include "host_api/crm_plugin.h"
#include "host_api/services/log.h"

typedef struct {
  crm_plugin table; /* first, so that a crm_plugin* is a probe* */
  const crm_host* host;
  int started;
  atomic_char count; /* requests come from any thread */
} probe;

static crm_str str(const char* text) {
  crm_str s;
  s.data = text;
  s.size = strlen(text);
  return s;
}

static crm_status fail(crm_error* error, crm_status status, const char* message) {
  if (error) {
    strncpy(error->message, message, sizeof error->message - 1);
    error->message[sizeof error->message - 1] = '\0';
  }
  return status;
}

static crm_status probe_prepare(crm_plugin* plugin, crm_error* error) {
  const probe* self = (const probe*)plugin;
  if (!self->host->service(self->host, CRM_LOG))
    return fail(error, CRM_INVALID, "this plugin needs crm.log/0");
  return CRM_OK;
}

static crm_status probe_start(crm_plugin* plugin, crm_str state, crm_error* error) {
  probe* self = (probe*)plugin;
  const crm_log_0* log = self->host->service(self->host, CRM_LOG);
  if (self->started) return fail(error, CRM_CONFLICT, "it runs already");
  self->started = 1;
  self->count = state.size == 1 ? state.data[0] : '0';
  log->write(self->host, CRM_LOG_INFO, str("probe.started"), str("{}"));
  return CRM_OK;
}

static crm_status probe_self_check(crm_plugin* plugin, crm_sink report, crm_error* error) {
  (void)plugin;
  (void)error;
  report.write(report.ctx, str("{\"ok\":"));
  report.write(report.ctx, str("true}"));
  return CRM_OK;
}

static crm_status probe_quiesce(crm_plugin* plugin, uint32_t deadline_ms, crm_sink state,
                                crm_error* error) {
  probe* self = (probe*)plugin;
  const char now = self->count;
  crm_str count;
  if (deadline_ms == 0) return fail(error, CRM_TIMEOUT, "no time was given");
  count.data = &now;
  count.size = 1;
  state.write(state.ctx, count);
  self->started = 0;
  return CRM_OK;
}

static void probe_destroy(crm_plugin* plugin) {
  free(plugin);
}

static void probe_step(crm_plugin* plugin, crm_str request, crm_reply* reply) {
  probe* self = (probe*)plugin;
  ++self->count;
  reply->send(reply, CRM_OK, request);
}

static const crm_settings_0 settings = {probe_step};

static const void* probe_capability(crm_plugin* plugin, const char* id) {
  (void)plugin;
  return strcmp(id, CRM_SETTINGS) == 0 ? &settings : NULL;
}

static crm_status create(const crm_host* host, crm_plugin** out, crm_error* error) {
  probe* self = malloc(sizeof *self);
  if (!self) return fail(error, CRM_UNAVAILABLE, "out of memory");
  self->table.prepare = probe_prepare;
  self->table.start = probe_start;
  self->table.self_check = probe_self_check;
  self->table.quiesce = probe_quiesce;
  self->table.destroy = probe_destroy;
  self->table.capability = probe_capability;
  self->host = host;
  self->started = 0;
  self->count = '0';
  *out = &self->table;
  return CRM_OK;
}

const crm_plugin_entry crm_entry = {sizeof(crm_plugin_entry), CRM_ABI_MAJOR, CRM_ABI_MINOR,
                                    "com.example.probe",      "0.1.0",       create};
