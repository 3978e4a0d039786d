/* A plugin that violates the contract in many ways: the contract suite must name each violation. In
 * plain C11. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_api/capabilities/settings.h"
#include "host_api/crm_plugin.h"
#include "host_api/services/log.h"

typedef struct {
  crm_plugin table; /* first, so that a crm_plugin* is a misbehaving* */
  const crm_host* host;
} misbehaving;

static void log_text(const misbehaving* self, crm_str text) {
  const crm_log_0* log = self->host->service(self->host, CRM_LOG);
  const crm_str event = {"misbehaving", 11};
  if (log) log->write(self->host, CRM_LOG_INFO, event, text);
}

static void* outlive(void* ignored) {
  (void)ignored;
  for (;;) sleep(60);
  return NULL;
}

static crm_status misbehaving_prepare(crm_plugin* plugin, crm_error* error) {
  (void)plugin;
  (void)error;
  return CRM_OK;
}

/* Refuses a state that it does not know, and starts again while it runs already. */
static crm_status misbehaving_start(crm_plugin* plugin, crm_str state, crm_error* error) {
  pthread_t thread;
  (void)plugin;
  if (state.size > 0 && state.data[0] != 'r') {
    if (error) strcpy(error->message, "this is not my state");
    return CRM_INVALID;
  }
  if (pthread_create(&thread, NULL, outlive, NULL) == 0) pthread_detach(thread);
  return CRM_OK;
}

static crm_status misbehaving_self_check(crm_plugin* plugin, crm_sink report, crm_error* error) {
  const crm_str text = {"fine", 4}; /* no JSON */
  (void)plugin;
  (void)error;
  report.write(report.ctx, text);
  return CRM_OK;
}

static crm_status misbehaving_quiesce(crm_plugin* plugin, uint32_t deadline_ms, crm_sink state,
                                      crm_error* error) {
  const crm_str text = {"r", 1};
  (void)plugin;
  (void)deadline_ms;
  (void)error;
  state.write(state.ctx, text);
  return CRM_OK;
}

static void misbehaving_destroy(crm_plugin* plugin) {
  const crm_str text = {"goodbye", 7};
  log_text((misbehaving*)plugin, text); /* a host call */
  free(plugin);
}

static void misbehaving_step(crm_plugin* plugin, crm_str request, crm_reply* reply) {
  log_text((misbehaving*)plugin, request); /* with every secret in it */
  reply->send(reply, CRM_OK, request);
  reply->send(reply, CRM_OK, request);
}

static const crm_settings_0 settings = {misbehaving_step};

static const void* misbehaving_capability(crm_plugin* plugin, const char* id) {
  (void)plugin;
  return strcmp(id, CRM_SETTINGS) == 0 ? &settings : NULL;
}

static crm_status create(const crm_host* host, crm_plugin** out, crm_error* error) {
  misbehaving* self = calloc(1, sizeof *self);
  if (!self) return CRM_UNAVAILABLE;
  (void)error;
  self->table.prepare = misbehaving_prepare;
  self->table.start = misbehaving_start;
  self->table.self_check = misbehaving_self_check;
  self->table.quiesce = misbehaving_quiesce;
  self->table.destroy = misbehaving_destroy;
  self->table.capability = misbehaving_capability;
  self->host = host;
  *out = &self->table;
  log_text(self, (crm_str){"hello", 5}); /* create may only look services up */
  return CRM_OK;
}

__attribute__((visibility("default")))
const crm_plugin_entry crm_entry = {sizeof(crm_plugin_entry),  CRM_ABI_MAJOR, CRM_ABI_MINOR,
                                    "com.example.misbehaving", "1.0",         create};
