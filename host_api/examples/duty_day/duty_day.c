/* A whole plugin in C11: a settings page, a read-only calendar, a hook, a route and a durable task.
 *
 * A user says on which day of the week they have a duty. The plugin gives them a calendar that
 * holds it as a weekly series and that users cannot edit, and counts how many appointments of the
 * user's own calendar it saw change.
 *
 *   settings   step() draws the form and ends in `finish`, which makes the host create the account
 *   task fill  writes the calendar of every account: at the start, after account_changed, daily
 *   task count follows the feed of each user's own calendar; runs after event_changed
 *   route      GET /plugins/com.example.duty_day/summary
 *
 * When is there an account? Only after the reply with `finish`: the host then creates it and sends
 * account_changed. A task that step() schedules runs before that and finds nothing. A notification
 * may be lost, so `start` schedules the same tasks.
 *
 * Threads: the functions of the contract only put a job into the queue of worker.h; everything
 * below "jobs" runs on the plugin's one thread, so the plugin needs no lock of its own. */
#include <stdio.h>
#include <stdlib.h>

#include "documents.h"
#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/http.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "host_api/services/accounts.h"
#include "host_api/services/calendars.h"
#include "host_api/services/clock.h"
#include "host_api/services/events.h"
#include "host_api/services/log.h"
#include "host_api/services/tasks.h"
#include "worker.h"

#define DAY_MS (24LL * 3600 * 1000)

/* crm_plugin comes first: the host's pointer is a pointer to this. */
typedef struct duty_day {
  crm_plugin base;
  const crm_host* host;
  const crm_accounts_0* accounts;
  const crm_calendars_0* calendars;
  const crm_clock_0* clock;
  const crm_events_0* events;
  const crm_tasks_0* tasks;
  const crm_log_0* log; /* optional: may be NULL */
  worker worker;
} duty_day;

static duty_day* of(crm_plugin* p) {
  return (duty_day*)(void*)p;
}

static crm_status say(crm_error* error, crm_status status, const char* sentence) {
  if (error) snprintf(error->message, sizeof error->message, "%s", sentence);
  return status;
}

/* --- jobs: the tasks ------------------------------------------------------------------------- */

/* Writes one account's series: creates it, or replaces the one that is there. The op_id names what
 * is written on top of what, so that a repetition after a lost answer changes nothing. */
static crm_status write_series(duty_day* self, int64_t fence, const account_view* a,
                               crm_str calendar, const struct weekday* day, crm_error* error) {
  char id[32];
  event_id(text_view(&a->id), id);
  text asked = {0}, found = {0}, batch = {0}, results = {0}, settled = {0}, op_id = {0},
       revision = {0};
  text_say(&asked, "[\"");
  text_say(&asked, id);
  text_say(&asked, "\"]");
  crm_status status = self->events->get(self->host, text_view(&asked), text_sink(&found), error);
  if (status == CRM_OK) {
    size_t at = 0;
    crm_str document;
    const bool exists = json_next(text_view(&found), &at, NULL, &document);
    if (exists) json_text(json_member(document, "revision"), &revision);
    text_say(&op_id, id);
    text_say(&op_id, "-");
    text_say(&op_id, day->day);
    text_say(&op_id, "-");
    text_say_str(&op_id, exists ? text_view(&revision) : str_of("new"));
    text_say(&batch, "[{\"op\":\"put\",\"op_id\":");
    text_quote(&batch, text_view(&op_id));
    text_say(&batch, ",\"id\":\"");
    text_say(&batch, id);
    text_say(&batch, "\",\"calendar\":");
    text_quote(&batch, calendar);
    if (exists) {
      text_say(&batch, ",\"if_revision\":");
      text_quote(&batch, text_view(&revision));
    }
    text_say(&batch, ",\"event\":");
    write_event(&batch, text_view(&a->name), day);
    text_say(&batch, "}]");
    status = self->events->apply(self->host, fence, text_view(&batch), text_sink(&results), error);
  }
  if (status == CRM_OK) { /* one result for each operation */
    size_t at = 0;
    crm_str result = {NULL, 0};
    json_next(text_view(&results), &at, NULL, &result);
    status = (crm_status)json_number(json_member(result, "status"));
    /* A user changed it meanwhile: the next run reads it again. */
    if (status == CRM_CONFLICT) status = CRM_UNAVAILABLE;
    if (status != CRM_OK) say(error, status, "the series was not written");
  }
  if (status == CRM_OK) {
    text_say(&settled, "[");
    text_quote(&settled, text_view(&op_id));
    text_say(&settled, "]");
    status = self->events->settle(self->host, text_view(&settled), error);
  }
  text_free(&asked);
  text_free(&found);
  text_free(&batch);
  text_free(&results);
  text_free(&settled);
  text_free(&op_id);
  text_free(&revision);
  return status;
}

