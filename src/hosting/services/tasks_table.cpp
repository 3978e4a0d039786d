// crm.tasks/0 over the durable timers of the plugin.
#include "src/hosting/services/tasks.hpp"

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/forgetting.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

Result<> check_key(std::string_view key) {
  if (!key.starts_with(kHostKey)) return {};
  return Error{Code::invalid, "keys that begin with \"crm:\" belong to the host", {}};
}

crm_status schedule(const crm_host* host, crm_str key, std::int64_t at, crm_str payload,
                    crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    const PluginHost& self = PluginHost::of(host);
    TRY_VOID(check_key(crm::from_abi(key)));
    return self.context().tasks().schedule(self.plugin(), crm::from_abi(key), at,
                                           crm::from_abi(payload));
  });
}

crm_status cancel(const crm_host* host, crm_str key, crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    TRY_VOID(check_key(crm::from_abi(key)));
    return PluginHost::of(host).context().tasks().cancel(PluginHost::of(host).plugin(),
                                                         crm::from_abi(key));
  });
}

crm_status reschedule(const crm_host* host, crm_str key, std::int64_t at, crm_str payload,
                      crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    const PluginHost& self = PluginHost::of(host);
    TRY_VOID(check_key(crm::from_abi(key)));
    return self.context().tasks().reschedule(self.plugin(), crm::from_abi(key), at,
                                             crm::from_abi(payload));
  });
}

crm_status list(const crm_host* host, crm_str prefix, crm_sink tasks, crm_error* error) noexcept {
  return crm::guard_into(tasks, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const auto pending, self.context().tasks().list(self.plugin(), crm::from_abi(prefix)));
    Json documents = Json::array();
    for (const PendingTask& task : pending)
      if (!task.key.starts_with(kHostKey))
        documents.push(Json::object({{"key", task.key},
                                     {"at", task.at ? Json(*task.at) : Json()},
                                     {"running", task.running}}));
    return documents.dump();
  });
}

}  // namespace

constexpr crm_tasks_0 kTasksTable{&schedule, &cancel, &reschedule, &list};

}  // namespace hosting
