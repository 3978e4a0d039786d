#include "src/hosting/services/account_removal.hpp"

namespace hosting {

Result<> disconnect_account(Accounts& accounts, PluginCalendars& calendars,
                            const Account& account) {
  TRY_VOID(calendars.leave_default(account));
  TRY(const auto brought, calendars.list(account.plugin, account.id));
  for (const PluginCalendar& calendar : brought)
    TRY_VOID(calendars.set_state(account.plugin, calendar.id, "gone"));
  return accounts.set_state(account.id, "disconnected");
}

// The default first: what fails in between is repeated as a whole, and leaves a connected account
// whose user chooses a default again.
Result<> set_state_by_plugin(Accounts& accounts, PluginCalendars& calendars,
                             std::string_view plugin, std::string_view id, std::string_view state) {
  if (state == "disconnected") {
    TRY(const Account account, accounts.of_plugin(plugin, id));
    TRY_VOID(calendars.leave_default(account, plugin));
  }
  return accounts.set_state(id, state, plugin);
}

}  // namespace hosting
