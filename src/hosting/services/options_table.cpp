// crm.options/0: what the command line set for this plugin.
#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

crm_status get(const crm_host* host, crm_str key, crm_sink value, crm_error* error) noexcept {
  return crm::guard_into(value, error, [&]() -> Result<std::string> {
    const auto& options = PluginHost::of(host).options();
    const auto found = options.find(std::string(crm::from_abi(key)));
    if (found == options.end())
      return Error{
          Code::not_found, "the option " + std::string(crm::from_abi(key)) + " is not set", {}};
    return found->second;
  });
}

}  // namespace

constexpr crm_options_0 kOptionsTable{&get};

}  // namespace hosting
