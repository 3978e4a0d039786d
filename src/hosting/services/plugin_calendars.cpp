#include "src/hosting/services/plugin_calendars.hpp"

#include <algorithm>

#include "src/common/base/id.hpp"
#include "src/common/base/one_of.hpp"

namespace hosting {
namespace {

using gcal::base::is_one_of;

constexpr std::string_view kColumns =
    "SELECT c.id, c.owner, c.plugin, c.account, c.remote_id, c.name, c.color, c.role, c.mode, "
    "c.state, CASE WHEN d.calendar IS NULL THEN 0 ELSE 1 END FROM hosting_calendars c LEFT JOIN "
    "hosting_defaults d ON d.owner=c.owner AND d.calendar=c.id ";

CrmCalendar calendar_of(const SqlValues& row) {
  return {text_of(row[0]), text_of(row[1]), text_of(row[2]),         text_of(row[3]),
          text_of(row[4]), text_of(row[5]), text_of(row[6]),         text_of(row[7]),
          text_of(row[8]), text_of(row[9]), integer_of(row[10]) != 0};
}

bool is_color(std::string_view text) {
  return text.size() == 7 && text[0] == '#' &&
         text.substr(1).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

Result<> check(const RemoteCalendar& calendar) {
  if (calendar.account.empty())
    return Error{Code::invalid, "account: the id of one is expected", {}};
  if (calendar.remote_id.empty() || calendar.remote_id.size() > 1024)
    return Error{Code::invalid, "remote_id: 1 to 1024 bytes", {}};
  if (calendar.name.empty() || calendar.name.size() > 1000)
    return Error{Code::invalid, "name: 1 to 1000 bytes", {}};
  if (!is_color(calendar.color)) return Error{Code::invalid, "color: #rrggbb", {}};
  if (!is_one_of(calendar.role, {"owner", "writer", "reader", "free_busy"}))
    return Error{Code::invalid, "role: owner, writer, reader or free_busy", {}};
  if (!is_one_of(calendar.mode, {"two_way", "view_only"}))
    return Error{Code::invalid, "mode: two_way or view_only", {}};
  return {};
}

Result<CrmCalendar> stored(CrmTransaction& transaction, std::string_view id) {
  TRY(auto calendar, PluginCalendars::find(transaction, id));
  if (!calendar) return no_calendar();
  return *std::move(calendar);
}

// The calendar of a plugin that the user chose, also while it is gone or hidden.
Result<std::optional<CrmCalendar>> chosen(CrmTransaction& transaction, std::string_view user) {
  TRY(const SqlRows rows,
      transaction.execute("SELECT calendar FROM hosting_defaults WHERE owner=?1",
                          {std::string(user)}));
  if (rows.empty()) return std::optional<CrmCalendar>();
  return PluginCalendars::find(transaction, text_of(rows[0][0]));
}

bool may_write(const CrmCalendar& calendar) {
  return calendar.role == "owner" || calendar.role == "writer";
}

}  // namespace

Error no_calendar() {
  return {Code::not_found, "there is no such calendar", {}};
}

Result<std::optional<CrmCalendar>> PluginCalendars::find(CrmTransaction& transaction,
                                                         std::string_view id) {
  TRY(const SqlRows rows,
      transaction.execute(std::string(kColumns) + "WHERE c.id=?1", {std::string(id)}));
  if (rows.empty()) return std::optional<CrmCalendar>();
  return std::optional<CrmCalendar>(calendar_of(rows[0]));
}

void PluginCalendars::publish(CrmTransaction& transaction, const CrmCalendar& calendar,
                              std::string_view origin) {
  transaction.after_commit([&bus = context_.bus(), change = Change{.kind = Change::Kind::calendars,
                                                                   .user = calendar.user,
                                                                   .plugin = calendar.plugin,
                                                                   .calendar = calendar.id,
                                                                   .origin = std::string(origin)}] {
    bus.publish(change);
  });
}

void PluginCalendars::publish_account(CrmTransaction& transaction, const CrmCalendar& calendar,
                                      std::string_view origin) {
  transaction.after_commit([&bus = context_.bus(), change = Change{.kind = Change::Kind::account,
                                                                   .user = calendar.user,
                                                                   .plugin = calendar.plugin,
                                                                   .id = calendar.account,
                                                                   .origin = std::string(origin)}] {
    bus.publish(change);
  });
}

Result<std::vector<PluginCalendar>> PluginCalendars::list(std::string_view plugin,
                                                          std::string_view account) const {
  std::vector<PluginCalendar> calendars;
  TRY_VOID(crm_.read([&](CrmTransaction& transaction) -> Result<> {
    TRY(const SqlRows rows,
        transaction.execute(std::string(kColumns) + "WHERE c.plugin=?1 AND (?2='' OR c.account=?2) "
                                                    "ORDER BY c.created_at, c.id",
                            {std::string(plugin), std::string(account)}));
    calendars.clear();
    for (const SqlValues& row : rows) {
      const CrmCalendar one = calendar_of(row);
      calendars.push_back({one.id,
                           one.user,
                           {one.account, one.remote_id, one.name, one.color, one.role, one.mode},
                           one.state,
                           one.is_default});
    }
    return {};
  }));
  return calendars;
}

Result<std::string> PluginCalendars::put(std::string_view plugin, const RemoteCalendar& calendar) {
  TRY_VOID(check(calendar));
  TRY(const Account account, context_.accounts().of_plugin(plugin, calendar.account));
  std::string id;
  TRY_VOID(crm_.write([&](CrmTransaction& transaction) -> Result<> {
    // Another call may create it at this moment: then it is that one.
    const std::string new_id = gcal::base::new_id(context_.random());
    TRY_VOID(transaction.execute(
        "INSERT INTO hosting_calendars(id, owner, plugin, account, remote_id, name, color, role, "
        "mode, state, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'live', ?10) "
        "ON CONFLICT(plugin, account, remote_id) DO NOTHING",
        {new_id, account.user, account.plugin, account.id, calendar.remote_id, calendar.name,
         calendar.color, calendar.role, calendar.mode,
         context_.clock().now().time_since_epoch().count()}));
    TRY(const SqlRows known, transaction.execute("SELECT id FROM hosting_calendars WHERE plugin=?1 "
                                                 "AND account=?2 AND remote_id=?3",
                                                 {account.plugin, account.id, calendar.remote_id}));
    if (known.empty()) return no_calendar();
    id = text_of(known[0][0]);
    if (id != new_id) {
      TRY(const CrmCalendar before, stored(transaction, id));
      if (before.name == calendar.name && before.color == calendar.color &&
          before.role == calendar.role && before.mode == calendar.mode)
        return {};
      TRY_VOID(transaction.execute(
          "UPDATE hosting_calendars SET name=?2, color=?3, role=?4, mode=?5 WHERE id=?1",
          {id, calendar.name, calendar.color, calendar.role, calendar.mode}));
    }
    TRY(const CrmCalendar now, stored(transaction, id));
    TRY_VOID(crm_.calendar_changed(transaction, now));
    publish(transaction, now, plugin);
    return {};
  }));
  return id;
}

Result<> PluginCalendars::set_state(std::string_view plugin, std::string_view id,
                                    std::string_view state) {
  if (!is_one_of(state, {"live", "hidden", "gone"}))
    return Error{Code::invalid, "state: live, hidden or gone", {}};
  return crm_.write([&](CrmTransaction& transaction) -> Result<> {
    TRY(CrmCalendar calendar, stored(transaction, id));
    if (calendar.plugin != plugin) return no_calendar();
    if (calendar.state == state) return {};
    calendar.state = state;
    TRY_VOID(transaction.execute("UPDATE hosting_calendars SET state=?2 WHERE id=?1",
                                 {calendar.id, calendar.state}));
    TRY_VOID(crm_.calendar_changed(transaction, calendar));
    publish(transaction, calendar, plugin);
    return {};
  });
}

Result<> PluginCalendars::set_default(std::string_view user, std::string_view id,
                                      std::string_view origin) {
  TRY(const CrmUser owner, crm_.user(user));
  const bool own = id.empty() || id == owner.calendar;
  return crm_.write([&](CrmTransaction& transaction) -> Result<> {
    TRY(std::optional<CrmCalendar> before, chosen(transaction, user));
    std::optional<CrmCalendar> now;
    if (!own) {
      TRY(now, find(transaction, id));
      const bool foreign = now && !origin.empty() && now->plugin != origin;
      if (!now || now->user != user || foreign) return no_calendar();
      if (now->state == "gone" || !may_write(*now))
        return Error{
            Code::invalid, "this calendar cannot be the default: it is read-only or gone", {}};
    }
    if ((now ? now->id : std::string()) == (before ? before->id : std::string())) return {};
    // What is created from now on belongs there, before the plugin has followed.
    if (now && now->mode != "two_way") {
      now->mode = "two_way";
      TRY_VOID(transaction.execute("UPDATE hosting_calendars SET mode='two_way' WHERE id=?1",
                                   {now->id}));
    }
    return change_default(transaction, owner, std::move(before), std::move(now), origin);
  });
}

Result<> PluginCalendars::change_default(CrmTransaction& transaction, const CrmUser& owner,
                                         std::optional<CrmCalendar> before,
                                         std::optional<CrmCalendar> now, std::string_view origin) {
  if (now) {
    TRY_VOID(
        transaction.execute("INSERT INTO hosting_defaults(owner, calendar) VALUES (?1, ?2) "
                            "ON CONFLICT(owner) DO UPDATE SET calendar=excluded.calendar",
                            {owner.id, now->id}));
  } else {
    TRY_VOID(transaction.execute("DELETE FROM hosting_defaults WHERE owner=?1", {owner.id}));
  }
  CrmCalendar shown;
  shown.id = owner.calendar;
  shown.user = owner.id;
  if (now) shown = *now;
  publish(transaction, shown, origin);
  // The accounts that lost and gained the default: their plugins follow.
  for (std::optional<CrmCalendar>* calendar : {&before, &now}) {
    if (!*calendar) continue;
    (*calendar)->is_default = calendar == &now;
    TRY_VOID(crm_.calendar_changed(transaction, **calendar));
    publish_account(transaction, **calendar, origin);
  }
  return {};
}

Result<> PluginCalendars::leave_default(const Account& account, std::string_view origin) {
  const auto known = crm_.user(account.user);
  if (!known && known.error().code != Code::not_found) return known.error();
  CrmUser owner;
  if (known) owner = *known;
  owner.id = account.user;
  return crm_.write([&](CrmTransaction& transaction) -> Result<> {
    TRY(std::optional<CrmCalendar> before, chosen(transaction, account.user));
    if (!before || before->plugin != account.plugin || before->account != account.id) return {};
    return change_default(transaction, owner, std::move(before), std::nullopt, origin);
  });
}

Result<PluginUser> PluginCalendars::user(std::string_view id) const {
  TRY(const CrmUser row, crm_.user(id));
  TRY(const std::string calendar, default_of(row));
  return PluginUser{row.id,     row.email,     row.name, row.role,
                    row.locale, row.time_zone, calendar, row.locked};
}

Result<std::string> PluginCalendars::default_of(const CrmUser& user) const {
  std::string id = user.calendar;
  TRY_VOID(crm_.read([&](CrmTransaction& transaction) -> Result<> {
    TRY(const auto calendar, chosen(transaction, user.id));
    const bool usable = calendar && (calendar->state == "live" && calendar->mode == "two_way" &&
                                     may_write(*calendar));
    if (usable) id = calendar->id;
    return {};
  }));
  return id;
}

}  // namespace hosting
