// The objects of the running plugin by reference, so that those who need many of them take one
// argument. Filled by the wiring. It must never own anything.
#pragma once

#include "plugin/adapters/google_access.hpp"
#include "plugin/adapters/host_calls.hpp"
#include "plugin/adapters/secret_vault.hpp"
#include "plugin/site_options.hpp"
#include "src/common/base/clock.hpp"
#include "src/common/base/log.hpp"
#include "src/common/base/random.hpp"
#include "src/engine/store/blocking_executor.hpp"
#include "src/engine/store/database.hpp"

namespace gcal::plugin {

struct Parts {
  HostCalls& host;
  store::BlockingExecutor& blocking;
  store::Database& database;
  SecretVault& vault;
  GoogleAccesses& google;
  const SiteOptions& site;
  const base::Clock& clock;
  base::Random& random;
  base::Log& log;
};

}  // namespace gcal::plugin
