#include "src/host/crm/users.hpp"

#include <algorithm>

#include "src/common/base/id.hpp"
#include "src/common/base/one_of.hpp"
#include "src/common/icalendar/address.hpp"
#include "src/common/icalendar/zone.hpp"
#include "src/hosting/services/forgetting.hpp"

namespace host {
namespace {

using gcal::base::is_one_of;
using gcal::base::Json;
using gcal::icalendar::normalised_address;

constexpr std::string_view kColumns =
    "SELECT id, email, name, role, locale, theme, time_zone, locked FROM users ";
User user_of(const Row& row) {
  return {row.text(0), row.text(1), row.text(2), row.text(3),
          row.text(4), row.text(5), row.text(6), row.integer(7) != 0};
}

Result<User> one_user(Connection& c, std::string_view condition, std::string_view value) {
  std::optional<User> found;
  TRY_VOID(c.each(
      std::string(kColumns) + std::string(condition), [&](const Row& row) { found = user_of(row); },
      value));
  if (!found) return Error{Code::not_found, "there is no such user", {}};
  return *std::move(found);
}

// Is there an administrator besides this one who may log in?
Result<> check_other_administrator(Connection& c, std::string_view user) {
  TRY(const auto others, c.integer("SELECT 1 FROM users WHERE role='admin' AND locked=0 AND "
                                   "id<>?1 LIMIT 1",
                                   user));
  if (!others) return Error{Code::conflict, "one administrator has to remain who may log in", {}};
  return {};
}

Result<> end_sessions(Connection& c, std::string_view user) {
  return c.run("DELETE FROM sessions WHERE user=?1", user);
}

}  // namespace

Users::Users(Database& database, const gcal::base::Clock& clock, gcal::base::Random& random,
             int scrypt_cost)
    : database_(database),
      clock_(clock),
      random_(random),
      passwords_(random, scrypt_cost),
      throttle_(clock, random) {}

Result<User> Users::create(const NewUser& user) {
  const std::string email = normalised_address(user.email);
  if (email.empty()) return Error{Code::invalid, "email: not an address", {}};
  if (user.name.empty() || user.name.size() > 200)
    return Error{Code::invalid, "name: 1 to 200 bytes", {}};
  TRY_VOID(Passwords::check(user.password, email, user.name));
  if (!is_one_of(user.role, {"admin", "sales"}))
    return Error{Code::invalid, "role: admin or sales", {}};
  if (!is_one_of(user.locale, {"", "de", "en"}))
    return Error{Code::invalid, "locale: de, en or empty", {}};
  if (!gcal::icalendar::is_zone(user.time_zone))
    return Error{Code::invalid, "time_zone: not an IANA zone", {}};
  TRY(const std::string password,
      passwords_.hash(user.password));  // slow, hence outside the transaction
  return database_.write([&](Connection& c) -> Result<User> {
    TRY(const auto taken, c.integer("SELECT 1 FROM users WHERE email=?1", email));
    if (taken) return Error{Code::conflict, "email: another user has this address", {}};
    const std::string id = gcal::base::new_id(random_);
    TRY_VOID(
        c.run("INSERT INTO users(id, email, name, role, locale, theme, time_zone, password) VALUES "
              "(?1, ?2, ?3, ?4, ?5, '', ?6, ?7)",
              id, email, user.name, user.role, user.locale, user.time_zone, password));
    TRY_VOID(
        c.run("INSERT INTO calendars(id, user, plugin, account, remote_id, name, color, role, "
              "mode, state, created_at) "
              "VALUES (?1, ?2, '', '', '', '', '#475569', 'owner', 'two_way', 'live', ?3)",
              gcal::base::new_id(random_), id, clock_.now().time_since_epoch().count()));
    return User{id, email, user.name, user.role, user.locale, "", user.time_zone, false};
  });
}

Result<User> Users::get(std::string_view id) const {
  return database_.read([&](Connection& c) { return one_user(c, "WHERE id=?1", id); });
}

Result<std::vector<User>> Users::list() const {
  return database_.read([&](Connection& c) -> Result<std::vector<User>> {
    std::vector<User> users;
    TRY_VOID(c.each(std::string(kColumns) + "ORDER BY name, id",
                    [&](const Row& row) { users.push_back(user_of(row)); }));
    return users;
  });
}

Result<User> Users::by_email(std::string_view email) const {
  return database_.read([&](Connection& c) {
    return one_user(c, "WHERE email=?1 AND email<>''", normalised_address(email));
  });
}

Result<> Users::set_password(std::string_view user, std::string_view wanted) {
  TRY(const User row, get(user));
  TRY_VOID(Passwords::check(wanted, row.email, row.name));
  TRY(const std::string stored, passwords_.hash(wanted));
  return database_.write([&](Connection& c) -> Result<> {
    TRY_VOID(c.run("UPDATE users SET password=?1 WHERE id=?2", stored, user));
    return end_sessions(c, user);
  });
}

Result<> Users::set_locked(std::string_view user, bool locked) {
  return database_.write([&](Connection& c) -> Result<> {
    TRY(const User row, one_user(c, "WHERE id=?1", user));
    if (locked && row.role == "admin") TRY_VOID(check_other_administrator(c, user));
    if (!locked && row.is_removed()) return Error{Code::conflict, "the user was removed", {}};
    TRY_VOID(c.run("UPDATE users SET locked=?1 WHERE id=?2", locked, user));
    return locked ? end_sessions(c, user) : Result<>{};
  });
}

Result<> Users::set_role(std::string_view user, std::string_view role) {
  if (!is_one_of(role, {"admin", "sales"})) return Error{Code::invalid, "role: admin or sales", {}};
  return database_.write([&](Connection& c) -> Result<> {
    TRY(const User row, one_user(c, "WHERE id=?1", user));
    const bool may_less = role != "admin" && row.role == "admin";
    if (may_less) TRY_VOID(check_other_administrator(c, user));
    TRY_VOID(c.run("UPDATE users SET role=?1 WHERE id=?2", role, user));
    return may_less ? end_sessions(c, user) : Result<>{};
  });
}

Result<> Users::remove(std::string_view user) {
  return database_.write([&](Connection& c) -> Result<> {
    TRY(const User row, one_user(c, "WHERE id=?1", user));
    if (row.role == "admin") TRY_VOID(check_other_administrator(c, user));
    TRY(const auto connected,
        c.integer("SELECT 1 FROM accounts WHERE user=?1 AND state<>'disconnected' LIMIT 1", user));
    if (connected)
      return Error{Code::conflict,
                   "a calendar account of this user is connected: disconnect it first, so that its "
                   "access is revoked",
                   {}};
    // Unfinished set-ups stay until they expire: their plugins then give back what was allowed.
    TRY_VOID(end_sessions(c, user));
    TRY_VOID(hosting::schedule_forgetting(c, user));
    TRY_VOID(c.run("DELETE FROM mail_messages WHERE user=?1", user));
    TRY_VOID(c.run("DELETE FROM mail_logos WHERE user=?1", user));
    return c.run(
        "UPDATE users SET email='removed ' || id, name='', password='', locked=1, "
        "role='sales' WHERE id=?1",
        user);
  });
}

Result<User> Users::update(std::string_view user, const Json& changes) {
  if (!changes.is_object()) return Error{Code::invalid, "an object is expected", {}};
  return database_.write([&](Connection& c) -> Result<User> {
    TRY(User row, one_user(c, "WHERE id=?1", user));
    for (const auto& [name, value] : changes.members()) {
      if (!value.is_string()) return Error{Code::invalid, name + ": a text is expected", {}};
      const std::string& text = value.as_string();
      if (name == "locale" && is_one_of(text, {"", "de", "en"}))
        row.locale = text;
      else if (name == "theme" && is_one_of(text, {"", "light", "dark"}))
        row.theme = text;
      else if (name == "time_zone" && gcal::icalendar::is_zone(text))
        row.time_zone = text;
      else
        return Error{Code::invalid, name + ": unknown setting or value", {}};
    }
    TRY_VOID(c.run("UPDATE users SET locale=?1, theme=?2, time_zone=?3 WHERE id=?4", row.locale,
                   row.theme, row.time_zone, user));
    return row;
  });
}

}  // namespace host
