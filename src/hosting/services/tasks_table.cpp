// crm.tasks/0 over the durable timers of the plugin.
#include "src/hosting/services/tasks.hpp"

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

crm_status schedule(const crm_host* host, crm_str key, std::int64_t at, crm_str payload,
                    crm_error* error) noexcept {
  return crm::guard(error, [&] {
    const PluginHost& self = PluginHost::of(host);
    return self.context().tasks().schedule(self.plugin(), crm::from_abi(key), at,
                                           crm::from_abi(payload));
  });
}

crm_status cancel(const crm_host* host, crm_str key, crm_error* error) noexcept {
  return crm::guard(error, [&] {
    return PluginHost::of(host).context().tasks().cancel(PluginHost::of(host).plugin(),
                                                         crm::from_abi(key));
  });
}

}  // namespace

constexpr crm_tasks_0 kTasksTable{&schedule, &cancel};

}  // namespace hosting
