// The connected accounts of plugins, one row per (plugin, user, unique id). Used by the settings
// flow, the accounts page and services/accounts. It must never lose the id of an account that was
// disconnected: connecting again must double nothing.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/services/change_bus.hpp"
#include "src/hosting/storage/sqlite_database.hpp"

namespace hosting {

struct Account {
  std::string id, plugin, user, unique_id;
  std::string title;     // given by the person
  std::string identity;  // such as the Google address; shown
  std::string state;     // "active" | "paused" | "disconnected"
  gcal::base::Json health = gcal::base::Json::object();
  gcal::base::Json config = gcal::base::Json::object();

  gcal::base::Json to_plugin_json() const;  // schema/account.json
};

struct NewAccount {
  std::string id;  // as the flow announced it to the plugin; "": a new one
  std::string plugin, user, unique_id, title, identity;
  gcal::base::Json config = gcal::base::Json::object();
};

class Accounts {
 public:
  Accounts(Database& database, ChangeBus& bus, const gcal::base::Clock& clock,
           gcal::base::Random& random);

  // The end of a set-up. A disconnected account of the same unique_id is revived and keeps its old
  // id, which the answer holds. conflict: this user has connected unique_id already.  `also` is
  // saved in the same transaction: the flow that ends with it.  [any thread]
  Result<Account> finish_setup(
      const NewAccount& account,
      const std::function<Result<>(Connection&, const Account&)>& also = {});
  // The end of options or reauth: title, identity (kept when "") and config.
  Result<Account> update(std::string_view id, std::string_view title, std::string_view identity,
                         const gcal::base::Json& config);

  Result<std::vector<Account>> of_user(std::string_view user) const;  // without disconnected ones
  Result<Account> of_user(std::string_view user, std::string_view id) const;
  Result<std::vector<Account>> of_plugin(
      std::string_view plugin) const;  // all, disconnected ones too
  Result<Account> of_plugin(std::string_view plugin, std::string_view id) const;

  Result<> set_state(std::string_view id, std::string_view state, std::string_view origin = {});
  Result<> put_config(std::string_view plugin, std::string_view id, const gcal::base::Json& config);
  Result<> set_health(std::string_view plugin, std::string_view id, const gcal::base::Json& health);

 private:
  Database& database_;
  ChangeBus& bus_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
};

}  // namespace hosting
