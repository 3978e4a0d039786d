// The page "Calendar accounts": the connected accounts with their health, and the commands for an
// account.
#include <string>
#include <utility>
#include <vector>

#include "src/hosting/services/account_removal.hpp"
#include "src/hosting/web/plugin_states.hpp"
#include "src/hosting/web/settings_api.hpp"

namespace hosting {
namespace {

// What the handlers need, for as long as the table exists.
// brought: the calendars of plugins.
struct Parts {
  HostContext& context;
  PluginCalendars& brought;
  Plugins& plugins;
  CalendarList calendars;  // of all accounts of a user
};

Json to_json(const Account& account, const Json& calendars, const PluginStates& plugins) {
  Json own = Json::array();
  std::string default_calendar;
  for (const Json& calendar : calendars.items()) {
    if (calendar.string("account") != account.id) continue;
    if (calendar["is_default"].as_bool()) default_calendar = calendar.string("id");
    own.push(calendar).set("is_carried", plugins.works(account.plugin));
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
Result<Account> connected(HostContext& context, const SettingsRequest& request) {
  TRY(Account account, context.accounts().of_user(request.user(), request.path_parameters[0]));
  if (account.state == "disconnected")
    return Error{Code::not_found, "there is no such account", {}};
  return account;
}

Result<ApiResponse> list(const Parts& parts, const SettingsRequest& request) {
  TRY(const auto accounts, parts.context.accounts().of_user(request.user()));
  TRY(const Json calendars, parts.calendars(request.user()));
  const PluginStates states(parts.plugins);
  Json out = Json::array();
  for (const Account& account : accounts) out.push(to_json(account, calendars, states));
  return ApiResponse{200, std::move(out)};
}

Result<ApiResponse> set_state(const Parts& parts, const SettingsRequest& request,
                              std::string_view state) {
  TRY(const Account account, connected(parts.context, request));
  TRY_VOID(parts.context.accounts().set_state(account.id, state));
  audit(parts.context, "account_" + std::string(state), request, account.id);
  TRY(const Account changed, connected(parts.context, request));
  TRY(const Json calendars, parts.calendars(request.user()));
  return ApiResponse{200, to_json(changed, calendars, PluginStates(parts.plugins))};
}

Result<ApiResponse> end_account(const Parts& parts, const SettingsRequest& request,
                                const Account& account) {
  TRY_VOID(disconnect_account(parts.context.accounts(), parts.brought, account));
  audit(parts.context, "account_removed", request, account.id);
  return ApiResponse{};
}

// An administrator ends the account of another user, whether its plugin runs or not. Needs a
// password that was given a short time ago.
Result<ApiResponse> remove_of_another(const Parts& parts, const SettingsRequest& request) {
  TRY(const Account account, parts.context.accounts().any(request.path_parameters[0]));
  if (account.state == "disconnected")
    return Error{Code::not_found, "there is no such account", {}};
  if (!request.identity.is_confirmed) return confirm_first_response();
  return end_account(parts, request, account);
}

// If the plugin runs again it finds the account disconnected, revokes its access and forgets it.
Result<ApiResponse> remove(const Parts& parts, const SettingsRequest& request) {
  const auto account = connected(parts.context, request);
  if (!account && account.error().code == Code::not_found && request.identity.is_administrator)
    return remove_of_another(parts, request);
  if (!account) return account.error();
  if (PluginStates(parts.plugins).works(account->plugin))
    return Error{Code::conflict, "the plugin runs: disconnect the account in its settings", {}};
  return end_account(parts, request, *account);
}

// What an administrator sees of the accounts of a plugin, or of a user: enough to end one.
Result<ApiResponse> accounts_for_administrator(const Parts& parts,
                                               const std::vector<Account>& accounts) {
  Json out = Json::array();
  for (const Account& account : accounts) {
    if (account.state == "disconnected") continue;
    TRY(const PluginUser user, parts.brought.user(account.user));
    out.push(Json::object(
        {{"id", account.id},
         {"plugin", account.plugin},
         {"user", Json::object({{"id", user.id}, {"name", user.name}, {"email", user.email}})},
         {"title", account.title},
         {"identity", account.identity},
         {"state", account.state}}));
  }
  return ApiResponse{200, std::move(out)};
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
void call_plugin(const Parts& parts, AccountCall call, const SettingsRequest& request,
                 Respond respond) {
  const auto account = connected(parts.context, request);
  if (!account) return respond(error_response(account.error()));
  (parts.plugins.*call)(account->plugin,
                        Json::object({{"account", account->id}, {"user", request.user()}}),
                        [respond = std::move(respond)](const Result<std::string>& document) {
                          respond(plugin_response(document));
                        });
}

}  // namespace

void add_account_routes(SettingsApi& api, HostContext& context, PluginCalendars& brought,
                        Plugins& plugins, const CalendarList& calendars) {
  const Parts parts{context, brought, plugins, calendars};
  api.add("GET", "/api/accounts",
          [parts](const SettingsRequest& request) { return list(parts, request); });
  api.add("POST", "/api/accounts/{}/pause",
          [parts](const SettingsRequest& request) { return set_state(parts, request, "paused"); });
  api.add("POST", "/api/accounts/{}/resume",
          [parts](const SettingsRequest& request) { return set_state(parts, request, "active"); });
  api.add("DELETE", "/api/accounts/{}",
          [parts](const SettingsRequest& request) { return remove(parts, request); });
  api.add(
      "GET", "/api/users/{}/accounts",
      [parts](const SettingsRequest& request) -> Result<ApiResponse> {
        TRY(const auto accounts, parts.context.accounts().of_user(request.path_parameters[0]));
        return accounts_for_administrator(parts, accounts);
      },
      SettingsApi::Access::administrator);
  api.add(
      "GET", "/api/plugins/{}/accounts",
      [parts](const SettingsRequest& request) -> Result<ApiResponse> {
        TRY(const auto accounts, parts.context.accounts().of_plugin(request.path_parameters[0]));
        return accounts_for_administrator(parts, accounts);
      },
      SettingsApi::Access::administrator);
  api.add_async("POST", "/api/accounts/{}/sync",
                [parts](const SettingsRequest& request, Respond respond) {
                  call_plugin(parts, &Plugins::sync_now, request, std::move(respond));
                });
  api.add_async("GET", "/api/accounts/{}/status",
                [parts](const SettingsRequest& request, Respond respond) {
                  call_plugin(parts, &Plugins::status, request, std::move(respond));
                });
}

}  // namespace hosting
