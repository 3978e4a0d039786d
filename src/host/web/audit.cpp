#include "src/host/web/audit.hpp"

#include "src/common/base/bytes.hpp"
#include "src/common/icalendar/address.hpp"

namespace host {

void audit(gcal::base::Log& log, std::string_view action, std::string_view user,
           const ApiRequest& request, std::string_view object) {
  Json line = Json::object({{"action", action}, {"user", user}, {"client", request.client}});
  if (!object.empty()) line.set("object", object);
  log.warning("audit", line);
}

void audit_failure(gcal::base::Log& log, const ApiRequest& request, std::string_view address,
                   const Error& error) {
  const auto hash =
      gcal::base::sha256(gcal::base::as_bytes(gcal::icalendar::normalised_address(address)));
  log.warning("audit", Json::object({{"action", "log_in_failed"},
                                     {"address", gcal::base::to_hex(hash).substr(0, 12)},
                                     {"client", request.client},
                                     {"paused", error.retry_after.count() > 0}}));
}

}  // namespace host
