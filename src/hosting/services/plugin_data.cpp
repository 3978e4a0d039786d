#include "src/hosting/services/plugin_data.hpp"

namespace hosting {

Result<std::int64_t> count_secrets(Database& database, std::string_view plugin,
                                   std::string_view account) {
  TRY(const auto count, database.read([&](Connection& c) {
    return c.integer(
        "SELECT count(*) FROM secrets WHERE plugin=?1 AND (?2='' OR replace(key, ?2, '')<>key)",
        plugin, account);
  }));
  return count.value_or(0);
}

Result<> erase_plugin(Database& database, Secrets& secrets, std::string_view plugin) {
  TRY_VOID(secrets.erase_of_account(plugin, ""));
  return database.write([&](Connection& c) -> Result<> {
    TRY_VOID(c.run("DELETE FROM flows WHERE plugin=?1", plugin));
    TRY_VOID(c.run("DELETE FROM tasks WHERE plugin=?1", plugin));
    return c.run("DELETE FROM accounts WHERE plugin=?1", plugin);
  });
}

}  // namespace hosting
