// Which calendars a plugin may read and write, remembered for the length of one call. Used by
// PluginAppointments. It must never let a plugin into a calendar of another plugin, nor into the
// own calendar of a user who has nothing to do with it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "src/hosting/services/documents.hpp"
#include "src/hosting/services/host_context.hpp"

namespace hosting {

class CalendarAccess {
 public:
  struct Rights {
    std::string user;  // owner of the calendar
    bool read = false;
    bool write = false;
  };

  // Reads the accounts of the plugin, and with `set_ups` its set-ups under way, from the library's
  // own database. Before the transaction begins: the two may be one database, which takes one
  // transaction of a thread at a time. crm outlives the object. [one thread]
  static Result<CalendarAccess> open(HostContext& context, const CrmPort& crm,
                                     std::string_view plugin, bool set_ups);

  // Write: the plugin's own calendars, and the own calendar of a user who connected an account of
  // it. Read: additionally the own calendar of a user whose set-up is under way, as its preview
  // counts the appointments before there is an account. No rights: none, or no such calendar.
  Result<Rights> of(CrmTransaction& transaction, const std::string& calendar);

 private:
  CalendarAccess(const CrmPort& crm, std::string_view plugin) : crm_(&crm), plugin_(plugin) {}
  Result<Rights> find(CrmTransaction& transaction, const std::string& calendar) const;

  const CrmPort* crm_;
  std::string plugin_;
  std::set<std::string> connected_, setting_up_;  // users
  std::map<std::string, Rights> known_;
};

}  // namespace hosting
