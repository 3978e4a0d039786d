// The page "Calendar accounts": the connected accounts with their health, the connectors that can
// be added, and the commands for an account.
#include "src/host/crm/account_removal.hpp"
#include "src/host/crm/crm.hpp"
#include "src/host/web/audit.hpp"
#include "src/host/web/authentication.hpp"
#include "src/host/web/plugin_states.hpp"
#include "src/host/web/routes.hpp"
#include "src/hosting/plugins/crash_log.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace host {
namespace {

using hosting::Account;
using hosting::PluginAnswer;
using hosting::PluginInfo;

Json to_json(const Account& account, const std::vector<Calendar>& calendars,
             const PluginStates& plugins) {
  Json own = Json::array();
  std::string default_calendar;
  for (const Calendar& calendar : calendars) {
    if (calendar.account != account.id) continue;
    if (calendar.is_default) default_calendar = calendar.id;
    own.push(calendar.to_json()).set("is_carried", plugins.works(calendar.plugin));
  }
  return Json::object({{"id", account.id},
                       {"plugin", account.plugin},
                       {"title", account.title},
                       {"identity", account.identity},
                       {"state", account.state},
                       {"plugin_state", plugins.of(account.plugin)},
                       {"health", account.health},
                       {"default_calendar", default_calendar},
                       {"calendars", std::move(own)}});
}

// An account that was disconnected does not exist for its user.
Result<Account> connected(Crm& crm, const ApiRequest& request) {
  TRY(Account account, crm.accounts().of_user(request.user(), request.path_parameters[0]));
  if (account.state == "disconnected")
    return Error{Code::not_found, "there is no such account", {}};
  return account;
}

Result<ApiResponse> set_state(Crm& crm, const Plugins& plugins, const ApiRequest& request,
                              std::string_view state) {
  TRY(const Account account, connected(crm, request));
  TRY_VOID(crm.accounts().set_state(account.id, state));
  audit(crm.log(), "account_" + std::string(state), request.user(), request, account.id);
  TRY(const Account changed, connected(crm, request));
  TRY(const auto calendars, crm.calendars().list(request.user()));
  return ApiResponse{200, to_json(changed, calendars, PluginStates(plugins))};
}

// An administrator ends the account of another user, whether its plugin runs or not. Needs a
// password that was given within the last 15 minutes.
Result<ApiResponse> remove_of_another(Crm& crm, const ApiRequest& request) {
  TRY(const Account account, crm.accounts().any(request.path_parameters[0]));
  if (account.state == "disconnected")
    return Error{Code::not_found, "there is no such account", {}};
  if (!request.session.confirmed) return confirm_first_response();
  TRY_VOID(disconnect_account(crm, account));
  audit(crm.log(), "account_removed", request.user(), request, account.id);
  return ApiResponse{};
}

// If the plugin runs again it finds the account disconnected, revokes its access and forgets it.
Result<ApiResponse> remove(Crm& crm, const Plugins& plugins, const ApiRequest& request) {
  const auto account = connected(crm, request);
  if (!account && account.error().code == Code::not_found && request.session.user.role == "admin")
    return remove_of_another(crm, request);
  if (!account) return account.error();
  if (PluginStates(plugins).works(account->plugin))
    return Error{Code::conflict, "the plugin runs: disconnect the account in its settings", {}};
  TRY_VOID(disconnect_account(crm, *account));
  audit(crm.log(), "account_removed", request.user(), request, account->id);
  return ApiResponse{};
}

// What an administrator sees of the accounts of a plugin, or of a user: enough to end one.
Result<ApiResponse> accounts_for_administrator(Crm& crm, const std::vector<Account>& accounts) {
  Json list = Json::array();
  for (const Account& account : accounts) {
    if (account.state == "disconnected") continue;
    TRY(const User user, crm.users().get(account.user));
    list.push(Json::object(
        {{"id", account.id},
         {"plugin", account.plugin},
         {"user", Json::object({{"id", user.id}, {"name", user.name}, {"email", user.email}})},
         {"title", account.title},
         {"identity", account.identity},
         {"state", account.state}}));
  }
  return ApiResponse{200, std::move(list)};
}

ApiResponse plugin_response(const Result<std::string>& answer) {
  if (!answer) return error_response(answer.error());
  auto document = Json::parse(*answer);
  if (!document)
    return error_response(500, "internal", "error.internal", "the plugin's answer is no JSON");
  return {200, *std::move(document)};
}

using AccountCall = void (Plugins::*)(const std::string&, const Json&, PluginAnswer);

// Passes a request about the user's account on to the account's plugin.
void call_plugin(Crm& crm, Plugins& plugins, AccountCall call, const ApiRequest& request,
                 Respond respond) {
  const auto account = connected(crm, request);
  if (!account) return respond(error_response(account.error()));
  (plugins.*call)(account->plugin,
                  Json::object({{"account", account->id}, {"user", request.user()}}),
                  [respond = std::move(respond)](const Result<std::string>& document) {
                    respond(plugin_response(document));
                  });
}

}  // namespace

