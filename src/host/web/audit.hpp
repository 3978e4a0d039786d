// What the log keeps about who did what: log-ins, failures, sessions, users, sharing, accounts; the
// hosting library adds connections and secrets. Lines with the name "audit", at the level of
// warnings so that no log level but "error" leaves them out. Used by the parts of the API. It must
// never log a password, a token or a typed address, which may be a password in the wrong field.
#pragma once

#include <string_view>

#include "src/common/base/log.hpp"
#include "src/host/web/api.hpp"

namespace host {

// user: who did it. object: to whom or what; "" for the user's own.
void audit(gcal::base::Log& log, std::string_view action, std::string_view user,
           const ApiRequest& request, std::string_view object = {});
// A log-in that failed. The address appears as a short hash, so that failures of one account can be
// counted.
void audit_failure(gcal::base::Log& log, const ApiRequest& request, std::string_view address,
                   const Error& error);

}  // namespace host
