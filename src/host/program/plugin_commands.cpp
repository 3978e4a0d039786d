#include "src/host/program/plugin_commands.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <thread>
#include <vector>

#include "src/hosting/services/account_removal.hpp"
#include "src/hosting/services/plugin_data.hpp"

namespace host {
namespace {

namespace fs = std::filesystem;
using hosting::Account;
using hosting::Plugins;
using namespace std::chrono_literals;

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

// Starts the plugin alone and waits until it has revoked, or cannot. Why it never can; "": it did.
// unavailable: it runs, and the other side does not answer.
Result<std::string> revoke(Crm& crm, hosting::PluginsOptions options, const std::string& plugin,
                           const std::vector<Account>& accounts, std::chrono::seconds patience) {
  options.only = plugin;
  Plugins plugins(crm.context(), crm.port(), std::move(options));
  if (const auto started = plugins.start(); !started) return started.error().message;
  plugins.wait_until_started();
  const auto list = plugins.list();
  const auto info = std::ranges::find(list, plugin, &hosting::PluginInfo::id);
  if (info == list.end()) return std::string("it is not installed");
  if (info->state != "running") return "it does not run: " + info->reason;
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    TRY(const auto left, unrevoked(crm, accounts));
    if (left.empty()) break;
    std::this_thread::sleep_for(kLook);
  }
  plugins.stop();
  TRY(const auto left, unrevoked(crm, accounts));
  if (left.empty()) return std::string();
  return Error{Code::unavailable,
               "the other side did not confirm in time that the access of " +
                   std::to_string(left.size()) +
                   " accounts is revoked. They are disconnected and kept: the plugin revokes it "
                   "when it runs and the other side answers. Repeat the command then, or with "
                   "--without-revoking to give it up",
               {}};
}

Result<> erase_files(const fs::path& data, const std::string& plugin) {
  for (const fs::path& path :
       {data / "plugins" / (plugin + ".version.json"), data / "run" / plugin}) {
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
                       const PluginRemoval& how) {
  TRY(const auto accounts, crm.accounts().of_plugin(plugin));
  TRY(const auto secrets, hosting::count_secrets(crm.database(), plugin, ""));
  TRY(const bool has_database, crm.database().has_plugin(crm.data() / "plugins", plugin));
  if (accounts.empty() && secrets == 0 && !has_database)
    return Error{Code::not_found, "nothing is kept of a plugin " + plugin, {}};
  for (const Account& account : accounts)
    if (account.state != "disconnected")
      TRY_VOID(hosting::disconnect_account(crm.accounts(), crm.plugin_calendars(), account));

  TRY(auto left, unrevoked(crm, accounts));
  if (!left.empty()) {
    std::string why = "as asked";
    if (!how.without_revoking) {
      TRY(why, revoke(crm, std::move(options), plugin, left, how.patience));
    }
    TRY(left, unrevoked(crm, left));
    for (const Account& account : left) {
      const std::string& name = account.identity.empty() ? account.title : account.identity;
      std::printf("crm_host: %s: its access was not revoked (%s); remove it at the other side\n",
                  name.c_str(), why.c_str());
      TRY_VOID(crm.secrets().erase_of_account(plugin, account.id));
    }
  }
  if (how.purge) {
    TRY_VOID(hosting::erase_plugin(crm.database(), crm.secrets(), plugin));
    TRY_VOID(crm.database().erase_plugin(crm.data() / "plugins", plugin));
    TRY_VOID(erase_files(crm.data(), plugin));
  }
  std::printf("crm_host: %s: %zu accounts removed%s\n", plugin.c_str(), accounts.size(),
              how.purge ? ", nothing is kept of it" : "");
  return {};
}

}  // namespace host
