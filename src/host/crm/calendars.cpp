#include "src/host/crm/calendars.hpp"

#include <algorithm>

#include "src/common/base/id.hpp"
#include "src/host/crm/calendar_rows.hpp"

namespace host {
namespace {

bool is_one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
  return std::ranges::find(allowed, value) != allowed.end();
}

bool is_color(std::string_view text) {
  return text.size() == 7 && text[0] == '#' &&
         text.substr(1).find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

void publish_change(Connection& c, ChangeBus& bus, const Calendar& calendar,
                    std::string_view origin) {
  c.after_commit([&bus, change = Change{.kind = Change::Kind::calendars,
                                        .user = calendar.user,
                                        .plugin = calendar.plugin,
                                        .calendar = calendar.id,
                                        .origin = std::string(origin)}] { bus.publish(change); });
}

void publish_account(Connection& c, ChangeBus& bus, const Calendar& calendar,
                     std::string_view origin) {
  c.after_commit([&bus, change = Change{.kind = Change::Kind::account,
                                        .user = calendar.user,
                                        .plugin = calendar.plugin,
                                        .id = calendar.account,
                                        .origin = std::string(origin)}] { bus.publish(change); });
}

// The calendar that the user chose, also while it is gone or hidden.
Result<Calendar> chosen_default(Connection& c, std::string_view user, const Calendar& own) {
  TRY(const auto id, c.text("SELECT default_calendar FROM users WHERE id=?1", user));
  if (!id || id->empty()) return own;
  auto chosen = one_calendar(c, *id);
  return chosen || chosen.error().code != Code::not_found ? chosen : Result<Calendar>(own);
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

Calendars::Calendars(Database& database, ChangeBus& bus, const gcal::base::Clock& clock,
                     gcal::base::Random& random)
    : database_(database), bus_(bus), clock_(clock), random_(random) {}

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

Result<> Calendars::set_default(std::string_view user, std::string_view id,
                                std::string_view origin) {
  return database_.write([&](Connection& c) -> Result<> {
    TRY(const Calendar own, own_calendar(c, user));
    TRY(const Calendar before, chosen_default(c, user, own));
    Calendar calendar = own;
    if (!id.empty()) {
      TRY(calendar, one_calendar(c, id));
      if (calendar.user != user) return no_calendar();
      // One that is only shown is made editable by its plugin when it becomes the default.
      const bool may_write = calendar.own || calendar.role == "owner" || calendar.role == "writer";
      if (calendar.state == "gone" || !may_write)
        return Error{
            Code::invalid, "this calendar cannot be the default: it is read-only or gone", {}};
    }
    if (calendar.id == before.id) return {};
    TRY_VOID(c.run("UPDATE users SET default_calendar=?1 WHERE id=?2",
                   calendar.own ? std::string() : calendar.id, user));
    publish_change(c, bus_, calendar, origin);
    // The accounts that lost and gained the default: their plugins follow.
    for (const Calendar& one : {before, calendar})
      if (!one.own) publish_account(c, bus_, one, origin);
    return {};
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

Result<std::vector<Calendar>> Calendars::list_of_plugin(std::string_view plugin,
                                                        std::string_view account) const {
  return database_.read([&](Connection& c) -> Result<std::vector<Calendar>> {
    std::vector<Calendar> calendars;
    TRY_VOID(c.each(
        std::string(kCalendarColumns) + "WHERE cal.plugin=?1 AND cal.plugin<>'' AND (?2='' OR "
                                        "cal.account=?2) ORDER BY cal.created_at, cal.id",
        [&](const Row& row) { calendars.push_back(calendar_of(row)); }, plugin, account));
    return calendars;
  });
}

Result<std::string> Calendars::put(std::string_view plugin, const RemoteCalendar& calendar) {
  if (calendar.remote_id.empty() || calendar.remote_id.size() > 1024)
    return Error{Code::invalid, "remote_id: 1 to 1024 bytes", {}};
  if (calendar.name.empty() || calendar.name.size() > 1000)
    return Error{Code::invalid, "name: 1 to 1000 bytes", {}};
  if (!is_color(calendar.color)) return Error{Code::invalid, "color: #rrggbb", {}};
  if (!is_one_of(calendar.role, {"owner", "writer", "reader", "free_busy"}))
    return Error{Code::invalid, "role: owner, writer, reader or free_busy", {}};
  if (!is_one_of(calendar.mode, {"two_way", "view_only"}))
    return Error{Code::invalid, "mode: two_way or view_only", {}};
  return database_.write([&](Connection& c) -> Result<std::string> {
    TRY(const auto user,
        c.text("SELECT user FROM accounts WHERE id=?1 AND plugin=?2", calendar.account, plugin));
    if (!user) return Error{Code::not_found, "there is no such account", {}};
    TRY(const auto known,
        c.text(
            "SELECT id FROM calendars WHERE user=?1 AND plugin=?2 AND account=?3 AND remote_id=?4",
            *user, plugin, calendar.account, calendar.remote_id));
    const std::string id = known ? *known : gcal::base::new_id(random_);
    if (known) {
      TRY_VOID(
          c.run("UPDATE calendars SET name=?2, color=?3, role=?4, mode=?5 WHERE id=?1 AND NOT "
                "(name=?2 AND color=?3 AND role=?4 AND mode=?5)",
                id, calendar.name, calendar.color, calendar.role, calendar.mode));
      if (c.changes() == 0) return id;
    } else {
      TRY_VOID(c.run(
          "INSERT INTO calendars(id, user, plugin, account, remote_id, name, color, role, mode, "
          "state, created_at) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'live', ?10)",
          id, *user, plugin, calendar.account, calendar.remote_id, calendar.name, calendar.color,
          calendar.role, calendar.mode, clock_.now().time_since_epoch().count()));
    }
    TRY(const Calendar stored, one_calendar(c, id));
    publish_change(c, bus_, stored, plugin);
    return id;
  });
}

Result<> Calendars::set_state(std::string_view plugin, std::string_view id,
                              std::string_view state) {
  if (!is_one_of(state, {"live", "hidden", "gone"}))
    return Error{Code::invalid, "state: live, hidden or gone", {}};
  return database_.write([&](Connection& c) -> Result<> {
    TRY(const Calendar calendar, one_calendar(c, id));
    if (calendar.plugin != plugin || calendar.own) return no_calendar();
    if (calendar.state == state) return {};
    TRY_VOID(c.run("UPDATE calendars SET state=?1 WHERE id=?2", state, id));
    publish_change(c, bus_, calendar, plugin);
    return {};
  });
}

}  // namespace host
