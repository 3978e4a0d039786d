// References to the objects of the running plugin, passed to everything that needs several of them.
// Filled by the wiring, valid from start to quiesce. Owns nothing. [loop thread]
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

struct PluginContext {
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
