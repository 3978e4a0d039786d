#include "src/hosting/services/forgetting.hpp"

#include <map>

#include "src/common/base/json_array.hpp"

namespace hosting {
namespace {

constexpr std::string_view kForget = "crm:forget/";

}  // namespace

bool is_forgetting(std::string_view key) {
  return key.starts_with(kForget);
}

Result<> schedule_forgetting(Connection& c, std::string_view user) {
  std::map<std::string, std::vector<std::string>> accounts;  // by plugin
  TRY_VOID(c.each(
      "SELECT plugin, id FROM accounts WHERE user=?1 ORDER BY plugin, id",
      [&](const Row& row) { accounts[row.text(0)].push_back(row.text(1)); }, user));
  for (const auto& [plugin, ids] : accounts) {
    const Json request = Json::object({{"user", user}, {"accounts", gcal::base::json_array(ids)}});
    TRY_VOID(
        c.run("INSERT INTO tasks(plugin, key, at, payload) VALUES (?1, ?2, 0, ?3) "
              "ON CONFLICT(plugin, key) DO UPDATE SET at=excluded.at, payload=excluded.payload",
              plugin, std::string(kForget) + std::string(user), request.dump()));
  }
  return {};
}

Result<std::string> forgotten_user(const CrmPort& crm, std::string_view key) {
  const std::string user(key.substr(kForget.size()));
  const auto row = crm.user(user);
  if (!row && row.error().code != Code::not_found) return row.error();
  return row && !row->removed ? std::string() : user;
}

Result<> forget_accounts(HostContext& context, std::string_view plugin, std::string_view user) {
  std::vector<std::string> ids;
  TRY_VOID(context.database().read([&](Connection& c) {
    return c.each(
        "SELECT id FROM accounts WHERE plugin=?1 AND user=?2",
        [&](const Row& row) { ids.push_back(row.text(0)); }, plugin, user);
  }));
  for (const std::string& id : ids) TRY_VOID(context.secrets().erase_of_account(plugin, id));
  TRY_VOID(context.database().write([&](Connection& c) {
    return c.run("DELETE FROM accounts WHERE plugin=?1 AND user=?2", plugin, user);
  }));
  context.audit("user_forgotten", plugin, user);
  return {};
}

}  // namespace hosting
