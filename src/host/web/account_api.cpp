// The page "Calendar accounts": the connected accounts with their health, the connectors that can
// be added, and the commands for an account.
#include "src/host/crm/crm.hpp"
#include "src/host/web/audit.hpp"
#include "src/host/web/routes.hpp"
#include "src/hosting/plugins/plugins.hpp"

namespace host {
namespace {

using hosting::Account;
using hosting::PluginAnswer;
using hosting::PluginInfo;

Json to_json(const Account& account, const std::vector<Calendar>& calendars) {
  Json own = Json::array();
  std::string default_calendar;
  for (const Calendar& calendar : calendars) {
    if (calendar.account != account.id) continue;
    if (calendar.is_default) default_calendar = calendar.id;
    own.push(calendar.to_json());
  }
  return Json::object({{"id", account.id},
                       {"plugin", account.plugin},
                       {"title", account.title},
                       {"identity", account.identity},
                       {"state", account.state},
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

Result<ApiResponse> set_state(Crm& crm, const ApiRequest& request, std::string_view state) {
  TRY(const Account account, connected(crm, request));
  TRY_VOID(crm.accounts().set_state(account.id, state));
  audit(crm.log(), "account_" + std::string(state), request.user(), request, account.id);
  TRY(const Account changed, connected(crm, request));
  TRY(const auto calendars, crm.calendars().list(request.user()));
  return ApiResponse{200, to_json(changed, calendars)};
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
  api.add("GET", "/api/accounts", [&crm](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const auto accounts, crm.accounts().of_user(request.user()));
    TRY(const auto calendars, crm.calendars().list(request.user()));
    Json list = Json::array();
    for (const Account& account : accounts) list.push(to_json(account, calendars));
    return ApiResponse{200, std::move(list)};
  });
  api.add("POST", "/api/accounts/{}/pause",
          [&crm](const ApiRequest& request) { return set_state(crm, request, "paused"); });
  api.add("POST", "/api/accounts/{}/resume",
          [&crm](const ApiRequest& request) { return set_state(crm, request, "active"); });
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
      if (plugin.state != "running" || !plugin.has_settings) continue;
      list.push(Json::object({{"plugin", plugin.id},
                              {"name_key", plugin.name_key},
                              {"add_key", plugin.add_key},
                              {"icon", plugin.icon}}));
    }
    return ApiResponse{200, std::move(list)};
  });
}

void add_plugin_routes(Api& api, Plugins& plugins) {
  api.add(
      "GET", "/api/plugins",
      [&plugins](const ApiRequest&) -> Result<ApiResponse> {
        Json list = Json::array();
        for (const PluginInfo& plugin : plugins.list())
          list.push(Json::object({{"id", plugin.id},
                                  {"version", plugin.version},
                                  {"state", plugin.state},
                                  {"reason", plugin.reason}}));
        return ApiResponse{200, std::move(list)};
      },
      Api::Access::administrator);

  // Without a session: the log-in page has texts too, and they are no secret.
  api.add(
      "GET", "/api/strings/{}",
      [&plugins](const ApiRequest& request) -> Result<ApiResponse> {
        if (request.path_parameters[0] != "de" && request.path_parameters[0] != "en")
          return Error{Code::not_found, "the languages are de and en", {}};
        return ApiResponse{200, plugins.strings(request.path_parameters[0])};
      },
      Api::Access::open);
}

}  // namespace host