static crm_status set_health(duty_day* self, crm_str account, crm_error* error) {
  text health = {0};
  text_say(&health, "{\"state\":\"ok\",\"reason\":\"health.ok\",\"args\":{},\"synced_at\":");
  text_say_number(&health, self->clock->wall(self->host));
  text_say(&health, ",\"attention\":[]}");
  const crm_status status =
      self->accounts->set_health(self->host, account, text_view(&health), error);
  text_free(&health);
  return status;
}

static crm_status fill(duty_day* self, int64_t fence, const account_view* a, crm_error* error) {
  const struct weekday* day = weekday_of(text_view(&a->weekday));
  if (!day) return say(error, CRM_INVALID, "an account has no day of the week");
  text calendar = {0}, id = {0};
  text_say(&calendar, "{\"account\":");
  text_quote(&calendar, text_view(&a->id));
  text_say(&calendar, ",\"remote_id\":\"duty\",\"name\":");
  text_quote(&calendar, text_view(&a->name));
  text_say(&calendar, ",\"color\":\"#8a5a00\",\"role\":\"reader\",\"mode\":\"view_only\"}");
  crm_status status = self->calendars->put(self->host, text_view(&calendar), text_sink(&id), error);
  /* An account that was removed and added again gets its calendar back. */
  if (status == CRM_OK)
    status = self->calendars->set_state(self->host, text_view(&id), str_of("live"), error);
  if (status == CRM_OK) status = write_series(self, fence, a, text_view(&id), day, error);
  if (status == CRM_OK) status = set_health(self, text_view(&a->id), error);
  text_free(&calendar);
  text_free(&id);
  return status;
}

/* Reads what changed in the user's own calendar and stores cursor and count together. */
static crm_status count(duty_day* self, int64_t fence, const account_view* a, crm_error* error) {
  (void)fence; /* put_config_if refuses what an older run read */
  text own = {0}, cursor = {0}, config = {0};
  text_say_str(&cursor, text_view(&a->cursor));
  int64_t seen = a->count;
  crm_status status = self->calendars->own(self->host, text_view(&a->user), text_sink(&own), error);
  for (bool more = true; status == CRM_OK && more;) {
    text page = {0};
    status = self->events->changes(self->host, text_view(&own), text_view(&cursor), 500,
                                   text_sink(&page), error);
    if (status == CRM_GONE && cursor.size > 0) { /* list again; what changed is counted once more */
      text_free(&cursor);
      status = CRM_OK;
    } else if (status == CRM_OK) {
      crm_str change;
      const crm_str changes = json_member(text_view(&page), "changes");
      for (size_t at = 0; json_next(changes, &at, NULL, &change);) ++seen;
      more = str_is(json_member(text_view(&page), "more"), "true");
      text_free(&cursor);
      json_text(json_member(text_view(&page), "cursor"), &cursor);
    }
    text_free(&page);
  }
  if (status == CRM_OK) {
    write_config(&config, text_view(&a->name), text_view(&a->weekday), text_view(&cursor), seen);
    status = self->accounts->put_config_if(self->host, text_view(&a->id), text_view(&a->revision),
                                           text_view(&config), error);
    if (status == CRM_CONFLICT) status = CRM_UNAVAILABLE; /* the settings changed: run again */
  }
  text_free(&own);
  text_free(&cursor);
  text_free(&config);
  return status;
}