void add_account_routes(Api& api, Crm& crm, Plugins& plugins) {
  api.add("GET", "/api/accounts",
          [&crm, &plugins](const ApiRequest& request) -> Result<ApiResponse> {
            TRY(const auto accounts, crm.accounts().of_user(request.user()));
            TRY(const auto calendars, crm.calendars().list(request.user()));
            const PluginStates states(plugins);
            Json list = Json::array();
            for (const Account& account : accounts) list.push(to_json(account, calendars, states));
            return ApiResponse{200, std::move(list)};
          });
  api.add("POST", "/api/accounts/{}/pause", [&crm, &plugins](const ApiRequest& request) {
    return set_state(crm, plugins, request, "paused");
  });
  api.add("POST", "/api/accounts/{}/resume", [&crm, &plugins](const ApiRequest& request) {
    return set_state(crm, plugins, request, "active");
  });
  api.add("DELETE", "/api/accounts/{}",
          [&crm, &plugins](const ApiRequest& request) { return remove(crm, plugins, request); });
  api.add(
      "GET", "/api/users/{}/accounts",
      [&crm](const ApiRequest& request) -> Result<ApiResponse> {
        TRY(const auto accounts, crm.accounts().of_user(request.path_parameters[0]));
        return accounts_for_administrator(crm, accounts);
      },
      Api::Access::administrator);
  api.add(
      "GET", "/api/plugins/{}/accounts",
      [&crm](const ApiRequest& request) -> Result<ApiResponse> {
        TRY(const auto accounts, crm.accounts().of_plugin(request.path_parameters[0]));
        return accounts_for_administrator(crm, accounts);
      },
      Api::Access::administrator);
  api.add_async("POST", "/api/accounts/{}/sync",
                [&crm, &plugins](const ApiRequest& request, Respond respond) {
                  call_plugin(crm, plugins, &Plugins::sync_now, request, std::move(respond));
                });
  api.add_async("GET", "/api/accounts/{}/status",
                [&crm, &plugins](const ApiRequest& request, Respond respond) {
                  call_plugin(crm, plugins, &Plugins::status, request, std::move(respond));
                });

  api.add("GET", "/api/connectors", [&plugins](const ApiRequest&) -> Result<ApiResponse> {
    Json list = Json::array();
    for (const PluginInfo& plugin : plugins.list()) {
      const bool works = plugin.state == "running" || plugin.state == "starting";
      if (!works || !plugin.has_settings) continue;
      list.push(Json::object({{"plugin", plugin.id},
                              {"name_key", plugin.name_key},
                              {"add_key", plugin.add_key},
                              {"icon", plugin.icon}}));
    }
    return ApiResponse{200, std::move(list)};
  });
}

