/* The documents of the plugin "duty day": what it reads of an account and what it writes. Used by
 * duty_day.c. Functions on values, without state; texts are released by view_free and text_free. */
#ifndef DUTY_DAY_DOCUMENTS_H
#define DUTY_DAY_DOCUMENTS_H

#include "json.h"

/* The days on which a duty can be, each with its key and the date of its first occurrence. */
static const struct weekday {
  const char *day, *key, *first, *next;
} kWeekdays[] = {
    {"MO", "weekday.mo", "2026-01-05", "2026-01-06"},
    {"TU", "weekday.tu", "2026-01-06", "2026-01-07"},
    {"WE", "weekday.we", "2026-01-07", "2026-01-08"},
    {"TH", "weekday.th", "2026-01-08", "2026-01-09"},
    {"FR", "weekday.fr", "2026-01-09", "2026-01-10"}};
enum { kDays = sizeof kWeekdays / sizeof kWeekdays[0] };

static inline const struct weekday* weekday_of(crm_str day) {
  for (size_t i = 0; i < kDays; ++i)
    if (str_is(day, kWeekdays[i].day)) return &kWeekdays[i];
  return NULL;
}

/* An event id may hold letters, digits, - and _ only; an account id may be any text. */
static inline void event_id(crm_str account, char out[32]) {
  uint64_t hash = 14695981039346656037ULL; /* FNV-1a */
  for (size_t i = 0; i < account.size; ++i)
    hash = (hash ^ (unsigned char)account.data[i]) * 1099511628211ULL;
  snprintf(out, 32, "duty-%016llx", (unsigned long long)hash);
}

/* What a job reads of one account. The texts are decoded; free them with view_free. */
typedef struct account_view {
  text id, user, state, name, weekday, cursor, revision;
  int64_t count;
} account_view;

static inline void view_free(account_view* a) {
  text_free(&a->id);
  text_free(&a->user);
  text_free(&a->state);
  text_free(&a->name);
  text_free(&a->weekday);
  text_free(&a->cursor);
  text_free(&a->revision);
}

static inline account_view view_of(crm_str document) {
  account_view a = {0};
  const crm_str config = json_member(document, "config");
  json_text(json_member(document, "id"), &a.id);
  json_text(json_member(document, "user"), &a.user);
  json_text(json_member(document, "state"), &a.state);
  json_text(json_member(document, "revision"), &a.revision);
  json_text(json_member(config, "name"), &a.name);
  json_text(json_member(config, "weekday"), &a.weekday);
  json_text(json_member(config, "cursor"), &a.cursor);
  a.count = json_number(json_member(config, "count"));
  return a;
}

static inline void write_config(text* out, crm_str name, crm_str weekday, crm_str cursor,
                                int64_t count) {
  text_say(out, "{\"name\":");
  text_quote(out, name);
  text_say(out, ",\"weekday\":");
  text_quote(out, weekday);
  text_say(out, ",\"cursor\":");
  text_quote(out, cursor);
  text_say(out, ",\"count\":");
  text_say_number(out, count);
  text_say(out, "}");
}

static inline void write_event(text* out, crm_str name, const struct weekday* day) {
  text_say(out, "{\"summary\":");
  text_quote(out, name);
  text_say(out, ",\"start\":{\"date\":\"");
  text_say(out, day->first);
  text_say(out, "\"},\"end\":{\"date\":\"");
  text_say(out, day->next);
  text_say(out, "\"},\"transparency\":\"transparent\",\"recurrence\":[\"RRULE:FREQ=WEEKLY;BYDAY=");
  text_say(out, day->day);
  text_say(out, "\"]}");
}

/* --- steps of the settings page -------------------------------------------------------------- */

/* error: the members of "errors", or "". */
static inline void write_form(text* out, crm_str name, crm_str weekday, const char* error,
                              bool removable) {
  text_say(out, "{\"type\":\"form\",\"step\":\"duty\",\"title\":\"setup.title\",");
  text_say(out, "\"description\":\"setup.description\",\"submit\":\"setup.save\",\"last\":true,");
  text_say(out, "\"schema\":{\"type\":\"object\",\"required\":[\"name\",\"weekday\"],");
  text_say(out, "\"properties\":{");
  text_say(out, "\"name\":{\"type\":\"string\",\"title\":\"setup.name\",\"minLength\":1,");
  text_say(out, "\"maxLength\":100},\"weekday\":{\"type\":\"string\",\"title\":\"setup.weekday\",");
  text_say(out, "\"x-widget\":\"select\",\"enum\":[");
  for (size_t i = 0; i < kDays; ++i) {
    text_say(out, i ? "," : "");
    text_quote(out, str_of(kWeekdays[i].day));
  }
  text_say(out, "],\"x-text-keys\":[\"MO\",\"TU\",\"WE\",\"TH\",\"FR\"],\"x-labels\":{");
  for (size_t i = 0; i < kDays; ++i) {
    text_say(out, i ? "," : "");
    text_quote(out, str_of(kWeekdays[i].day));
    text_say(out, ":");
    text_quote(out, str_of(kWeekdays[i].key));
  }
  text_say(out, "}}");
  if (removable) text_say(out, ",\"remove\":{\"type\":\"boolean\",\"title\":\"setup.remove\"}");
  text_say(out, "}},\"values\":{\"name\":");
  text_quote(out, name);
  text_say(out, ",\"weekday\":");
  text_quote(out, weekday);
  text_say(out, "},\"errors\":{");
  text_say(out, error);
  text_say(out, "}}");
}

static inline void write_abort(text* out, const char* key, const char* message) {
  text_say(out, "{\"type\":\"abort\",\"reason\":\"");
  text_say(out, key);
  text_say(out, "\",\"args\":{\"message\":");
  text_quote(out, str_of(message));
  text_say(out, "}}");
}

#endif