/* Runs a task over every active account; the first failure is the answer, the others go on. */
static void perform_run(void* owner, const job* j) {
  duty_day* self = owner;
  const bool fills = str_is(j->first, "fill");
  crm_error error = {.message = {0}};
  text list = {0};
  crm_status answered = self->accounts->list(self->host, text_sink(&list), &error);
  crm_str document;
  if (answered == CRM_OK) {
    for (size_t at = 0; json_next(text_view(&list), &at, NULL, &document);) {
      account_view a = view_of(document);
      crm_error why = {.message = {0}};
      crm_status status = CRM_OK;
      if (str_is(text_view(&a.state), "active"))
        status = (fills ? fill : count)(self, j->fence, &a, &why);
      if (status != CRM_OK && answered == CRM_OK) {
        answered = status;
        error = why;
      }
      view_free(&a);
    }
  }
  text_free(&list);
  if (fills) { /* also after a failure: of two times the host keeps the earlier one */
    const crm_status next =
        self->tasks->schedule(self->host, str_of("fill"), self->clock->wall(self->host) + DAY_MS,
                              str_of(""), answered == CRM_OK ? &error : NULL);
    if (answered == CRM_OK) answered = next;
  }
  if (answered != CRM_OK && self->log)
    self->log->write(self->host, CRM_LOG_WARNING, str_of("duty_day.run_failed"), str_of("{}"));
  answer(j->reply, answered, str_of(answered == CRM_OK ? "" : error.message));
}

/* --- jobs: the settings page ----------------------------------------------------------------- */

/* A user can remove an account only where its plugin offers it. */
static crm_status remove_account(duty_day* self, crm_str account, crm_error* error) {
  text list = {0};
  crm_status status = self->calendars->list(self->host, account, text_sink(&list), error);
  crm_str calendar;
  for (size_t at = 0; status == CRM_OK && json_next(text_view(&list), &at, NULL, &calendar);) {
    text id = {0};
    json_text(json_member(calendar, "id"), &id);
    status = self->calendars->set_state(self->host, text_view(&id), str_of("hidden"), error);
    text_free(&id);
  }
  text_free(&list);
  if (status == CRM_OK)
    status = self->accounts->set_state(self->host, account, str_of("disconnected"), error);
  return status;
}

/* What was entered: the form again with an error, or the end. */
static void take_input(duty_day* self, crm_str request, const account_view* known, text* out) {
  const crm_str input = json_member(request, "input");
  const bool options = known->id.size > 0;
  text name = {0}, weekday = {0};
  json_text(json_member(input, "name"), &name);
  json_text(json_member(input, "weekday"), &weekday);
  crm_error error = {.message = {0}};
  if (options && str_is(json_member(input, "remove"), "true")) {
    if (remove_account(self, text_view(&known->id), &error) == CRM_OK)
      write_abort(out, "setup.removed", "");
    else
      write_abort(out, "setup.failed", error.message);
  } else if (name.size == 0) { /* the host has checked the schema; a second look costs nothing */
    write_form(out, text_view(&name), text_view(&weekday), "\"name\":\"error.name\"", options);
  } else if (!weekday_of(text_view(&weekday))) {
    write_form(out, text_view(&name), str_of("MO"), "\"weekday\":\"error.weekday\"", options);
  } else {
    text_say(out, "{\"type\":\"finish\",\"unique_id\":\"duty\",\"title\":");
    text_quote(out, text_view(&name));
    text_say(out, ",\"config\":");
    write_config(out, text_view(&name), text_view(&weekday), text_view(&known->cursor),
                 known->count);
    text_say(out, "}");
  }
  text_free(&name);
  text_free(&weekday);
}

