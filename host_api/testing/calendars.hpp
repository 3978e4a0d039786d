// The calendars of the fake CRM, one own calendar for each user and those that the plugin adds:
// crm.calendars/0. Used through crm::fakes::Host, on any thread. A calendar and its appointments
// are never deleted: hidden and gone are states.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "host_api/testing/accounts.hpp"
#include "host_api/testing/environment.hpp"
#include "host_api/testing/json.hpp"

namespace crm::fakes {

struct Calendar {
  std::string id, user;
  std::string account, remote_id;  // "" for the user's own
  std::string name, color, role, mode;
  std::string state = "live";

  bool own() const { return account.empty(); }
  bool writable() const {
    return own() || state == "gone" || (mode == "two_way" && (role == "owner" || role == "writer"));
  }
};

class Calendars {
 public:
  Calendars(Mutex& mutex, Accounts& accounts) : mutex_(mutex), accounts_(accounts) {}

  // --- the test ---
  std::vector<Calendar> all() const {
    const Lock lock(mutex_);
    return calendars_;
  }
  void add_own(std::string user, std::string id) {
    const Lock lock(mutex_);
    calendars_.push_back(
        {std::move(id), std::move(user), "", "", "", "#3b6ea5", "owner", "two_way"});
  }

  // --- crm.calendars/0 ---
  Result<std::string> list(std::string_view account) const {
    const Lock lock(mutex_);
    Json list = Json::array();
    for (const Calendar& calendar : calendars_)
      if (!calendar.own() && (account.empty() || calendar.account == account))
        list.push(document(calendar));
    return list.dump();
  }
  Result<std::string> put(std::string_view text) {
    CRM_TRY(const Json json, Json::parse(text));
    Calendar calendar{"",
                      "",
                      json.string("account"),
                      json.string("remote_id"),
                      json.string("name"),
                      json.string("color"),
                      json.string("role"),
                      json.string("mode")};
    if (calendar.remote_id.empty()) return Error{Code::invalid, "remote_id: missing", {}};
    if (calendar.name.empty()) return Error{Code::invalid, "name: missing", {}};
    if (calendar.color.size() != 7 || calendar.color[0] != '#' ||
        calendar.color.find_first_not_of("0123456789abcdefABCDEF", 1) != std::string::npos)
      return Error{Code::invalid, "color: #rrggbb", {}};
    if (!one_of(calendar.role, {"owner", "writer", "reader", "free_busy"}))
      return Error{Code::invalid, "role: owner, writer, reader or free_busy", {}};
    if (!one_of(calendar.mode, {"two_way", "view_only"}))
      return Error{Code::invalid, "mode: two_way or view_only", {}};
    const Lock lock(mutex_);
    const Account* account = accounts_.find(calendar.account);
    if (!account) return Error{Code::not_found, "there is no such account", {}};
    const auto known = std::find_if(calendars_.begin(), calendars_.end(), [&](const Calendar& k) {
      return k.account == calendar.account && k.remote_id == calendar.remote_id;
    });
    if (known != calendars_.end()) {
      known->name = calendar.name;
      known->color = calendar.color;
      known->role = calendar.role;
      known->mode = calendar.mode;
      return known->id;
    }
    calendar.id = "calendar-" + std::to_string(++count_);
    calendar.user = account->user;
    calendars_.push_back(std::move(calendar));
    return calendars_.back().id;
  }
  Result<> set_state(std::string_view id, std::string_view state) {
    if (!one_of(state, {"live", "hidden", "gone"}))
      return Error{Code::invalid, "state: live, hidden or gone", {}};
    const Lock lock(mutex_);
    Calendar* calendar = find(id);
    if (!calendar || calendar->own()) return none();
    calendar->state = state;
    return {};
  }
  Result<> set_default(std::string_view user_id, std::string_view id) {
    const Lock lock(mutex_);
    User* user = accounts_.find_user(user_id);
    if (!user || !accounts_.user_is_connected(user_id))
      return Error{Code::not_found, "no account of this plugin belongs to that user", {}};
    std::string account;
    if (!id.empty()) {
      const Calendar* calendar = find(id);
      if (!calendar || calendar->user != user_id) return none();
      if (calendar->state == "gone" || !calendar->writable())
        return Error{
            Code::invalid, "this calendar cannot be the default: it is read-only or gone", {}};
      if (calendar->own()) id = {};
      account = calendar->account;
    }
    user->default_calendar = id;
    user->default_account = account;
    return {};
  }
  Result<std::string> own(std::string_view user) const {
    const Lock lock(mutex_);
    for (const Calendar& calendar : calendars_)
      if (calendar.own() && calendar.user == user) return calendar.id;
    return Error{Code::not_found, "there is no such user", {}};
  }

  // --- used by the other parts, under the lock ---
  const Calendar* find(std::string_view id) const {
    const auto found = std::find_if(calendars_.begin(), calendars_.end(),
                                    [&](const Calendar& calendar) { return calendar.id == id; });
    return found == calendars_.end() ? nullptr : &*found;
  }
  // A plugin may access the calendars of its accounts and the own calendars of users with an
  // account.
  const Calendar* known_to_plugin(std::string_view id) const {
    const Calendar* calendar = find(id);
    return calendar && (!calendar->own() || accounts_.user_is_known(calendar->user)) ? calendar
                                                                                     : nullptr;
  }

 private:
  static Error none() { return {Code::not_found, "there is no such calendar", {}}; }
  static bool one_of(std::string_view value, std::initializer_list<std::string_view> allowed) {
    return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
  }
  Calendar* find(std::string_view id) {
    return const_cast<Calendar*>(static_cast<const Calendars*>(this)->find(id));
  }
  Json document(const Calendar& k) const {
    const User* user = accounts_.find_user(k.user);
    return Json::object({{"id", k.id},
                         {"user", k.user},
                         {"account", k.account},
                         {"remote_id", k.remote_id},
                         {"name", k.name},
                         {"color", k.color},
                         {"role", k.role},
                         {"mode", k.mode},
                         {"state", k.state},
                         {"is_default", user && user->default_calendar == k.id}});
  }

  Mutex& mutex_;
  Accounts& accounts_;
  std::vector<Calendar> calendars_;
  int count_ = 0;
};

}  // namespace crm::fakes
