#include "src/hosting/services/account_removal.hpp"

namespace hosting {

Result<> disconnect_account(Accounts& accounts, PluginCalendars& calendars,
                            const Account& account) {
  TRY(const auto brought, calendars.list(account.plugin, account.id));
  for (const PluginCalendar& calendar : brought) {
    if (calendar.is_default) TRY_VOID(calendars.set_default(account.user, ""));
    TRY_VOID(calendars.set_state(account.plugin, calendar.id, "gone"));
  }
  return accounts.set_state(account.id, "disconnected");
}

}  // namespace hosting