static void perform_step(void* owner, const job* j) {
  duty_day* self = owner;
  const crm_str request = j->first;
  text kind = {0}, step = {0}, account = {0}, document = {0}, out = {0};
  json_text(json_member(request, "kind"), &kind);
  json_text(json_member(request, "step"), &step);
  json_text(json_member(request, "account"), &account);
  account_view known = {0};
  crm_error error = {.message = {0}};
  crm_status status = CRM_OK;
  if (str_is(text_view(&kind), "options")) {
    status = self->accounts->get(self->host, text_view(&account), text_sink(&document), &error);
    if (status == CRM_OK) known = view_of(text_view(&document));
  }
  if (status != CRM_OK)
    write_abort(&out, "setup.failed", error.message);
  else if (str_is(text_view(&kind), "discard"))
    text_say(&out, "{}"); /* nothing is kept outside the memo */
  else if (str_is(text_view(&step), "duty"))
    take_input(self, request, &known, &out);
  else
    write_form(&out, text_view(&known.name),
               known.weekday.size ? text_view(&known.weekday) : str_of("MO"), "",
               known.id.size > 0);
  answer(j->reply, out.failed ? CRM_UNAVAILABLE : CRM_OK,
         out.failed ? str_of("out of memory") : text_view(&out));
  view_free(&known);
  text_free(&kind);
  text_free(&step);
  text_free(&account);
  text_free(&document);
  text_free(&out);
}

/* --- jobs: the route and the hooks ----------------------------------------------------------- */

static void perform_request(void* owner, const job* j) {
  duty_day* self = owner;
  crm_error error = {.message = {0}};
  text list = {0}, body = {0}, out = {0};
  const crm_status status = self->accounts->list(self->host, text_sink(&list), &error);
  int64_t accounts = 0, appointments = 0;
  crm_str document;
  for (size_t at = 0; status == CRM_OK && json_next(text_view(&list), &at, NULL, &document);) {
    account_view a = view_of(document);
    accounts += str_is(text_view(&a.state), "active");
    appointments += a.count;
    view_free(&a);
  }
  text_say(&body, "{\"accounts\":");
  text_say_number(&body, accounts);
  text_say(&body, ",\"changed_appointments\":");
  text_say_number(&body, appointments);
  text_say(&body, "}");
  text_say(&out, "{\"status\":200,\"headers\":{\"content-type\":\"application/json\"},\"body\":");
  text_quote(&out, text_view(&body));
  text_say(&out, "}");
  answer(j->reply, status, status == CRM_OK ? text_view(&out) : str_of(error.message));
  text_free(&list);
  text_free(&body);
  text_free(&out);
}

static void perform_schedule(void* owner, const job* j) {
  duty_day* self = owner;
  /* A failure costs the notification, which may be lost anyhow: the next run reads the feed. */
  self->tasks->schedule(self->host, j->first, 0, str_of(""), NULL);
}

/* --- the tables: each function only queues --------------------------------------------------- */

static void step(crm_plugin* p, crm_str request, crm_reply* reply) CRM_NOEXCEPT {
  worker_post(&of(p)->worker, &perform_step, reply, 0, request, str_of(""));
}
static void handle(crm_plugin* p, crm_str request, crm_str body, crm_reply* reply) CRM_NOEXCEPT {
  worker_post(&of(p)->worker, &perform_request, reply, 0, request, body);
}
static void run(crm_plugin* p, crm_str key, crm_str payload, int64_t fence,
                crm_reply* reply) CRM_NOEXCEPT {
  worker_post(&of(p)->worker, &perform_run, reply, fence, key, payload);
}
static void event_changed(crm_plugin* p, crm_str calendar, crm_str event) CRM_NOEXCEPT {
  (void)calendar; /* which event it was is in the feed */
  (void)event;
  worker_post(&of(p)->worker, &perform_schedule, NULL, 0, str_of("count"), str_of(""));
}
static void account_changed(crm_plugin* p, crm_str account) CRM_NOEXCEPT {
  (void)account;
  worker_post(&of(p)->worker, &perform_schedule, NULL, 0, str_of("fill"), str_of(""));
}
static void record_changed(crm_plugin* p, crm_str kind, crm_str record) CRM_NOEXCEPT {
  (void)p; /* not in the manifest, so it is not called; a table has no NULL functions */
  (void)kind;
  (void)record;
}

static const crm_settings_0 kSettings = {&step};
static const crm_http_0 kHttp = {&handle};
static const crm_run_0 kRun = {&run};
static const crm_hooks_0 kHooks = {&event_changed, &account_changed, &record_changed};

