#include "src/hosting/library/parts.hpp"

#include <utility>

#include "src/hosting/library/schema_lock.hpp"
#include "src/hosting/plugins/crash_log.hpp"
#include "src/hosting/services/plugin_appointments.hpp"

namespace hosting {
namespace {

constexpr auto kMaintenanceInterval = std::chrono::hours(1);
constexpr int kRoundsPerDay = 24;
// What follows the answer of a plugin in a set-up: a few statements.
constexpr int kWorkers = 2;
constexpr std::size_t kMaxWaiting = 512;

}  // namespace

}  // namespace hosting

namespace crm_hosting {
namespace {

// The port's, where the host does not say otherwise.
std::function<std::string()> public_url_of(hosting::WebSettings& web, const CrmPort& port) {
  if (!web.public_url) web.public_url = [&port] { return port.public_url(); };
  return web.public_url;
}

}  // namespace

Hosting::Parts::Parts(hosting::HostContext& given_context, CrmPort& given_port,
                      hosting::PartsOptions options, std::shared_ptr<void> given)
    : owned(std::move(given)),
      context(given_context),
      port(given_port),
      watch_crashes(options.watch_crashes),
      purges(options.purges),
      calendars(context, port),
      plugins(context, port, std::move(options.plugins)),
      workers(std::make_shared<hosting::WorkerPool>(hosting::kWorkers, hosting::kMaxWaiting,
                                                    context.log())),
      flows(
          context, plugins, calendars,
          [pool = workers](std::function<void()> job) { pool->resume(std::move(job)); },
          public_url_of(options.web, given_port)),
      web(context, calendars, plugins, flows, std::move(options.web)) {
  maintenance =
      std::make_unique<hosting::Repeated>(hosting::kMaintenanceInterval, [this] { maintain(); });
}

Hosting::Parts::~Parts() {
  if (schema_lock) schema_lock->end_watch();
  maintenance.reset();
  plugins.stop();
  workers->stop();
}

std::vector<std::string> Hosting::Parts::stop() {
  const std::lock_guard one_at_a_time(stop_mutex);
  bool was_running = false;
  {
    const std::lock_guard lock(mutex);
    was_running = !std::exchange(stopped, true) && started;
  }
  plugins.stop();
  if (was_running && watch_crashes) hosting::CrashLog::end_watch();
  return plugins.still_loaded();
}

void Hosting::Parts::maintain() {
  flows.expire();
  if (!purges || round++ % hosting::kRoundsPerDay != 0) return;
  if (const auto purged = hosting::PluginAppointments(context, port).purge(); !purged)
    context.log().warning("upkeep.failed",
                          gcal::base::Json::object({{"why", purged.error().message}}));
}

}  // namespace crm_hosting
