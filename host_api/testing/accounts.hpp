// The users of the fake CRM and the accounts they connected: crm.accounts/0. Functions named after
// the service behave as a host does; the others are actions of the user and the administrator. Used
// through crm::fakes::Host, on any thread. The id of a disconnected account is kept: connecting
// again reuses it.
#pragma once

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "host_api/testing/environment.hpp"
#include "host_api/testing/feed.hpp"
#include "host_api/testing/json.hpp"

namespace crm::fakes {

struct User {
  std::string id = {}, email = {}, name = {}, role = "sales";
  std::string locale = "en", time_zone = "Europe/Berlin";
  std::string own_calendar = {}, default_calendar = {};  // set by the host; default "": the own one
  bool locked = false;
  std::string default_account = {};  // the one that the default calendar is of; set by the host
};

struct Account {
  std::string id = {}, user = {}, unique_id = {}, title = {};
  std::string state = "active";
  Json config = Json::object();
  Json health = Json::object();
  std::string identity = {};

  Json document() const {
    return Json::object({{"id", id},
                         {"user", user},
                         {"unique_id", unique_id},
                         {"title", title},
                         {"identity", identity},
                         {"state", state},
                         {"config", config},
                         {"revision", revision()}});
  }
  std::string revision() const { return config.dump(); }  // opaque to plugins
};

class Accounts {
 public:
  Accounts(Mutex& mutex, Notifications& notifications)
      : mutex_(mutex), notifications_(notifications) {}

  // --- actions of the user ---
  void add_user(User user) {
    const Lock lock(mutex_);
    users_.push_back(std::move(user));
  }
  // A set-up of this user begins, or ends without an account: meanwhile the plugin sees the user's
  // own calendar. PluginDriver::settings_step calls them for the flows that pass through it.
  void begin_set_up(std::string user) {
    const Lock lock(mutex_);
    set_ups_.insert(std::move(user));
  }
  void end_set_up(const std::string& user) {
    const Lock lock(mutex_);
    set_ups_.erase(user);
  }
  // Removes a user; the accounts stay, disconnected, until the plugin has forgotten the user.
  void remove_user(std::string_view id) {
    const Lock lock(mutex_);
    std::erase_if(users_, [&](const User& user) { return user.id == id; });
    for (Account& account : accounts_)
      if (account.user == id) account.state = "disconnected";
  }
  // The end of a set-up; returns the id. A disconnected account of the same user and unique_id is
  // connected again under its old id.
  Result<std::string> connect(Account account) {
    const Lock lock(mutex_);
    const auto known = std::find_if(accounts_.begin(), accounts_.end(), [&](const Account& a) {
      return a.user == account.user && a.unique_id == account.unique_id;
    });
    if (!find_user(account.user)) return Error{Code::not_found, "there is no such user", {}};
    if (known != accounts_.end() && known->state != "disconnected")
      return Error{Code::conflict, "this account is connected already", {}};
    if (known == accounts_.end()) {
      accounts_.push_back(std::move(account));
      return announce(accounts_.back());
    }
    account.id = known->id;
    *known = std::move(account);
    return announce(*known);
  }
  // Pauses, resumes or disconnects, and notifies.
  Result<> change_state(std::string_view id, std::string_view state) {
    const Lock lock(mutex_);
    CRM_TRY_VOID(set_state(id, state));
    notifications_.push_back({Notification::Kind::account, std::string(id), {}});
    return {};
  }
  std::vector<Account> all() const {
    const Lock lock(mutex_);
    return accounts_;
  }
  // The health that the page would show; an empty object until the plugin has set one.
  Json health(std::string_view id) const {
    const Lock lock(mutex_);
    const Account* account = find(id);
    return account ? account->health : Json();
  }

