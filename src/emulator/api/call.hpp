// One authorised request to the Calendar API: path arguments, query parameters and caller. Used by
// the handlers of CalendarApi. Refers to the request, so it must not outlive it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/api/calendar_api.hpp"

// ANSWER_OR_RETURN(auto x, outcome()): declares x, or returns the response for the Problem.
#define ANSWER_OR_RETURN(declaration, expression) \
  ANSWER_IMPL(declaration, expression, CRM_CONCAT(answer_, __LINE__))
#define ANSWER_IMPL(declaration, expression, name)  \
  auto name = (expression);                         \
  if (!name) return problem_response(name.error()); \
  declaration = *std::move(name)

namespace emulator {

struct CalendarApi::Call {
  const Request& request;
  std::map<std::string, std::string, std::less<>> path;  // decoded: calendarId, eventId, ...
  gcal::net::Parameters query;                           // checked: only those that the method has
  std::string email, client_id;  // "" for a caller without an account, who has an API key
  gcal::base::Json body;
  ListFaults faults = {};

  std::string parameter(std::string_view name) const {
    return std::string(gcal::net::parameter(query, name));
  }
  bool has(std::string_view name) const { return gcal::net::parameter_count(query, name) > 0; }
  // The parameters `pageToken` and `syncToken`.
  PageRequest page(std::int64_t max_results) const {
    return {max_results, parameter("pageToken"), parameter("syncToken")};
  }
  std::vector<std::string> all(std::string_view name) const;
  bool flag(std::string_view name, bool fallback = false) const;
  std::int64_t number(std::string_view name, std::int64_t fallback) const;
  std::optional<SysSeconds> time(std::string_view name) const;
  std::optional<std::int64_t> milliseconds(std::string_view name) const;  // since 1970
  WriteOptions write_options() const;
};

}  // namespace emulator
