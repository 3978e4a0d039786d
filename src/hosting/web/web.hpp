// What every host of plugins serves, behind any web server: the settings API, the return from a
// consent page of another service, and the routes of plugins. Created by Hosting. It must never
// show a user what belongs to another one, nor let work begin before the limits were checked.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "src/hosting/crm_hosting/web.hpp"
#include "src/hosting/flows/flow_runner.hpp"
#include "src/hosting/plugins/plugins.hpp"
#include "src/hosting/services/host_context.hpp"
#include "src/hosting/services/plugin_calendars.hpp"
#include "src/hosting/web/plugin_gateway.hpp"
#include "src/hosting/web/rate_limit.hpp"
#include "src/hosting/web/settings_api.hpp"

namespace hosting {

struct WebSettings {
  // Answers the address that the requests are below, without a slash at the end. [any thread]
  std::function<std::string()> public_url = {};
  // Where the browser goes after an external step: "/flow/{flow}" and "?error={key}" follow.
  std::string settings_page = "/#/settings/calendars";
  CalendarList calendars = {};  // none: those that the port names
};

class Web {
 public:
  // All references outlive the object, and the answers of plugins that come later.
  Web(HostContext& context, PluginCalendars& brought, Plugins& plugins, FlowRunner& flows,
      WebSettings settings);

  // As crm_hosting::Hosting documents them.
  crm_hosting::Admission admit(const crm_hosting::Request& head);
  void handle(crm_hosting::Request request, const crm_hosting::Identity& identity,
              PluginGateway::Send send);
  // Tells the plugins of the user's accounts that a page is open.
  void say_viewed(const std::string& user);

 private:
  // What a request is for.
  struct Found {
    enum class Kind { api, callback, plugin } kind = Kind::api;
    std::vector<std::string> segments;  // of the path, decoded
    SettingsApi::Match api;
    PluginRoute plugin;
    std::size_t max_body = 0;
    crm_hosting::Asks asks = crm_hosting::Asks::user;
  };
  // A response: there is no such path, or it has no such method.
  std::variant<Found, ApiResponse> find(std::string_view method, std::string_view path) const;
  ApiResponse no_plugin_route_response(const std::string& plugin) const;
  bool is_within_rate(const Found& found, const std::string& who);
  void call_api(const SettingsApi::Match& match, const crm_hosting::Request& request,
                const crm_hosting::Identity& identity, Respond respond);
  void resume_flow(const std::string& plugin, const crm_hosting::Request& request,
                   const crm_hosting::Identity& identity, PluginGateway::Send send);

  HostContext& context_;
  Plugins& plugins_;
  FlowRunner& flows_;
  std::string settings_page_;
  SettingsApi api_;
  PluginGateway gateway_;
  RateLimit rates_;
};

}  // namespace hosting
