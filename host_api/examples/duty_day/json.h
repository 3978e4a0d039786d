/* The little JSON that a plugin in C needs: reads members and texts of a document, and writes one.
 *
 * A document is never copied: a value is a part of its text. Documents come from the host, which
 * has checked them; what is no JSON reads as "absent". Nothing here keeps state, so
 * every function may be called on any thread. A plugin with larger documents brings a library. */
#ifndef DUTY_DAY_JSON_H
#define DUTY_DAY_JSON_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host_api/crm_plugin.h"

/* --- a text that grows ----------------------------------------------------------------------- */

/* Begins as {0}; release it with text_free. After failed (no memory) it holds less than was written
 * and must not be used. */
typedef struct text {
  char* data;
  size_t size, room;
  bool failed;
} text;

static inline void text_free(text* t) {
  free(t->data);
  *t = (text){0};
}

static inline void text_add(text* t, const char* data, size_t size) {
  if (t->failed || size == 0) return;
  if (t->size + size > t->room) {
    const size_t room = (t->size + size) * 2;
    char* data_now = realloc(t->data, room);
    if (!data_now) {
      t->failed = true;
      return;
    }
    t->data = data_now;
    t->room = room;
  }
  memcpy(t->data + t->size, data, size);
  t->size += size;
}

static inline void text_say(text* t, const char* words) { text_add(t, words, strlen(words)); }
static inline void text_say_str(text* t, crm_str words) { text_add(t, words.data, words.size); }
static inline crm_str text_view(const text* t) { return (crm_str){t->data, t->size}; }

static inline void text_say_number(text* t, int64_t number) {
  char digits[32];
  snprintf(digits, sizeof digits, "%lld", (long long)number);
  text_say(t, digits);
}

/* Writes bytes as a JSON text, with quotes. */
static inline void text_quote(text* t, crm_str bytes) {
  text_say(t, "\"");
  for (size_t i = 0; i < bytes.size; ++i) {
    const unsigned char c = (unsigned char)bytes.data[i];
    char escaped[8];
    if (c == '"' || c == '\\')
      snprintf(escaped, sizeof escaped, "\\%c", c);
    else if (c < 0x20)
      snprintf(escaped, sizeof escaped, "\\u%04x", c);
    else
      snprintf(escaped, sizeof escaped, "%c", c);
    text_say(t, escaped);
  }
  text_say(t, "\"");
}

/* The sink of the contract over a text: what a service answers is appended. */
static inline void text_take(void* ctx, crm_str bytes) CRM_NOEXCEPT {
  text_add(ctx, bytes.data, bytes.size);
}
static inline crm_sink text_sink(text* t) { return (crm_sink){t, &text_take}; }

/* --- reading --------------------------------------------------------------------------------- */

static inline crm_str str_of(const char* words) { return (crm_str){words, strlen(words)}; }

static inline bool str_is(crm_str s, const char* words) {
  return s.size == strlen(words) && (s.size == 0 || memcmp(s.data, words, s.size) == 0);
}

static inline size_t json_skip_space(crm_str s, size_t at) {
  while (at < s.size && strchr(" \t\r\n", s.data[at]) && s.data[at] != '\0') ++at;
  return at;
}

/* The end of the value that begins at `at`; 0 if there is none. */
static inline size_t json_end(crm_str s, size_t at) {
  size_t depth = 0;
  bool quoted = false;
  for (size_t i = at; i < s.size; ++i) {
    const char c = s.data[i];
    if (quoted) {
      if (c == '\\') ++i;
      else if (c == '"' && depth == 0) return i + 1;
      else if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return i > at ? i : 0;
      if (--depth == 0) return i + 1;
    } else if (depth == 0 && (c == ',' || c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
      return i > at ? i : 0;
    }
  }
  return depth == 0 && !quoted && s.size > at ? s.size : 0;
}

/* The next item of an array, or member of an object (then with its name, still quoted). *at is 0 at
 * the beginning. false: there is none. */
static inline bool json_next(crm_str s, size_t* at, crm_str* name, crm_str* value) {
  size_t i = json_skip_space(s, *at);
  if (*at == 0) {
    if (i >= s.size || s.data[i] != (name ? '{' : '[')) return false;
    i = json_skip_space(s, i + 1);
  } else if (i < s.size && s.data[i] == ',') {
    i = json_skip_space(s, i + 1);
  } else {
    return false;
  }
  if (name) {
    const size_t end = i < s.size && s.data[i] == '"' ? json_end(s, i) : 0;
    if (end == 0) return false;
    *name = (crm_str){s.data + i, end - i};
    i = json_skip_space(s, end);
    if (i >= s.size || s.data[i] != ':') return false;
    i = json_skip_space(s, i + 1);
  }
  const size_t end = json_end(s, i);
  if (end == 0) return false;
  *value = (crm_str){s.data + i, end - i};
  *at = end;
  return true;
}

/* The member of an object, as it is written; an empty one if it is absent. */
static inline crm_str json_member(crm_str object, const char* wanted) {
  crm_str name, value;
  const size_t length = strlen(wanted);
  for (size_t at = 0; json_next(object, &at, &name, &value);)
    if (name.size == length + 2 && memcmp(name.data + 1, wanted, length) == 0) return value;
  return (crm_str){NULL, 0};
}

static inline int64_t json_number(crm_str value) {
  char digits[32] = {0};
  if (value.size < sizeof digits && value.size > 0) memcpy(digits, value.data, value.size);
  return strtoll(digits, NULL, 10);
}

/* Writes a code point of at most 16 bits, or both halves of a larger one, as UTF-8. */
static inline void text_add_code(text* t, unsigned long code) {
  char bytes[4];
  size_t size = 0;
  if (code < 0x80) {
    bytes[size++] = (char)code;
  } else if (code < 0x800) {
    bytes[size++] = (char)(0xC0 | (code >> 6));
    bytes[size++] = (char)(0x80 | (code & 0x3F));
  } else {
    if (code < 0x10000) {
      bytes[size++] = (char)(0xE0 | (code >> 12));
    } else {
      bytes[size++] = (char)(0xF0 | (code >> 18));
      bytes[size++] = (char)(0x80 | ((code >> 12) & 0x3F));
    }
    bytes[size++] = (char)(0x80 | ((code >> 6) & 0x3F));
    bytes[size++] = (char)(0x80 | (code & 0x3F));
  }
  text_add(t, bytes, size);
}

static inline unsigned long json_hex4(crm_str s, size_t at) {
  char digits[5] = {0};
  if (at + 4 <= s.size) memcpy(digits, s.data + at, 4);
  return strtoul(digits, NULL, 16);
}

/* The text that a JSON text means, without quotes and escapes. false: it is no text. */
static inline bool json_text(crm_str value, text* out) {
  if (value.size < 2 || value.data[0] != '"') return false;
  for (size_t i = 1; i + 1 < value.size; ++i) {
    if (value.data[i] != '\\') {
      text_add(out, value.data + i, 1);
      continue;
    }
    const char c = value.data[++i];
    if (c == 'u') {
      unsigned long code = json_hex4(value, i + 1);
      i += 4;
      if (code >= 0xD800 && code < 0xDC00 && i + 6 < value.size && value.data[i + 1] == '\\') {
        code = 0x10000 + ((code - 0xD800) << 10) + (json_hex4(value, i + 3) - 0xDC00);
        i += 6;
      }
      text_add_code(out, code);
    } else {
      const char plain = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b'
                         : c == 'f' ? '\f' : c;
      text_add(out, &plain, 1);
    }
  }
  return !out->failed;
}

#endif
