// crm.accounts/0 over the connected accounts of the plugin.
#include "src/hosting/services/accounts.hpp"

#include <algorithm>
#include <iterator>

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/account_removal.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

// What the page relies on of schema/health.json.
Result<> check_health(const Json& health) {
  constexpr std::string_view kStates[] = {"ok",         "working",   "waiting",
                                          "needs_auth", "attention", "off"};
  if (std::ranges::find(kStates, health.string("state")) == std::end(kStates))
    return Error{
        Code::invalid, "health.state: ok, working, waiting, needs_auth, attention or off", {}};
  const Json* reason = health.find("reason");
  if (reason && !reason->is_string())
    return Error{Code::invalid, "health.reason: a text key is expected", {}};
  return {};
}

crm_status list(const crm_host* host, crm_sink accounts, crm_error* error) noexcept {
  return crm::guard_into(accounts, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const auto rows, self.context().accounts().of_plugin(self.plugin()));
    Json documents = Json::array();
    for (const Account& account : rows) documents.push(account.to_plugin_json());
    return documents.dump();
  });
}

crm_status get(const crm_host* host, crm_str id, crm_sink account, crm_error* error) noexcept {
  return crm::guard_into(account, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const Account row, self.context().accounts().of_plugin(self.plugin(), crm::from_abi(id)));
    return row.to_plugin_json().dump();
  });
}

crm_status put_config(const crm_host* host, crm_str id, crm_str config, crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const Json document, object_argument(config, "config"));
    return self.context().accounts().put_config(self.plugin(), crm::from_abi(id), document);
  });
}

crm_status set_state(const crm_host* host, crm_str id, crm_str state, crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    const PluginHost& self = PluginHost::of(host);
    const std::string_view account = crm::from_abi(id), wanted = crm::from_abi(state);
    PluginCalendars calendars = self.calendars();
    TRY_VOID(
        set_state_by_plugin(self.context().accounts(), calendars, self.plugin(), account, wanted));
    self.context().audit("account_" + std::string(wanted), self.plugin(), account);
    return {};
  });
}

crm_status set_health(const crm_host* host, crm_str id, crm_str health, crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const Json document, object_argument(health, "health"));
    TRY_VOID(check_health(document));
    return self.context().accounts().set_health(self.plugin(), crm::from_abi(id), document);
  });
}

// A flow asks for its user before there is an account, so every user may be asked for.
crm_status user(const crm_host* host, crm_str id, crm_sink document, crm_error* error) noexcept {
  return crm::guard_into(document, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const PluginUser row, self.calendars().user(crm::from_abi(id)));
    return row.to_json().dump();
  });
}

crm_status put_config_if(const crm_host* host, crm_str id, crm_str revision, crm_str config,
                         crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const Json document, object_argument(config, "config"));
    return self.context().accounts().put_config(self.plugin(), crm::from_abi(id), document,
                                                crm::from_abi(revision));
  });
}

}  // namespace

constexpr crm_accounts_0 kAccountsTable{&list,       &get,  &put_config,   &set_state,
                                        &set_health, &user, &put_config_if};

}  // namespace hosting
