// The contract suite: what is known of Google's service, one fact a check, asked over HTTP. Each check says how well the fact is known, so that a
// difference can be weighed. Used by the files of checks in this folder. A check owns a fresh account and must never lean on another check.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "src/base/json.hpp"

namespace contract {

using gcal::base::Json;
using Fields = std::vector<std::pair<std::string, std::string>>;

enum class Known { documented, observed, guessed };

// Json from text with ' for ": js("{'summary': 'A'}").
Json js(std::string text);
// "items.0.start.date" in a document; nullptr when absent.
const Json* at(const Json& document, std::string_view path);

struct Answer {
  int status = 0;  // 0: the connection closed without an answer
  Fields headers;
  std::string body;
  Json json;
  std::string header(std::string_view name) const;
  std::string reason() const {
    const Json* found = at(json, "error.errors.0.reason");
    return found ? found->as_string() : "";
  }
  std::string text(std::string_view path) const {
    const Json* found = at(json, path);
    return found ? found->as_string() : "";
  }
  std::string dump(std::string_view path) const {
    const Json* found = at(json, path);
    return found ? found->dump() : "absent";
  }
  std::vector<Json> list(std::string_view path) const {
    const Json* found = at(json, path);
    return found ? found->items() : std::vector<Json>{};
  }
  std::size_t count(std::string_view path = "items") const {
    const Json* found = at(json, path);
    return found ? found->items().size() : 0;
  }
};

struct Person {
  std::string email, token;
};

class Probe {
 public:
  explicit Probe(std::string base);  // makes a person with a primary calendar in Europe/Berlin

  std::string base;
  Person me;
  Person another(const std::string& scopes = "calendar");
  std::string token(const std::string& email, const std::string& scopes, const std::string& client = "contract");

  // Any address of the emulator, without a token.
  Answer raw(const std::string& method, const std::string& target, const std::string& body = "", Fields headers = {});
  // Below /calendar/v3, as `person`.
  Answer as(const Person& person, const std::string& method, const std::string& path, const std::string& body = "", Fields headers = {});
  Answer call(const std::string& method, const std::string& path, const std::string& body = "", Fields headers = {}) {
    return as(me, method, path, body, std::move(headers));
  }
  Answer get(const std::string& path, Fields headers = {}) { return call("GET", path, "", std::move(headers)); }
  Answer post(const std::string& path, const Json& body, Fields headers = {}) { return call("POST", path, body.dump(), std::move(headers)); }
  Answer patch(const std::string& path, const Json& body, Fields headers = {}) { return call("PATCH", path, body.dump(), std::move(headers)); }
  Answer put(const std::string& path, const Json& body, Fields headers = {}) { return call("PUT", path, body.dump(), std::move(headers)); }
  Answer remove(const std::string& path, Fields headers = {}) { return call("DELETE", path, "", std::move(headers)); }
  Answer control(const std::string& method, const std::string& path, const Json& body = Json());

  // The most used: events of the primary calendar.
  Answer insert(const Json& body, const std::string& query = "") { return post("/calendars/primary/events" + query, body); }
  Answer events(const std::string& query = "") { return get("/calendars/primary/events" + query); }
  Answer event(const std::string& id) { return get("/calendars/primary/events/" + id); }
  std::string sync_token() { return events("?fields=nextSyncToken").text("nextSyncToken"); }
  Answer since(const std::string& token, const std::string& more = "");
};

std::string escape(const std::string& text);  // percent-encoded
std::string form(const Fields& fields);
std::string unique(const std::string& prefix);

Json timed(const std::string& summary, const std::string& start = "2026-12-01T10:00:00+01:00", const std::string& end = "2026-12-01T11:00:00+01:00");
// A daily series at 09:00 Berlin from 2026-12-01, five times.
Json daily(const std::string& summary = "Series", const std::string& rule = "RRULE:FREQ=DAILY;COUNT=5");
Json all_day(const std::string& summary, const std::string& start = "2026-12-24", const std::string& end = "2026-12-25");

struct Check {
  std::string section, fact;
  Known known;
  std::function<void(Probe&)> run;
};
using Checks = std::vector<Check>;

// Each file of checks adds its own.
void oauth_checks(Checks& checks);
void scope_checks(Checks& checks);
void calendar_checks(Checks& checks);
void sharing_checks(Checks& checks);
void event_checks(Checks& checks);
void series_checks(Checks& checks);
void list_checks(Checks& checks);
void sync_checks(Checks& checks);
void guest_checks(Checks& checks);
void request_checks(Checks& checks);
void push_checks(Checks& checks);
void batch_checks(Checks& checks);
void golden_checks(Checks& checks);

}  // namespace contract
