// The calendars of the CRM's users: one of their own each, and those that plugins brought, as the
// hosting library tells of them (hosting::PluginCalendars decides what they are). Used by the web
// server and CrmAdapter. It must never delete a calendar's appointments: hiding, losing and
// disconnecting a calendar keep them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/hosting/crm_hosting/port.hpp"
#include "src/hosting/services/change_bus.hpp"
#include "src/hosting/storage/database.hpp"

namespace host {

using gcal::Code;
using gcal::Error;
using gcal::Result;
using hosting::Change;
using hosting::ChangeBus;
using hosting::Connection;
using hosting::Database;
using hosting::Row;

struct Calendar {
  std::string id, user;
  std::string plugin, account, remote_id;  // "" for the user's own calendar
  std::string account_title;
  std::string name;   // "" for the user's own calendar, which the page names
  std::string color;  // "#rrggbb"
  std::string role;   // "owner" | "writer" | "reader" | "free_busy"
  std::string mode;   // "two_way" | "view_only"
  std::string state;  // "live" | "hidden" | "gone"
  bool is_default = false;
  bool own = false;     // the CRM calendar
  bool visible = true;  // shown on the calendar page
  // What colleagues see of appointments that are on no record: "busy" time, or "details".
  std::string sharing = "busy";

  // May its owner create and change appointments here? Yes in a gone calendar: only the CRM has
  // them.
  bool writable() const {
    return own || state == "gone" || (mode == "two_way" && (role == "owner" || role == "writer"));
  }
  gcal::base::Json to_json() const;  // GET /api/calendars
};

class Calendars {
 public:
  // Both outlive the object.
  Calendars(Database& database, ChangeBus& bus) : database_(database), bus_(bus) {}

  // For users. [any thread, blocks]

  // The user's calendars without hidden ones: the default first, then the own one, then by name.
  Result<std::vector<Calendar>> list(std::string_view user) const;
  // not_found: there is no calendar with this id.
  Result<Calendar> get(std::string_view id) const;
  // Shows or hides the calendar on the calendar page. not_found: it is not the user's.
  Result<> set_visible(std::string_view user, std::string_view id, bool visible);
  // What colleagues see. invalid: neither "busy" nor "details"; not_found: it is not the user's.
  Result<> set_sharing(std::string_view user, std::string_view id, std::string_view sharing);
  // The calendars of other users that are shared with this one, with the owner's name as
  // account_title.
  Result<std::vector<Calendar>> shared_with(std::string_view user) const;
  // Where new appointments go: the default calendar, or the own one while that is gone or hidden.
  Result<Calendar> default_of(std::string_view user) const;
  // The id of the user's own calendar.
  Result<std::string> own_of(std::string_view user) const;

  // Takes over what the hosting library says of a plugin's calendar, inside the transaction `c`.
  static Result<> take_over(Connection& c, const hosting::CrmCalendar& calendar,
                            std::int64_t created_at);

 private:
  Database& database_;
  ChangeBus& bus_;
};

}  // namespace host
