// crm.mailer/0 over the port of the host, which is there: PluginHost does not offer the table
// without one.
#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/mail_port.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

MailPort& port_of(const crm_host* host) {
  return *PluginHost::of(host).context().mail();
}

FenceCheck fence_check(const crm_host* host) {
  const Tasks& tasks = PluginHost::of(host).context().tasks();
  return [&tasks](std::string_view plugin, std::int64_t number) {
    return tasks.fence_is_current(plugin, number);
  };
}

crm_status info(const crm_host* host, crm_sink info, crm_error* error) noexcept {
  return crm::guard_into(info, error, [&]() -> Result<std::string> {
    TRY(const Json document, port_of(host).info(PluginHost::of(host).plugin()));
    return document.dump();
  });
}

crm_status submit(const crm_host* host, std::int64_t fence, crm_str batch, crm_sink results,
                  crm_error* error) noexcept {
  return crm::guard_into(results, error, [&]() -> Result<std::string> {
    TRY(const Json messages, object_argument(batch, "batch"));
    TRY(const Json document,
        port_of(host).submit(PluginHost::of(host).plugin(), fence, messages, fence_check(host)));
    return document.dump();
  });
}

crm_status withdraw(const crm_host* host, std::int64_t fence, crm_str keys, crm_sink results,
                    crm_error* error) noexcept {
  return crm::guard_into(results, error, [&]() -> Result<std::string> {
    TRY(const auto wanted, texts_argument(keys, "keys"));
    TRY(const Json document,
        port_of(host).withdraw(PluginHost::of(host).plugin(), fence, wanted, fence_check(host)));
    return document.dump();
  });
}

crm_status changes(const crm_host* host, crm_str cursor, std::uint32_t limit, crm_sink page,
                   crm_error* error) noexcept {
  return crm::guard_into(page, error, [&]() -> Result<std::string> {
    TRY(const Json document,
        port_of(host).changes(PluginHost::of(host).plugin(), crm::from_abi(cursor), limit));
    return document.dump();
  });
}

crm_status preview(const crm_host* host, crm_str batch, crm_sink rendered,
                   crm_error* error) noexcept {
  return crm::guard_into(rendered, error, [&]() -> Result<std::string> {
    TRY(const Json messages, object_argument(batch, "batch"));
    TRY(const Json document, port_of(host).preview(PluginHost::of(host).plugin(), messages));
    return document.dump();
  });
}

crm_status test(const crm_host* host, crm_str user, crm_error* error) noexcept {
  return crm::guard(error, [&] { return port_of(host).test(crm::from_abi(user)); });
}

}  // namespace

constexpr crm_mailer_0 kMailerTable{&info, &submit, &withdraw, &changes, &preview, &test};

}  // namespace hosting
