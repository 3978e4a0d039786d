#include "src/emulator/api/parameters.hpp"

#include <algorithm>
#include <limits>

#include "src/common/icalendar/ascii.hpp"
#include "src/common/icalendar/rfc3339.hpp"

namespace emulator {
namespace {

// "all none" -> "[all, none]"
std::string listed(std::string_view values) {
  std::string out = "[";
  for (const char c : values) out += c == ' ' ? std::string(", ") : std::string(1, c);
  return out + "]";
}

bool has_value(std::string_view values, std::string_view wanted) {
  const auto known = gcal::icalendar::split(values, ' ');
  return std::ranges::find(known, wanted) != known.end();
}

// Google names the lower bound only: it has no parameter with an upper one but the two versions.
Outcome<> check_whole(const Parameter& parameter, const std::string& value) {
  const std::string name(parameter.name);
  if (value.empty() || value.size() > 9 ||
      !std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return invalid_parameter(name);
  const std::int64_t number = std::stoll(value);
  const std::int64_t least = parameter.minimum.value_or(0);
  const std::int64_t most = parameter.maximum.value_or(std::numeric_limits<std::int32_t>::max());
  if (number < least || number > most)
    return invalid_parameter(name, "Invalid value. Values must be within the range: [" +
                                       std::to_string(least) + ", " + std::to_string(most) + "]");
  return Done{};
}

Outcome<> check(const Parameter& parameter, const std::string& value) {
  const std::string name(parameter.name);
  if (parameter.type == "integer") return check_whole(parameter, value);
  if (parameter.type == "boolean") {
    if (!has_value("true false 1 0", value) && !value.empty()) return invalid_parameter(name);
  } else if (parameter.format == "date-time") {
    if (!gcal::icalendar::parse_rfc3339(value)) return bad_request("badRequest", "Bad Request");
  } else if (!parameter.values.empty() && !value.empty()) {
    if (!has_value(parameter.values, value))
      return invalid_parameter(name, "Invalid string value: '" + value.substr(0, 100) +
                                         "'. Allowed values: " + listed(parameter.values));
  }
  return Done{};
}

const Parameter* find(const std::vector<Parameter>& parameters, std::string_view name) {
  const auto found =
      std::find_if(parameters.begin(), parameters.end(),
                   [&](const Parameter& parameter) { return parameter.name == name; });
  return found == parameters.end() ? nullptr : &*found;
}

// cloud.google.com/apis/docs/system-parameters: $alt and alt mean the same.
const Parameter* find_for(const Method& method, std::string_view name) {
  if (const Parameter* own = find(method.parameters, name)) return own;
  if (const Parameter* system = find(system_parameters(), name)) return system;
  return name.starts_with('$') ? find(system_parameters(), name.substr(1)) : nullptr;
}

}  // namespace

Outcome<gcal::net::Parameters> read_parameters(const Method& method,
                                               const gcal::net::Parameters& query) {
  gcal::net::Parameters known;
  for (const auto& [name, value] : query) {
    const Parameter* parameter = find_for(method, name);
    if (!parameter) continue;
    TRY_VOID(check(*parameter, value));
    known.emplace_back(parameter->name, value);
  }
  for (const Parameter& parameter : method.parameters)
    if (parameter.required && gcal::net::parameter(known, parameter.name).empty()) {
      const std::string name(parameter.name);
      return Problem{400, "global", "required", "Required parameter: " + name, "parameter", name};
    }
  return known;
}

bool as_flag(std::string_view value) {
  return value != "false" && value != "0";
}

}  // namespace emulator
