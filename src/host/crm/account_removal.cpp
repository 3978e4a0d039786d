#include "src/host/crm/account_removal.hpp"

namespace host {

Result<> disconnect_account(Crm& crm, const hosting::Account& account) {
  TRY(const auto calendars, crm.plugin_calendars().list(account.plugin, account.id));
  for (const hosting::PluginCalendar& calendar : calendars) {
    if (calendar.is_default) TRY_VOID(crm.plugin_calendars().set_default(account.user, ""));
    TRY_VOID(crm.plugin_calendars().set_state(account.plugin, calendar.id, "gone"));
  }
  return crm.accounts().set_state(account.id, "disconnected");
}

}  // namespace host
