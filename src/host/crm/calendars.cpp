#include "src/host/crm/calendars.hpp"

#include <algorithm>

#include "src/common/base/one_of.hpp"
#include "src/host/crm/calendar_rows.hpp"

namespace host {
namespace {

using gcal::base::is_one_of;

void publish_change(Connection& c, ChangeBus& bus, const Calendar& calendar,
                    std::string_view origin) {
  c.after_commit([&bus, change = Change{.kind = Change::Kind::calendars,
                                        .user = calendar.user,
                                        .plugin = calendar.plugin,
                                        .calendar = calendar.id,
                                        .origin = std::string(origin)}] { bus.publish(change); });
}

}  // namespace

Error no_calendar() {
  return {Code::not_found, "there is no such calendar", {}};
}

Calendar calendar_of(const Row& row) {
  Calendar calendar{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.text(5),
                    row.text(6), row.text(7), row.text(8), row.text(9), row.text(10)};
  calendar.visible = row.integer(11) != 0;
  calendar.own = calendar.plugin.empty();
  calendar.sharing = row.text(13);
  const std::string chosen = row.text(12);
  calendar.is_default = chosen == calendar.id || (calendar.own && chosen.empty());
  return calendar;
}

Result<Calendar> one_calendar(Connection& c, std::string_view id) {
  std::optional<Calendar> found;
  TRY_VOID(c.each(
      std::string(kCalendarColumns) + "WHERE cal.id=?1",
      [&](const Row& row) { found = calendar_of(row); }, id));
  if (!found) return no_calendar();
  return *std::move(found);
}

namespace {

// Sets one column of a calendar of the user's. statement: the value is ?1, the calendar ?2.
template <class Value>
Result<> change_own(Connection& c, ChangeBus& bus, std::string_view user, std::string_view id,
                    std::string_view statement, Value value) {
  TRY(const Calendar calendar, one_calendar(c, id));
  if (calendar.user != user) return no_calendar();
  TRY_VOID(c.run(statement, value, id));
  publish_change(c, bus, calendar, "");
  return {};
}

}  // namespace

Json Calendar::to_json() const {
  return Json::object({{"id", id},
                       {"name", name},
                       {"color", color},
                       {"account", account},
                       {"account_title", account_title},
                       {"role", role},
                       {"mode", mode},
                       {"state", state},
                       {"is_default", is_default},
                       {"own", own},
                       {"sharing", sharing},
                       {"visible", visible}});
}

Result<std::vector<Calendar>> Calendars::list(std::string_view user) const {
  return database_.read([&](Connection& c) -> Result<std::vector<Calendar>> {
    std::vector<Calendar> calendars;
    TRY_VOID(c.each(
        std::string(kCalendarColumns) + "WHERE cal.user=?1 AND cal.state<>'hidden'",
        [&](const Row& row) { calendars.push_back(calendar_of(row)); }, user));
    std::ranges::sort(calendars, [](const Calendar& a, const Calendar& b) {
      return std::tuple(!a.is_default, !a.own, std::string_view(a.name), std::string_view(a.id)) <
             std::tuple(!b.is_default, !b.own, std::string_view(b.name), std::string_view(b.id));
    });
    return calendars;
  });
}

Result<Calendar> Calendars::get(std::string_view id) const {
  return database_.read([&](Connection& c) { return one_calendar(c, id); });
}

Result<> Calendars::set_visible(std::string_view user, std::string_view id, bool visible) {
  return database_.write([&](Connection& c) {
    return change_own(c, bus_, user, id, "UPDATE calendars SET visible=?1 WHERE id=?2", visible);
  });
}

Result<> Calendars::set_sharing(std::string_view user, std::string_view id,
                                std::string_view sharing) {
  if (!is_one_of(sharing, {"busy", "details"}))
    return Error{Code::invalid, "sharing: busy or details", {}};
  return database_.write([&](Connection& c) {
    return change_own(c, bus_, user, id, "UPDATE calendars SET sharing=?1 WHERE id=?2", sharing);
  });
}

Result<std::vector<Calendar>> Calendars::shared_with(std::string_view user) const {
  return database_.read([&](Connection& c) -> Result<std::vector<Calendar>> {
    std::vector<Calendar> calendars;
    TRY_VOID(c.each(
        std::string(kCalendarColumns) +
            "WHERE cal.user<>?1 AND cal.sharing='details' AND cal.state<>'hidden' AND u.locked=0 "
            "ORDER BY cal.user, cal.name, cal.id",
        [&](const Row& row) {
          calendars.push_back(calendar_of(row));
          calendars.back().account_title = row.text(14);  // the owner's name
        },
        user));
    return calendars;
  });
}

Result<Calendar> own_calendar(Connection& c, std::string_view user) {
  std::optional<Calendar> found;
  TRY_VOID(c.each(
      std::string(kCalendarColumns) + "WHERE cal.user=?1 AND cal.plugin=''",
      [&](const Row& row) { found = calendar_of(row); }, user));
  if (!found) return Error{Code::not_found, "there is no such user", {}};
  return *std::move(found);
}

Result<Calendar> Calendars::default_of(std::string_view user) const {
  return database_.read([&](Connection& c) -> Result<Calendar> {
    TRY(Calendar own, own_calendar(c, user));
    TRY(const auto id, c.text("SELECT default_calendar FROM users WHERE id=?1", user));
    if (!id || id->empty()) return own;
    TRY(Calendar chosen, one_calendar(c, *id));
    if (chosen.state != "live" || !chosen.writable()) return own;
    return chosen;
  });
}

Result<std::string> Calendars::own_of(std::string_view user) const {
  return database_.read([&](Connection& c) -> Result<std::string> {
    TRY(const Calendar own, own_calendar(c, user));
    return own.id;
  });
}

Result<> Calendars::take_over(Connection& c, const hosting::CrmCalendar& calendar,
                              std::int64_t created_at) {
  TRY_VOID(c.run(
      "INSERT INTO calendars(id, user, plugin, account, remote_id, name, color, role, mode, "
      "state, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON "
      "CONFLICT(id) DO UPDATE SET name=excluded.name, color=excluded.color, "
      "role=excluded.role, mode=excluded.mode, state=excluded.state",
      calendar.id, calendar.user, calendar.plugin, calendar.account, calendar.remote_id,
      calendar.name, calendar.color, calendar.role, calendar.mode, calendar.state, created_at));
  if (calendar.is_default)
    return c.run("UPDATE users SET default_calendar=?2 WHERE id=?1", calendar.user, calendar.id);
  return c.run("UPDATE users SET default_calendar='' WHERE id=?1 AND default_calendar=?2",
               calendar.user, calendar.id);
}

}  // namespace host
