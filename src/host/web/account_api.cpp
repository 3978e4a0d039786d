// The page "Calendar accounts": the connected accounts with their health, what can be added, and
// the buttons beside an account.
#include "src/host/crm/crm.hpp"
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

// An account that was disconnected is no longer there for its user.
Result<Account> connected(Crm& crm, const ApiRequest& request) {
  TRY(Account account, crm.accounts().of_user(request.user(), request.names[0]));
  if (account.state == "disconnected")
    return Error{Code::not_found, "there is no such account", {}};
  return account;
}

Result<Answer> set_state(Crm& crm, const ApiRequest& request, std::string_view state) {
  TRY(const Account account, connected(crm, request));
  TRY_VOID(crm.accounts().set_state(account.id, state));
  TRY(const Account changed, connected(crm, request));
  TRY(const auto calendars, crm.calendars().list(request.user()));
  return Answer{200, to_json(changed, calendars)};
}

Answer plugin_answer(const Result<std::string>& answer) {
  if (!answer) return error_answer(answer.error());
  auto document = Json::parse(*answer);
  if (!document)
    return error_answer(500, "internal", "error.internal", "the plugin's answer is no JSON");
  return {200, *std::move(document)};
}

using Question = void (Plugins::*)(const std::string&, const Json&, PluginAnswer);

void ask(Crm& crm, Plugins& plugins, Question question, const ApiRequest& request,
         Answerer answer) {
  const auto account = connected(crm, request);
  if (!account) return answer(error_answer(account.error()));
  (plugins.*question)(account->plugin,
                      Json::object({{"account", account->id}, {"user", request.user()}}),
                      [answer = std::move(answer)](const Result<std::string>& document) {
                        answer(plugin_answer(document));
                      });
}

}  // namespace

void add_account_routes(Api& api, Crm& crm, Plugins& plugins) {
  api.add("GET", "/api/accounts", [&crm](const ApiRequest& request) -> Result<Answer> {
    TRY(const auto accounts, crm.accounts().of_user(request.user()));
    TRY(const auto calendars, crm.calendars().list(request.user()));
    Json list = Json::array();
    for (const Account& account : accounts) list.push(to_json(account, calendars));
    return Answer{200, std::move(list)};
  });
  api.add("POST", "/api/accounts/{}/pause",
          [&crm](const ApiRequest& request) { return set_state(crm, request, "paused"); });
  api.add("POST", "/api/accounts/{}/resume",
          [&crm](const ApiRequest& request) { return set_state(crm, request, "active"); });
  api.add_later("POST", "/api/accounts/{}/sync",
                [&crm, &plugins](const ApiRequest& request, Answerer answer) {
                  ask(crm, plugins, &Plugins::sync_now, request, std::move(answer));
                });
  api.add_later("GET", "/api/accounts/{}/status",
                [&crm, &plugins](const ApiRequest& request, Answerer answer) {
                  ask(crm, plugins, &Plugins::status, request, std::move(answer));
                });

  api.add("GET", "/api/connectors", [&plugins](const ApiRequest&) -> Result<Answer> {
    Json list = Json::array();
    for (const PluginInfo& plugin : plugins.list()) {
      if (plugin.state != "running" || !plugin.has_settings) continue;
      list.push(Json::object({{"plugin", plugin.id},
                              {"name_key", plugin.name_key},
                              {"add_key", plugin.add_key},
                              {"icon", plugin.icon}}));
    }
    return Answer{200, std::move(list)};
  });
}

void add_plugin_routes(Api& api, Plugins& plugins) {
  api.add(
      "GET", "/api/plugins",
      [&plugins](const ApiRequest&) -> Result<Answer> {
        Json list = Json::array();
        for (const PluginInfo& plugin : plugins.list())
          list.push(Json::object({{"id", plugin.id},
                                  {"version", plugin.version},
                                  {"state", plugin.state},
                                  {"reason", plugin.reason}}));
        return Answer{200, std::move(list)};
      },
      Api::Access::administrator);

  // Open: the log-in page has texts too, and a text table is no secret.
  api.add(
      "GET", "/api/strings/{}",
      [&plugins](const ApiRequest& request) -> Result<Answer> {
        if (request.names[0] != "de" && request.names[0] != "en")
          return Error{Code::not_found, "the languages are de and en", {}};
        return Answer{200, plugins.strings(request.names[0])};
      },
      Api::Access::open);
}

}  // namespace host
