// crm.secrets/0 over the sealed rows of the plugin.
#include "src/hosting/services/secrets.hpp"

#include "host_api/cpp/abi.hpp"
#include "src/common/base/json_array.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

crm_status get(const crm_host* host, crm_str key, crm_sink value, crm_error* error) noexcept {
  return crm::guard_into(value, error, [&] {
    return PluginHost::of(host).context().secrets().get(PluginHost::of(host).plugin(),
                                                        crm::from_abi(key));
  });
}

crm_status put(const crm_host* host, crm_str key, crm_str value, crm_error* error) noexcept {
  return crm::guard(error, [&] {
    return PluginHost::of(host).context().secrets().put(PluginHost::of(host).plugin(),
                                                        crm::from_abi(key), crm::from_abi(value));
  });
}

crm_status erase(const crm_host* host, crm_str key, crm_error* error) noexcept {
  return crm::guard(error, [&] {
    return PluginHost::of(host).context().secrets().erase(PluginHost::of(host).plugin(),
                                                          crm::from_abi(key));
  });
}

crm_status put_if(const crm_host* host, crm_str key, crm_str expected, crm_str value,
                  crm_error* error) noexcept {
  return crm::guard(error, [&] {
    return PluginHost::of(host).context().secrets().put_if(
        PluginHost::of(host).plugin(), crm::from_abi(key), crm::from_abi(expected),
        crm::from_abi(value));
  });
}

crm_status list(const crm_host* host, crm_str prefix, crm_sink keys, crm_error* error) noexcept {
  return crm::guard_into(keys, error, [&]() -> Result<std::string> {
    TRY(const auto found, PluginHost::of(host).context().secrets().list(
                              PluginHost::of(host).plugin(), crm::from_abi(prefix)));
    return gcal::base::json_array(found).dump();
  });
}

}  // namespace

constexpr crm_secrets_0 kSecretsTable{&get, &put, &erase, &put_if, &list};

}  // namespace hosting
