/* A plugin that breaks one promise after the other, so that the contract suite can prove that it
 * sees each. In plain C11. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host_api/capabilities/settings.h"
#include "host_api/crm_plugin.h"
#include "host_api/services/log.h"

typedef struct {
  crm_plugin table; /* first, so that a crm_plugin* is a rude* */
  const crm_host* host;
} rude;

static void log_text(const rude* self, crm_str text) {
  const crm_log_0* log = self->host->service(self->host, CRM_LOG);
  const crm_str event = {"rude", 4};
  if (log) log->write(self->host, CRM_LOG_INFO, event, text);
}

static void* outlive(void* ignored) {
  (void)ignored;
  for (;;) sleep(60);
  return NULL;
}

static crm_status rude_prepare(crm_plugin* plugin, crm_error* error) {
  (void)plugin;
  (void)error;
  return CRM_OK;
}

/* Takes the state for a truth instead of a cache, and starts as often as it is asked to. */
static crm_status rude_start(crm_plugin* plugin, crm_str state, crm_error* error) {
  pthread_t thread;
  (void)plugin;
  if (state.size > 0 && state.data[0] != 'r') {
    if (error) strcpy(error->message, "this is not my state");
    return CRM_INVALID;
  }
  if (pthread_create(&thread, NULL, outlive, NULL) == 0) pthread_detach(thread);
  return CRM_OK;
}

static crm_status rude_self_check(crm_plugin* plugin, crm_sink report, crm_error* error) {
  const crm_str text = {"fine", 4}; /* no JSON */
  (void)plugin;
  (void)error;
  report.write(report.ctx, text);
  return CRM_OK;
}

static crm_status rude_quiesce(crm_plugin* plugin, uint32_t deadline_ms, crm_sink state,
                               crm_error* error) {
  const crm_str text = {"r", 1};
  (void)plugin;
  (void)deadline_ms;
  (void)error;
  state.write(state.ctx, text);
  return CRM_OK;
}

static void rude_destroy(crm_plugin* plugin) {
  const crm_str text = {"goodbye", 7};
  log_text((rude*)plugin, text); /* a host call */
  free(plugin);
}

static void rude_step(crm_plugin* plugin, crm_str request, crm_reply* reply) {
  log_text((rude*)plugin, request); /* with every secret in it */
  reply->send(reply, CRM_OK, request);
  reply->send(reply, CRM_OK, request);
}

static const crm_settings_0 settings = {rude_step};

static const void* rude_capability(crm_plugin* plugin, const char* id) {
  (void)plugin;
  return strcmp(id, CRM_SETTINGS) == 0 ? &settings : NULL;
}

static crm_status create(const crm_host* host, crm_plugin** out, crm_error* error) {
  rude* self = calloc(1, sizeof *self);
  if (!self) return CRM_UNAVAILABLE;
  (void)error;
  self->table.prepare = rude_prepare;
  self->table.start = rude_start;
  self->table.self_check = rude_self_check;
  self->table.quiesce = rude_quiesce;
  self->table.destroy = rude_destroy;
  self->table.capability = rude_capability;
  self->host = host;
  *out = &self->table;
  log_text(self, (crm_str){"hello", 5}); /* create may only look services up */
  return CRM_OK;
}

__attribute__((visibility("default"))) const crm_plugin_entry crm_entry = {
    sizeof(crm_plugin_entry), CRM_ABI_MAJOR, CRM_ABI_MINOR, "com.example.rude", "1.0", create};
