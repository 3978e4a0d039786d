// The methods of the Calendar API as data: paths, scopes, parameters, resources. CalendarApi routes
// and checks requests by them, and the discovery document prints them, so that both say the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace emulator {

// A parameter of the query, in the words of a discovery document.
struct Parameter {
  std::string_view name;
  std::string_view type = "string";  // string | boolean | integer
  std::string_view format = {};      // int32 | date-time
  std::string_view values = {};      // of an enum, separated by spaces
  std::string_view fallback = {};    // the documented default
  std::optional<std::int64_t> minimum = {}, maximum = {};
  bool required = false, repeated = false, deprecated = false;
};

struct Method {
  std::string_view id;           // "events.list"
  std::string_view http_method;  // "GET"
  std::string_view path;         // below /calendar/v3
  std::string_view scopes;       // separated by spaces, without their common prefix
  std::vector<Parameter> parameters;
  std::string_view request, response;  // schemas; "" when there is no body
  // Callers without an account may call it, with an API key: they see what is public.
  bool takes_key = false;
};

constexpr std::string_view kCalendarRoot = "/calendar/v3";
constexpr std::string_view kScopePrefix = "https://www.googleapis.com/auth/";

const std::vector<Method>& methods();

// Those that every method takes: alt, fields, key, prettyPrint ...
const std::vector<Parameter>& system_parameters();

}  // namespace emulator
