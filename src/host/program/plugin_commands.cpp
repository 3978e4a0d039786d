#include "src/host/program/plugin_commands.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <thread>
#include <vector>

#include "src/host/crm/account_removal.hpp"
#include "src/hosting/services/plugin_data.hpp"

namespace host {
namespace {

namespace fs = std::filesystem;
using hosting::Account;
using hosting::Plugins;
using namespace std::chrono_literals;

// The other side answers within seconds, or is down.
constexpr auto kRevoking = 30s;
constexpr auto kLook = 50ms;

// The accounts whose access is not revoked: their secrets are still there.
Result<std::vector<Account>> unrevoked(Crm& crm, const std::vector<Account>& accounts) {
  std::vector<Account> left;
  for (const Account& account : accounts) {
    TRY(const auto secrets, hosting::count_secrets(crm.database(), account.plugin, account.id));
    if (secrets > 0) left.push_back(account);
  }
  return left;
}

// Starts the plugin alone and waits until it has revoked, or cannot. Why it could not; "": it did.
Result<std::string> revoke(Crm& crm, hosting::PluginsOptions options, const std::string& plugin,
                           const std::vector<Account>& accounts) {
  options.only = plugin;
  Plugins plugins(crm.context(), crm.port(), std::move(options));
  if (const auto started = plugins.start(); !started) return started.error().message;
  plugins.wait_until_started();
  const auto list = plugins.list();
  const auto info = std::ranges::find(list, plugin, &hosting::PluginInfo::id);
  if (info == list.end()) return std::string("it is not installed");
  if (info->state != "running") return "it does not run: " + info->reason;
  const auto end = std::chrono::steady_clock::now() + kRevoking;
  while (std::chrono::steady_clock::now() < end) {
    TRY(const auto left, unrevoked(crm, accounts));
    if (left.empty()) break;
    std::this_thread::sleep_for(kLook);
  }
  plugins.stop();
  TRY(const auto left, unrevoked(crm, accounts));
  return left.empty() ? std::string() : std::string("the other side did not confirm it in time");
}

Result<> erase_files(const fs::path& data, const std::string& plugin) {
  for (const fs::path& path :
       {data / "plugins" / (plugin + ".sqlite"), data / "plugins" / (plugin + ".sqlite-wal"),
        data / "plugins" / (plugin + ".sqlite-shm"), data / "plugins" / (plugin + ".version.json"),
        data / "run" / plugin}) {
    std::error_code failure;
    fs::remove_all(path, failure);
    if (failure)
      return Error{
          Code::unavailable, "cannot remove " + path.string() + ": " + failure.message(), {}};
  }
  return {};
}

}  // namespace

Result<> remove_plugin(Crm& crm, hosting::PluginsOptions options, const std::string& plugin,
                       bool purge) {
  TRY(const auto accounts, crm.accounts().of_plugin(plugin));
  TRY(const auto secrets, hosting::count_secrets(crm.database(), plugin, ""));
  if (accounts.empty() && secrets == 0 &&
      !fs::exists(crm.data() / "plugins" / (plugin + ".sqlite")))
    return Error{Code::not_found, "nothing is kept of a plugin " + plugin, {}};
  for (const Account& account : accounts)
    if (account.state != "disconnected") TRY_VOID(disconnect_account(crm, account));

  TRY(auto left, unrevoked(crm, accounts));
  if (!left.empty()) {
    TRY(const std::string why, revoke(crm, std::move(options), plugin, left));
    TRY(left, unrevoked(crm, left));
    for (const Account& account : left) {
      const std::string& name = account.identity.empty() ? account.title : account.identity;
      std::printf("crm_host: %s: its access was not revoked (%s); remove it at the other side\n",
                  name.c_str(), why.c_str());
      TRY_VOID(hosting::erase_secrets(crm.database(), plugin, account.id));
    }
  }
  if (purge) {
    TRY_VOID(hosting::erase_plugin(crm.database(), plugin));
    TRY_VOID(erase_files(crm.data(), plugin));
  }
  std::printf("crm_host: %s: %zu accounts removed%s\n", plugin.c_str(), accounts.size(),
              purge ? ", nothing is kept of it" : "");
  return {};
}

}  // namespace host