namespace {

Json to_json(const hosting::PluginReload& reload) {
  return Json::object({{"result", reload.result},
                       {"from", reload.from},
                       {"to", reload.to},
                       {"reason", reload.reason},
                       {"origin", reload.origin},
                       {"mapping", reload.mapping},
                       {"at", reload.at},
                       {"closed_ms", reload.closed_ms}});
}

Result<Json> to_json(const PluginInfo& plugin, const hosting::CrashLog& crashes) {
  Json json = Json::object({{"id", plugin.id},
                            {"version", plugin.version},
                            {"state", plugin.state},
                            {"reason", plugin.reason},
                            {"origin", plugin.origin},
                            {"signed_by", plugin.signed_by}});
  if (!plugin.last_reload.result.empty()) json.set("last_reload", to_json(plugin.last_reload));
  TRY(const auto crash, crashes.of(plugin.id, plugin.version));
  if (crash) json.set("crash", Json::object({{"call", crash->call}, {"how", crash->how}}));
  return json;
}

}  // namespace

void add_plugin_routes(Api& api, Crm& crm, Plugins& plugins) {
  api.add(
      "GET", "/api/plugins",
      [&crm, &plugins](const ApiRequest&) -> Result<ApiResponse> {
        const hosting::CrashLog crashes(crm.data());
        Json list = Json::array();
        for (const PluginInfo& plugin : plugins.list()) {
          TRY(Json json, to_json(plugin, crashes));
          list.push(std::move(json));
        }
        return ApiResponse{200, std::move(list)};
      },
      Api::Access::administrator);

  // Exchanges the plugin for what its folder holds now, or starts it. Answers when that is done.
  api.add_async(
      "POST", "/api/plugins/{}/reload",
      [&crm, &plugins](const ApiRequest& request, Respond respond) {
        const std::string& plugin = request.path_parameters[0];
        audit(crm.log(), "plugin_reloaded", request.user(), request, plugin);
        plugins.reload(
            plugin, [&crm, respond = std::move(respond)](const Result<PluginInfo>& info) {
              if (!info) return respond(error_response(info.error()));
              auto json = to_json(*info, hosting::CrashLog(crm.data()));
              respond(json ? ApiResponse{200, *std::move(json)} : error_response(json.error()));
            });
      },
      Api::Access::administrator);

  // Runs a version again that ended the host.
  api.add_async(
      "POST", "/api/plugins/{}/allow",
      [&crm, &plugins](const ApiRequest& request, Respond respond) {
        const std::string& plugin = request.path_parameters[0];
        hosting::CrashLog crashes(crm.data());
        if (const auto allowed = crashes.allow(plugin); !allowed)
          return respond(error_response(allowed.error()));
        audit(crm.log(), "plugin_allowed", request.user(), request, plugin);
        plugins.reload(plugin, [respond = std::move(respond)](const Result<PluginInfo>& info) {
          respond(info ? ApiResponse{200, Json::object({{"id", info->id},
                                                        {"state", info->state},
                                                        {"reason", info->reason}})}
                       : error_response(info.error()));
        });
      },
      Api::Access::administrator);

  // Without a session: the log-in page has texts too, and they are no secret.
  api.add(
      "GET", "/api/strings/{}",
      [&plugins](const ApiRequest& request) -> Result<ApiResponse> {
        if (request.path_parameters[0] != "de" && request.path_parameters[0] != "en")
          return Error{Code::not_found, "the languages are de and en", {}};
        Json texts = plugins.strings(request.path_parameters[0]);
        if (request.parameter("by") == "plugin") return ApiResponse{200, std::move(texts)};
        // As in the version before: of equal keys the first plugin's. Goes with the next version.
        Json flat = Json::object();
        for (const auto& [plugin, own] : texts.members())
          for (const auto& [key, text] : own.members())
            if (!flat.find(key)) flat.set(key, text);
        return ApiResponse{200, std::move(flat)};
      },
      Api::Access::open);
}

}  // namespace host
