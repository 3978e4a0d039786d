// crm.calendars/0 over the calendars that the plugin brought, and the own ones of its users.
#include <algorithm>

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

crm_status list(const crm_host* host, crm_str account, crm_sink calendars,
                crm_error* error) noexcept {
  return crm::guard_into(calendars, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const auto rows, self.calendars().list(self.plugin(), crm::from_abi(account)));
    Json documents = Json::array();
    for (const PluginCalendar& calendar : rows) documents.push(calendar.to_json());
    return documents.dump();
  });
}

crm_status put(const crm_host* host, crm_str calendar, crm_sink id, crm_error* error) noexcept {
  return crm::guard_into(id, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const Json document, object_argument(calendar, "calendar"));
    return self.calendars().put(self.plugin(),
                                RemoteCalendar::of(document.string("account"), document));
  });
}

crm_status set_state(const crm_host* host, crm_str calendar, crm_str state,
                     crm_error* error) noexcept {
  return crm::guard(error, [&] {
    const PluginHost& self = PluginHost::of(host);
    return self.calendars().set_state(self.plugin(), crm::from_abi(calendar), crm::from_abi(state));
  });
}

// A plugin decides only for people who connected an account of it.
crm_status set_default(const crm_host* host, crm_str user, crm_str calendar,
                       crm_error* error) noexcept {
  return crm::guard(error, [&]() -> Result<> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const auto accounts, self.context().accounts().of_plugin(self.plugin()));
    if (std::ranges::none_of(accounts, [&](const Account& account) {
          return account.user == crm::from_abi(user);
        })) {
      return Error{Code::not_found, "no account of this plugin belongs to that user", {}};
    }
    return self.calendars().set_default(crm::from_abi(user), crm::from_abi(calendar),
                                        self.plugin());
  });
}

crm_status own(const crm_host* host, crm_str user, crm_sink id, crm_error* error) noexcept {
  return crm::guard_into(id, error, [&]() -> Result<std::string> {
    TRY(const CrmUser found, PluginHost::of(host).crm().user(crm::from_abi(user)));
    return found.calendar;
  });
}

}  // namespace

constexpr crm_calendars_0 kCalendarsTable{&list, &put, &set_state, &set_default, &own};

}  // namespace hosting
