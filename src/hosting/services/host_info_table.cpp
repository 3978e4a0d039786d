// crm.host_info/0: what host this is, and where it mounts the routes of the plugin.
#include <initializer_list>

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

Json texts(std::initializer_list<std::string_view> list) {
  Json json = Json::array();
  for (const std::string_view text : list) json.push(text);
  return json;
}

crm_status info(const crm_host* host, crm_sink info, crm_error* error) noexcept {
  return crm::guard_into(info, error, [&]() -> Result<std::string> {
    const HostIdentity& identity = PluginHost::of(host).identity();
    return Json::object(
               {{"name", identity.name},
                {"version", identity.version},
                {"tenant", identity.tenant},
                {"record_kinds", texts({to_text(RecordKind::lead), to_text(RecordKind::contact)})},
                {"languages", texts({"en", "de"})},
                {"limits", Json::object({{"feed_page", 2500},
                                         {"events_per_call", 500},
                                         {"addresses_per_call", 1000},
                                         {"feed_days", 90},
                                         {"answer_days", 90},
                                         {"secret_bytes", 16 * 1024},
                                         {"payload_bytes", 4096},
                                         {"memo_bytes", 4 * 1024 * 1024},
                                         {"flow_days", 7},
                                         {"run_ms", 3'600'000}})}})
        .dump();
  });
}

crm_status url_of(const crm_host* host, crm_str route, crm_sink url, crm_error* error) noexcept {
  return crm::guard_into(url, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    const std::string_view path = crm::from_abi(route);
    if (path != "callback" && !self.has_route(path))
      return Error{Code::not_found, "the manifest has no route " + std::string(path), {}};
    const auto base = self.options().find("public_url");
    if (base == self.options().end() || base->second.empty())
      return Error{Code::unavailable, "the host was not told its public address", {}};
    std::string address = base->second;
    while (address.ends_with('/')) address.pop_back();
    return address + "/plugins/" + self.plugin() + "/" + std::string(path);
  });
}

}  // namespace

constexpr crm_host_info_0 kHostInfoTable{&info, &url_of};

}  // namespace hosting