/* --- the life cycle -------------------------------------------------------------------------- */

static crm_status prepare(crm_plugin* p, crm_error* error) CRM_NOEXCEPT {
  const duty_day* self = of(p);
  if (!self->accounts) return say(error, CRM_INVALID, "this plugin needs crm.accounts/0");
  if (!self->calendars) return say(error, CRM_INVALID, "this plugin needs crm.calendars/0");
  if (!self->clock) return say(error, CRM_INVALID, "this plugin needs crm.clock/0");
  if (!self->events) return say(error, CRM_INVALID, "this plugin needs crm.events/0");
  if (!self->tasks) return say(error, CRM_INVALID, "this plugin needs crm.tasks/0");
  return CRM_OK;
}

static crm_status start(crm_plugin* p, crm_str state, crm_error* error) CRM_NOEXCEPT {
  duty_day* self = of(p);
  (void)state; /* everything is in the accounts */
  if (self->worker.running) return say(error, CRM_CONFLICT, "the plugin is running already");
  crm_status status = self->tasks->schedule(self->host, str_of("fill"), 0, str_of(""), error);
  if (status == CRM_OK)
    status = self->tasks->schedule(self->host, str_of("count"), 0, str_of(""), error);
  if (status == CRM_OK && !worker_start(&self->worker))
    status = say(error, CRM_UNAVAILABLE, "there is no thread to be had: try again later");
  return status;
}

static crm_status self_check(crm_plugin* p, crm_sink report, crm_error* error) CRM_NOEXCEPT {
  (void)p;
  (void)error;
  report.write(report.ctx, str_of("{}"));
  return CRM_OK;
}

static crm_status quiesce(crm_plugin* p, uint32_t deadline_ms, crm_sink state,
                          crm_error* error) CRM_NOEXCEPT {
  duty_day* self = of(p);
  (void)state; /* nothing to hand over */
  if (!self->worker.running) return say(error, CRM_CONFLICT, "the plugin is not running");
  if (!worker_stop(&self->worker, deadline_ms))
    return say(error, CRM_TIMEOUT, "a request is being answered: try again");
  return CRM_OK;
}

static void destroy(crm_plugin* p) CRM_NOEXCEPT {
  worker_free(&of(p)->worker);
  free(of(p));
}

static const void* capability(crm_plugin* p, const char* id) CRM_NOEXCEPT {
  (void)p;
  if (strcmp(id, CRM_SETTINGS) == 0) return &kSettings;
  if (strcmp(id, CRM_HTTP) == 0) return &kHttp;
  if (strcmp(id, CRM_RUN) == 0) return &kRun;
  if (strcmp(id, CRM_HOOKS) == 0) return &kHooks;
  return NULL;
}

/* create only looks services up; prepare says what is missing. */
static crm_status create(const crm_host* host, crm_plugin** out, crm_error* error) CRM_NOEXCEPT {
  duty_day* self = calloc(1, sizeof *self);
  if (!self) return say(error, CRM_UNAVAILABLE, "out of memory");
  self->base = (crm_plugin){&prepare, &start, &self_check, &quiesce, &destroy, &capability};
  self->host = host;
  self->accounts = host->service(host, CRM_ACCOUNTS);
  self->calendars = host->service(host, CRM_CALENDARS);
  self->clock = host->service(host, CRM_CLOCK);
  self->events = host->service(host, CRM_EVENTS);
  self->tasks = host->service(host, CRM_TASKS);
  self->log = host->service(host, CRM_LOG);
  worker_init(&self->worker, self);
  *out = &self->base;
  return CRM_OK;
}

/* The one exported symbol. The library is built with -fvisibility=hidden, so that nothing else is:
 * two plugins in one process must not find each other's functions. */
__attribute__((visibility("default")))
const crm_plugin_entry crm_entry = {sizeof(crm_plugin_entry), CRM_ABI_MAJOR, CRM_ABI_MINOR,
                                    "com.example.duty_day",   "1.0.0",       &create};
