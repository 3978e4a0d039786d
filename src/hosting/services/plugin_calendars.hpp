// The calendars that plugins brought, and where new appointments of a user go. The rows are in the
// CRM's database; the CRM learns of each change in its transaction (CrmPort::calendar_changed).
// Used by the tables of crm.calendars/0 and crm.accounts/0, by PluginAppointments and by the CRM's
// pages. It must never delete a calendar: hiding, losing and disconnecting one keep its
// appointments.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/hosting/services/documents.hpp"
#include "src/hosting/services/host_context.hpp"

namespace hosting {

class PluginCalendars {
 public:
  // Both outlive the object.
  PluginCalendars(HostContext& context, CrmPort& crm) : context_(context), crm_(crm) {}

  // All functions: [any thread, blocks]. For a plugin only the calendars of its accounts exist.

  // The oldest first; account "": of all accounts.
  Result<std::vector<PluginCalendar>> list(std::string_view plugin, std::string_view account) const;
  // Creates or updates a calendar and returns its id. invalid: a member is malformed; not_found: no
  // such account.
  Result<std::string> put(std::string_view plugin, const RemoteCalendar& calendar);
  // invalid: unknown state; not_found: the plugin has no such calendar.
  Result<> set_state(std::string_view plugin, std::string_view id, std::string_view state);
  // id "": the user's own calendar. invalid: read-only or gone; not_found: not the user's, of
  // another plugin than the one that asks, or no such user. origin: the plugin that asks; "" for
  // the user, whose plugins are then notified.
  Result<> set_default(std::string_view user, std::string_view id, std::string_view origin = {});
  // The account is disconnected: its user's default is none of its calendars any more. Also of a
  // user who was removed. origin: as of set_default.
  Result<> leave_default(const Account& account, std::string_view origin = {});
  // Where new appointments of the user go: the default calendar, or their own one while that is
  // gone or hidden.
  Result<std::string> default_of(const CrmUser& user) const;
  // A user as plugins see one, also one who was removed. not_found: there is no such user.
  Result<PluginUser> user(std::string_view id) const;

  // One calendar, inside a transaction; nothing when no plugin brought it.
  static Result<std::optional<CrmCalendar>> find(CrmTransaction& transaction, std::string_view id);

 private:
  void publish(CrmTransaction& transaction, const CrmCalendar& calendar, std::string_view origin);
  void publish_account(CrmTransaction& transaction, const CrmCalendar& calendar,
                       std::string_view origin);
  // The default of the owner was `before` and is `now`; nullopt: the owner's own calendar.
  Result<> change_default(CrmTransaction& transaction, const CrmUser& owner,
                          std::optional<CrmCalendar> before, std::optional<CrmCalendar> now,
                          std::string_view origin);

  HostContext& context_;
  CrmPort& crm_;
};

Error no_calendar();  // not_found

}  // namespace hosting
