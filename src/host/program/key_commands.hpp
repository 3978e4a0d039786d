// crm_host keys: the keys of the secrets, beside a host that may be running. Used by main and by
// the command check. It must never print a key.
#pragma once

#include <string>

#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/common/base/result.hpp"
#include "src/host/crm/crm.hpp"

namespace host {

// action: list, rotate, rotate-master. Errors: those of hosting::Secrets.
gcal::Result<> run_key_command(const CrmOptions& options, const std::string& action,
                               gcal::base::Random& random, gcal::base::Log& log);

// Opens every secret and prints how many do. internal: some do not.
gcal::Result<> check_secrets(const CrmOptions& options, gcal::base::Random& random,
                             gcal::base::Log& log);

}  // namespace host
