// One authorised call of the Calendar API: its path arguments, query parameters and caller. Used by
// the handlers of CalendarApi. It must never outlive the request it refers to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "src/emulator/api/calendar_api.hpp"

// ANSWER_OR_RETURN(auto x, outcome()): declares x, or answers the request with the problem.
#define ANSWER_OR_RETURN(declaration, expression) \
  ANSWER_IMPL(declaration, expression, CRM_CONCAT(answer_, __LINE__))
#define ANSWER_IMPL(declaration, expression, name)  \
  auto name = (expression);                         \
  if (!name) return problem_response(name.error()); \
  declaration = *std::move(name)

namespace emulator {

struct CalendarApi::Call {
  const Request& request;
  std::map<std::string, std::string, std::less<>> path;  // {calendarId}, {eventId}: decoded
  gcal::net::Parameters query;
  std::string email, client_id;
  gcal::base::Json body;
  ListFaults faults = {};

  std::string parameter(std::string_view name) const {
    return std::string(gcal::net::parameter(query, name));
  }
  bool has(std::string_view name) const { return gcal::net::parameter_count(query, name) > 0; }
  std::vector<std::string> all(std::string_view name) const;
  Outcome<bool> flag(std::string_view name, bool otherwise) const;
  Outcome<std::int64_t> number(std::string_view name, std::int64_t otherwise,
                               std::int64_t least) const;
  Outcome<std::optional<Seconds>> time(std::string_view name) const;
  Outcome<WriteOptions> write_options() const;
};

}  // namespace emulator
