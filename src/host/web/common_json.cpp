#include "src/host/web/common_json.hpp"

#include <charconv>

#include "src/host/crm/event_view.hpp"

namespace host {

std::string time_text(gcal::base::Instant time) {
  return occurrence_key(EventTime{false, std::chrono::floor<std::chrono::seconds>(time), "UTC"});
}

gcal::base::Json user_json(const User& user) {
  return gcal::base::Json::object({{"id", user.id},
                                   {"email", user.email},
                                   {"name", user.name},
                                   {"role", user.role},
                                   {"locale", user.locale},
                                   {"theme", user.theme},
                                   {"time_zone", user.time_zone}});
}

Result<std::int64_t> number(const ApiRequest& request, std::string_view name, std::int64_t fallback,
                            std::int64_t least, std::int64_t most) {
  const std::string_view text = request.parameter(name);
  if (text.empty()) return fallback;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
    return Error{Code::invalid,
                 std::string(name) + ": a number from " + std::to_string(least) + " to " +
                     std::to_string(most),
                 {}};
  return value;
}

}  // namespace host
