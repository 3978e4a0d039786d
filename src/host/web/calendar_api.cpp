// The calendars of the calendar page: the list, which of them are shown, and the default.
#include "src/host/crm/crm.hpp"
#include "src/host/web/audit.hpp"
#include "src/host/web/routes.hpp"
#include "src/hosting/web/plugin_states.hpp"

namespace host {
namespace {

// Nothing would carry the appointments of a plugin that does not work to the other side.
Result<> check_works(Crm& crm, const Plugins& plugins, const std::string& calendar) {
  if (calendar.empty()) return {};
  TRY(const Calendar wanted, crm.calendars().get(calendar));
  if (hosting::PluginStates(plugins).works(wanted.plugin)) return {};
  return Error{Code::invalid,
               "calendar: the plugin " + wanted.plugin + " does not run: choose another one",
               {}};
}

}  // namespace

void add_calendar_routes(Api& api, Crm& crm, Plugins& plugins) {
  api.add("GET", "/api/calendars",
          [&crm, &plugins](const ApiRequest& request) -> Result<ApiResponse> {
            TRY(const auto calendars, crm.calendars().list(request.user()));
            const hosting::PluginStates states(plugins);
            Json list = Json::array();
            for (const Calendar& calendar : calendars)
              list.push(calendar.to_json()).set("is_carried", states.works(calendar.plugin));
            return ApiResponse{200, std::move(list)};
          });

  // Those of colleagues who share their details: what `calendar` of /api/occurrences may name.
  api.add("GET", "/api/calendars/shared", [&crm](const ApiRequest& request) -> Result<ApiResponse> {
    TRY(const auto calendars, crm.calendars().shared_with(request.user()));
    Json list = Json::array();
    for (const Calendar& calendar : calendars)
      list.push(Json::object({{"id", calendar.id},
                              {"name", calendar.name},
                              {"color", calendar.color},
                              {"owner", calendar.account_title}}));
    return ApiResponse{200, std::move(list)};
  });

  api.add("PATCH", "/api/calendars/{}", [&crm](const ApiRequest& request) -> Result<ApiResponse> {
    const Json* visible = request.body.find("visible");
    const Json* sharing = request.body.find("sharing");
    if (!visible && !sharing)
      return Error{Code::invalid, "visible: true or false, or sharing: busy or details", {}};
    if (visible && !visible->is_bool()) return Error{Code::invalid, "visible: true or false", {}};
    const std::string& id = request.path_parameters[0];
    if (sharing) {
      TRY_VOID(crm.calendars().set_sharing(request.user(), id, sharing->as_string()));
      audit(crm.log(), "calendar_sharing_" + sharing->as_string(), request.user(), request, id);
    }
    if (visible) TRY_VOID(crm.calendars().set_visible(request.user(), id, visible->as_bool()));
    return ApiResponse{};
  });

  api.add("PUT", "/api/calendars/default",
          [&crm, &plugins](const ApiRequest& request) -> Result<ApiResponse> {
            const Json& calendar = request.body["calendar"];
            if (!calendar.is_string())
              return Error{Code::invalid, "calendar: an id, or \"\" for the CRM's own", {}};
            TRY_VOID(check_works(crm, plugins, calendar.as_string()));
            TRY_VOID(crm.plugin_calendars().set_default(request.user(), calendar.as_string()));
            return ApiResponse{};
          });
}

}  // namespace host
