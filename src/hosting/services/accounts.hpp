// The connected accounts of plugins, one row per (plugin, user, unique id). Used by FlowRunner, the
// accounts page and the table of crm.accounts/0. It must never lose the id of a disconnected
// account: connecting it again must duplicate nothing.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/clock.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/random.hpp"
#include "src/hosting/services/change_bus.hpp"
#include "src/hosting/storage/database.hpp"

namespace hosting {

struct Account {
  std::string id, plugin, user, unique_id;
  std::string title;     // chosen by the user
  std::string identity;  // such as the Google address; shown
  std::string state;     // "active" | "paused" | "disconnected"
  gcal::base::Json health = gcal::base::Json::object();
  gcal::base::Json config = gcal::base::Json::object();

  gcal::base::Json to_plugin_json() const;  // schema/account.json
  std::string revision() const;             // of the config: equal for equal configs
};

struct NewAccount {
  std::string id;  // that the flow passed to the plugin; "": a new one
  std::string plugin, user, unique_id, title, identity;
  gcal::base::Json config = gcal::base::Json::object();
};

class Accounts {
 public:
  Accounts(Database& database, ChangeBus& bus, const gcal::base::Clock& clock,
           gcal::base::Random& random);

  // All functions: [any thread, blocks]. not_found: there is no such account.

  // Ends a set-up. A disconnected account with the same unique_id becomes active again and keeps
  // its id. `also` runs in the same transaction: it stores the flow that ends. conflict: the user
  // has connected unique_id already.
  Result<Account> finish_setup(
      const NewAccount& account,
      const std::function<Result<>(Connection&, const Account&)>& also = {});
  // Ends options or reauth: stores title and identity (unchanged when "") and config (unchanged
  // when absent).
  Result<Account> update(std::string_view id, std::string_view title, std::string_view identity,
                         const std::optional<gcal::base::Json>& config);

  Result<std::vector<Account>> of_user(std::string_view user) const;  // without disconnected ones
  Result<Account> of_user(std::string_view user, std::string_view id) const;
  Result<std::vector<Account>> of_plugin(
      std::string_view plugin) const;  // all, disconnected ones too
  Result<Account> of_plugin(std::string_view plugin, std::string_view id) const;
  Result<Account> any(std::string_view id) const;  // for administrators
  // Has the user an account of the plugin, in whatever state? Reads one row and no document.
  Result<bool> has_account(std::string_view plugin, std::string_view user) const;

  // How many accounts were read with their documents so far: what a hint or a request costs.
  std::uint64_t documents_read() const { return documents_read_; }

  Result<> set_state(std::string_view id, std::string_view state, std::string_view origin = {});
  // conflict: the config has another revision than if_revision.
  Result<> put_config(std::string_view plugin, std::string_view id, const gcal::base::Json& config,
                      const std::optional<std::string_view>& if_revision = {});
  Result<> set_health(std::string_view plugin, std::string_view id, const gcal::base::Json& health);

 private:
  Result<std::vector<Account>> counted(Result<std::vector<Account>> accounts) const;
  Result<Account> counted(Result<Account> account) const;

  Database& database_;
  ChangeBus& bus_;
  const gcal::base::Clock& clock_;
  gcal::base::Random& random_;
  mutable std::atomic<std::uint64_t> documents_read_ = 0;
};

}  // namespace hosting
