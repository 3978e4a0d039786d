// The contract suite: what is known of Google's service, one fact a check, asked over HTTP. Each
// check says how well the fact is known, so that a difference can be weighed, and by the type of
// its argument what it needs, so that one sees what can also be asked of the real Google (./dev
// live). Used by the files of checks in this folder. A check owns a fresh account and must never
// lean on another check.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <ctime>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/google_contract/facts/stage.hpp"
#include "tests/google_contract/facts/wire.hpp"

namespace contract {

enum class Known { documented, observed, guessed };
const char* word(Known known);

// Json from text with ' for ": js("{'summary': 'A'}").
Json js(std::string text);

// What a check does, and with what: the types below, each demanding more than the one before. The
// first three can be had of the real Google.

// One person and one empty calendar that "primary" stands for. On the emulator that is the person's
// primary calendar, live a secondary one that other checks may have used before.
class Probe {
 public:
  explicit Probe(Stage& stage);

  std::string base;
  Person me;
  std::string calendar;  // the id behind "primary"

  // Any address, without a token.
  Answer raw(const std::string& method, const std::string& target, const std::string& body = "",
             Fields headers = {});
  // Below /calendar/v3, as `person`.
  Answer as(const Person& person, const std::string& method, const std::string& path,
            const std::string& body = "", Fields headers = {});
  Answer call(const std::string& method, const std::string& path, const std::string& body = "",
              Fields headers = {}) {
    return as(me, method, path, body, std::move(headers));
  }
  Answer get(const std::string& path, Fields headers = {}) {
    return call("GET", path, "", std::move(headers));
  }
  Answer post(const std::string& path, const Json& body, Fields headers = {}) {
    return call("POST", path, body.dump(), std::move(headers));
  }
  Answer patch(const std::string& path, const Json& body, Fields headers = {}) {
    return call("PATCH", path, body.dump(), std::move(headers));
  }
  Answer put(const std::string& path, const Json& body, Fields headers = {}) {
    return call("PUT", path, body.dump(), std::move(headers));
  }
  Answer remove(const std::string& path, Fields headers = {}) {
    return call("DELETE", path, "", std::move(headers));
  }

  // The most used: events of the calendar.
  Answer insert(const Json& body, const std::string& query = "") {
    return post("/calendars/primary/events" + query, body);
  }
  Answer events(const std::string& query = "") { return get("/calendars/primary/events" + query); }
  Answer event(const std::string& id) { return get("/calendars/primary/events/" + id); }
  std::string sync_token() { return events("?fields=nextSyncToken").text("nextSyncToken"); }
  Answer since(const std::string& token, const std::string& more = "");

 protected:
  Stage& stage_;
};

// The calendar has no past: no tombstones, no ids that were used.
class Fresh : public Probe {
  using Probe::Probe;
};

// A second account beside, to share the calendar with; its own calendars are left alone.
class Shared : public Fresh {
  using Fresh::Fresh;

 public:
  Person another(const std::string& scopes = "calendar") { return stage_.another(scopes); }
};

// About the primary calendar itself, about an account that holds nothing else, or with copies on
// the primary calendars of others: never live.
class Own : public Shared {
  using Shared::Shared;
};

// The emulator's controls: accounts, scopes, faults, time, what Google's page does; and web hooks
// on this machine.
class Emulated : public Own {
  using Own::Own;

 public:
  std::string token(const std::string& email, const std::string& scopes,
                    const std::string& client = "contract") {
    return stage_.token(email, scopes, client);
  }
  Answer control(const std::string& method, const std::string& path, const Json& body = Json()) {
    return stage_.control(method, path, body);
  }
};

enum class Needs { calendar, fresh_calendar, second_account, own_account, emulator };
const char* word(Needs needs);  // for a reader: what it means for ./dev live
inline bool runs_live(Needs needs) {
  return needs <= Needs::second_account;
}

// A function of one of the types above.
class Run {
 public:
  template <typename Function>
  requires std::invocable<Function&, Emulated&> Run(Function function)
      : needs_(needs_of<Function>()),
        function_(std::move(function)) {
  }  // NOLINT(google-explicit-constructor): a lambda is written where a Run is asked for
  void operator()(Emulated& probe) const { function_(probe); }
  Needs needs() const { return needs_; }

 private:
  template <typename Function>
  static constexpr Needs needs_of() {
    if (std::invocable<Function&, Probe&>) return Needs::calendar;
    if (std::invocable<Function&, Fresh&>) return Needs::fresh_calendar;
    if (std::invocable<Function&, Shared&>) return Needs::second_account;
    return std::invocable<Function&, Own&> ? Needs::own_account : Needs::emulator;
  }
  Needs needs_;
  std::function<void(Emulated&)> function_;
};

struct Check {
  std::string section, fact;
  Known known;
  Run run;
};
using Checks = std::vector<Check>;

std::string unique(const std::string& prefix);

// `body` with the members of `change`, as js() reads it, over its own; null takes one away.
Json laid_over(Json body, const std::string& change);

Json timed(const std::string& summary, const std::string& start = "2026-12-01T10:00:00+01:00",
           const std::string& end = "2026-12-01T11:00:00+01:00");
// A daily series at 09:00 Berlin from 2026-12-01, five times.
Json daily(const std::string& summary = "Series",
           const std::string& rule = "RRULE:FREQ=DAILY;COUNT=5");
Json all_day(const std::string& summary, const std::string& start = "2026-12-24",
             const std::string& end = "2026-12-25");

// Each file of checks adds its own; all_checks calls them all (sections.cpp, with the titles of the
// sections).
void oauth_checks(Checks& checks);
void oauth_identity_checks(Checks& checks);
void scope_checks(Checks& checks);
void calendar_checks(Checks& checks);
void sharing_checks(Checks& checks);
void event_checks(Checks& checks);
void event_write_checks(Checks& checks);
void series_checks(Checks& checks);
void list_checks(Checks& checks);
void sync_checks(Checks& checks);
void guest_checks(Checks& checks);
void request_checks(Checks& checks);
void fault_checks(Checks& checks);
void fault_wire_checks(Checks& checks);
void push_checks(Checks& checks);
void batch_checks(Checks& checks);
void golden_checks(Checks& checks);
void hostile_checks(Checks& checks);

Checks all_checks();
std::string title(const std::string& section);  // "" for a section without one

}  // namespace contract