  // --- crm.accounts/0 ---
  Result<std::string> list() const {
    const Lock lock(mutex_);
    Json list = Json::array();
    for (const Account& account : accounts_) list.push(account.document());
    return list.dump();
  }
  Result<std::string> get(std::string_view id) const {
    const Lock lock(mutex_);
    const Account* account = find(id);
    if (!account) return none();
    return account->document().dump();
  }
  Result<> put_config(std::string_view id, std::string_view config) {
    return put(id, "config", config, &Account::config);
  }
  Result<> put_config_if(std::string_view id, std::string_view revision, std::string_view config) {
    return put(id, "config", config, &Account::config, revision);
  }
  Result<> set_health(std::string_view id, std::string_view health) {
    return put(id, "health", health, &Account::health);
  }
  Result<> set_state(std::string_view id, std::string_view state) {
    if (state != "active" && state != "paused" && state != "disconnected")
      return Error{Code::invalid, "state: active, paused or disconnected", {}};
    const Lock lock(mutex_);
    Account* account = find(id);
    if (!account) return none();
    account->state = state;
    User* user = find_user(account->user);
    if (state == "disconnected" && user && user->default_account == id)
      user->default_calendar = user->default_account = {};
    return {};
  }
  Result<std::string> user(std::string_view id) const {
    const Lock lock(mutex_);
    const User* user = find_user(id);
    if (!user) return Error{Code::not_found, "there is no such user", {}};
    return document(*user).dump();
  }

  // --- crm.users/0, whose get is user above ---
  std::string users() const {
    const Lock lock(mutex_);
    std::set<std::string> ids;
    for (const Account& account : accounts_) ids.insert(account.user);
    Json list = Json::array();
    for (const std::string& id : ids)
      if (const User* user = find_user(id)) list.push(document(*user));
    return list.dump();
  }

  // --- used by the other parts, under the lock ---
  const Account* find(std::string_view id) const {
    const auto found = std::find_if(accounts_.begin(), accounts_.end(),
                                    [&](const Account& account) { return account.id == id; });
    return found == accounts_.end() ? nullptr : &*found;
  }
  const User* find_user(std::string_view id) const {
    const auto found =
        std::find_if(users_.begin(), users_.end(), [&](const User& user) { return user.id == id; });
    return found == users_.end() ? nullptr : &*found;
  }
  Account* find(std::string_view id) {
    return const_cast<Account*>(static_cast<const Accounts*>(this)->find(id));
  }
  User* find_user(std::string_view id) {
    return const_cast<User*>(static_cast<const Accounts*>(this)->find_user(id));
  }
  bool user_is_connected(std::string_view user) const {
    return std::any_of(accounts_.begin(), accounts_.end(),
                       [&](const Account& account) { return account.user == user; });
  }
  // Connected, or in the middle of a set-up.
  bool user_is_known(std::string_view user) const {
    return set_ups_.contains(user) || user_is_connected(user);
  }

 private:
  static Json document(const User& user) {
    Json json =
        Json::object({{"id", user.id},
                      {"email", user.email},
                      {"name", user.name},
                      {"role", user.role},
                      {"locale", user.locale},
                      {"time_zone", user.time_zone},
                      {"default_calendar",
                       user.default_calendar.empty() ? user.own_calendar : user.default_calendar}});
    if (user.locked) json.set("locked", true);
    return json;
  }
  static Error none() { return {Code::not_found, "there is no such account", {}}; }
  std::string announce(const Account& account) {
    notifications_.push_back({Notification::Kind::account, account.id, {}});
    return account.id;
  }
  Result<> put(std::string_view id, std::string_view name, std::string_view text,
               Json Account::*member, std::optional<std::string_view> if_revision = {}) {
    CRM_TRY(Json document, Json::parse(text));
    if (!document.is_object())
      return Error{Code::invalid, std::string(name) + ": a JSON object is expected", {}};
    const Lock lock(mutex_);
    Account* account = find(id);
    if (!account) return none();
    if (if_revision && account->revision() != *if_revision)
      return Error{Code::conflict, "the config changed meanwhile: read it again", {}};
    account->*member = std::move(document);
    return {};
  }

  Mutex& mutex_;
  Notifications& notifications_;
  std::vector<User> users_;
  std::set<std::string, std::less<>> set_ups_;  // users
  std::vector<Account> accounts_;
};

}  // namespace crm::fakes
