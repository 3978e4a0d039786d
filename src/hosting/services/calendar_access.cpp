#include "src/hosting/services/calendar_access.hpp"

#include <utility>

#include "src/hosting/services/plugin_calendars.hpp"

namespace hosting {

Result<CalendarAccess> CalendarAccess::open(HostContext& context, const CrmPort& crm,
                                            std::string_view plugin, bool set_ups) {
  CalendarAccess access(crm, plugin);
  TRY_VOID(context.database().read([&](Connection& c) -> Result<> {
    // Also of an account that is disconnected by now.
    TRY_VOID(c.each(
        "SELECT user FROM accounts WHERE plugin=?1",
        [&](const Row& row) { access.connected_.insert(row.text(0)); }, plugin));
    if (!set_ups) return {};
    return c.each(
        "SELECT user, step FROM flows WHERE plugin=?1 AND kind='setup'",
        [&](const Row& row) {
          const auto step = Json::parse(row.view(1));
          const std::string type = step ? step->string("type") : std::string();
          if (type != "finish" && type != "abort") access.setting_up_.insert(row.text(0));
        },
        plugin);
  }));
  return access;
}

Result<CalendarAccess::Rights> CalendarAccess::of(CrmTransaction& transaction,
                                                  const std::string& calendar) {
  if (const auto found = known_.find(calendar); found != known_.end()) return found->second;
  TRY(Rights rights, find(transaction, calendar));
  return known_.emplace(calendar, std::move(rights)).first->second;
}

Result<CalendarAccess::Rights> CalendarAccess::find(CrmTransaction& transaction,
                                                    const std::string& calendar) const {
  TRY(const auto brought, PluginCalendars::find(transaction, calendar));
  if (brought) {
    const bool own = brought->plugin == plugin_;
    return Rights{brought->user, own, own};
  }
  const auto owner = crm_->owner(transaction, calendar);
  if (!owner && owner.error().code == Code::not_found) return Rights{};
  if (!owner) return owner.error();
  const bool write = connected_.contains(*owner);
  return Rights{*owner, write || setting_up_.contains(*owner), write};
}

}  // namespace hosting
