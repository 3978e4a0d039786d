// What an object of Hosting consists of. Made by Hosting::open for a vendor, and by crm_host, which
// shares one database with the library: that is why it is apart from hosting.hpp. It must never be
// needed by a vendor.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "src/hosting/crm_hosting/hosting.hpp"
#include "src/hosting/flows/flow_runner.hpp"
#include "src/hosting/library/repeated.hpp"
#include "src/hosting/plugins/plugins.hpp"
#include "src/hosting/services/host_context.hpp"
#include "src/hosting/services/plugin_calendars.hpp"
#include "src/hosting/web/web.hpp"
#include "src/hosting/web/worker_pool.hpp"

namespace hosting {

class SchemaLock;

struct PartsOptions {
  PluginsOptions plugins;
  WebSettings web;  // without a public_url: the port's; callback links begin with it, too
  bool watch_crashes = true;
  bool purges = true;  // forgets old deletions once a day
};

}  // namespace hosting

namespace crm_hosting {

// invalid, with the name of the function: no text that CrmPort::public_url may answer. Pure.
crm::Result<> check_public_url(std::string_view text);

struct Hosting::Parts {
  // context and port outlive the object; `owned` holds them for a vendor, and is destroyed last.
  Parts(hosting::HostContext& context, CrmPort& port, hosting::PartsOptions options,
        std::shared_ptr<void> owned = nullptr);
  ~Parts();

  void maintain();  // [own thread]
  // Hosting::stop. [any thread]
  std::vector<std::string> stop();

  std::shared_ptr<void> owned;
  hosting::SchemaLock* schema_lock = nullptr;  // of `owned`; null: none
  hosting::HostContext& context;
  CrmPort& port;
  const bool watch_crashes, purges;
  hosting::PluginCalendars calendars;
  hosting::Plugins plugins;
  std::shared_ptr<hosting::WorkerPool> workers;  // shared with answers that plugins may give later
  hosting::FlowRunner flows;
  hosting::Web web;
  std::mutex stop_mutex;
  std::mutex mutex;
  bool started = false, stopped = false;
  int round = 0;  // of maintain
  std::unique_ptr<hosting::Repeated> maintenance;
};

}  // namespace crm_hosting
