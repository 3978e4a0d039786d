// The calendars of the CRM's users: one of their own each, and those that plugins bring. Used by
// the web face and services/calendars. It must never delete a calendar's appointments: hiding,
// losing and disconnecting a calendar keep them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/services/change_bus.hpp"
#include "src/hosting/services/crm_port.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace host {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using hosting::Change;
using hosting::ChangeBus;
using hosting::Connection;
using hosting::Database;
using hosting::RemoteCalendar;
using hosting::Row;

struct Calendar {
  std::string id, user;
  std::string plugin, account, remote_id;  // "" for the user's own calendar
  std::string account_title;
  std::string name;   // of the user's own calendar: "" - the page shows its own word for it
  std::string color;  // "#rrggbb"
  std::string role;   // "owner" | "writer" | "reader" | "free_busy"
  std::string mode;   // "two_way" | "view_only"
  std::string state;  // "live" | "hidden" | "gone"
  bool is_default = false;
  bool own = false;     // the CRM calendar
  bool visible = true;  // the round mark on the calendar page

  // May its owner create and change appointments here? A gone calendar's copies are the user's own.
  bool writable() const {
    return own || state == "gone" || (mode == "two_way" && (role == "owner" || role == "writer"));
  }
  gcal::base::Json to_json() const;  // GET /api/calendars
};

class Calendars {
 public:
  Calendars(Database& database, ChangeBus& bus, const gcal::base::Clock& clock,
            gcal::base::Random& random);

  // For the page. [any thread]
  Result<std::vector<Calendar>> list(std::string_view user)
      const;  // the default first, then own, then by name; without hidden ones
  Result<Calendar> get(std::string_view id) const;
  Result<> set_visible(std::string_view user, std::string_view id, bool visible);
  // id "": the user's own calendar. invalid: not writable (S-16).  not_found: of somebody else.
  Result<> set_default(std::string_view user, std::string_view id);
  // Where new appointments go: the default, or the own calendar while the default is gone or
  // hidden.
  Result<Calendar> default_of(std::string_view user) const;
  Result<std::string> own_of(std::string_view user) const;

  // For plugins: only calendars of the plugin's accounts exist for it. [any thread]
  Result<std::vector<Calendar>> list_of_plugin(std::string_view plugin,
                                               std::string_view account) const;  // account "": all
  Result<std::string> put(std::string_view plugin,
                          const RemoteCalendar& calendar);  // answers the id
  Result<> set_state(std::string_view plugin, std::string_view id, std::string_view state);

 private:
  Database& database_;
  ChangeBus& bus_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
};

}  // namespace host
