// crm.users/0: users of the CRM, as the port shows them.
#include <set>

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"

namespace hosting {
namespace {

crm_status get(const crm_host* host, crm_str user, crm_sink document, crm_error* error) noexcept {
  return crm::guard_into(document, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const CrmUser row, self.crm().user(crm::from_abi(user)));
    if (row.removed) return Error{Code::not_found, "this user was removed", {}};
    TRY(const PluginUser shown, self.calendars().user(row.id));
    return shown.to_json().dump();
  });
}

crm_status list(const crm_host* host, crm_sink users, crm_error* error) noexcept {
  return crm::guard_into(users, error, [&]() -> Result<std::string> {
    const PluginHost& self = PluginHost::of(host);
    TRY(const auto accounts, self.context().accounts().of_plugin(self.plugin()));
    std::set<std::string> ids;
    for (const Account& account : accounts) ids.insert(account.user);
    Json documents = Json::array();
    for (const std::string& id : ids) {
      const auto row = self.crm().user(id);
      if (!row && row.error().code != Code::not_found) return row.error();
      if (!row || row->removed) continue;
      TRY(const PluginUser shown, self.calendars().user(id));
      documents.push(shown.to_json());
    }
    return documents.dump();
  });
}

}  // namespace

constexpr crm_users_0 kUsersTable{&get, &list};

}  // namespace hosting
