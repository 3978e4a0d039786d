// JSON for requests, as facts write it: short literals and the usual event bodies. Pure. Never
// reads a response; Response has its own accessors.
#pragma once

#include <string>

#include "src/common/base/json.hpp"

namespace contract {

using gcal::base::Json;

// JSON with ' instead of ", so that it needs no escapes in C++: json("{'summary': 'A'}"). A text
// that is no JSON fails the running fact.
Json json(std::string text);

// `body` with the members of `change` (text as json() takes it) in place of its own; null removes.
Json merged(Json body, const std::string& change);

// An event of an hour, 2026-12-01 at 10:00 in Berlin if not said otherwise.
Json timed(const std::string& summary, const std::string& start = "2026-12-01T10:00:00+01:00",
           const std::string& end = "2026-12-01T11:00:00+01:00");
// A series of half an hour from 2026-12-01 at 09:00 in Berlin.
Json daily(const std::string& summary = "Series",
           const std::string& rule = "RRULE:FREQ=DAILY;COUNT=5");
Json all_day(const std::string& summary, const std::string& start = "2026-12-24",
             const std::string& end = "2026-12-25");

// "/calendars/primary/events/<id>", with `query` ("?a=b") behind it.
std::string event_path(const std::string& id, const std::string& query = "");

// `prefix` with a number that no other call has had, in this process or another.
std::string unique_id(const std::string& prefix);

}  // namespace contract
