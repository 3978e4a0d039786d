#include "src/emulator/http/method_override.hpp"

#include <algorithm>

#include "src/common/icalendar/ascii.hpp"

namespace emulator {
namespace {

constexpr const char* kName = "X-HTTP-Method-Override";

void remove_field(Fields& headers, std::string_view name) {
  std::erase_if(headers, [&](const auto& field) {
    return gcal::icalendar::lower(field.first) == gcal::icalendar::lower(std::string(name));
  });
}

}  // namespace

void apply_method_override(Request& request) {
  if (request.method != "POST" || !request.path.starts_with("/calendar/v3/")) return;
  std::string method = gcal::icalendar::upper(header(request.headers, kName));
  if (method.empty()) return;
  request.method = std::move(method);
  remove_field(request.headers, kName);
  if (request.method != "GET") return;
  const std::string type = gcal::icalendar::lower(header(request.headers, "Content-Type"));
  if (type.starts_with("application/x-www-form-urlencoded") && !request.body.empty())
    request.query += (request.query.empty() ? "" : "&") + request.body;
  request.body.clear();
  remove_field(request.headers, "Content-Type");
}

}  // namespace emulator
