// The settings API as a table of routes: connectors, accounts, flows, plugins and their texts. The
// files *_routes.cpp add their routes; Web looks a request up, checks it and calls what was found.
// It must never call a handler before the identity, the CSRF check and the size were checked.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/net/url.hpp"
#include "src/hosting/crm_hosting/web.hpp"
#include "src/hosting/flows/flow_runner.hpp"
#include "src/hosting/plugins/plugins.hpp"
#include "src/hosting/services/host_context.hpp"
#include "src/hosting/services/plugin_calendars.hpp"
#include "src/hosting/web/api_response.hpp"
#include "src/hosting/web/route_table.hpp"

namespace hosting {

// One request, checked and parsed.
struct SettingsRequest {
  std::vector<std::string> path_parameters;  // the segments at the {} of the route, decoded
  gcal::net::Parameters query;
  Json body;                       // an object, or null when there was none
  crm_hosting::Identity identity;  // empty on open routes
  std::string client;

  const std::string& user() const { return identity.user; }
  std::string_view parameter(std::string_view name) const {
    return gcal::net::parameter(query, name);
  }
};

// Sends the response. Called once, on any thread.
using Respond = std::function<void(ApiResponse)>;

class SettingsApi {
 public:
  enum class Access { open, user, administrator };
  // Returns the response; may block.
  using Handler = std::function<Result<ApiResponse>(const SettingsRequest&)>;
  // Returns at once and responds later, when a plugin has answered.
  using AsyncHandler = std::function<void(const SettingsRequest&, Respond)>;
  struct Route {
    std::string method;
    std::string pattern;                // such as "/api/flows/{}"
    std::vector<std::string> segments;  // of the pattern
    AsyncHandler handler;
    Access access;
  };
  using Match = RouteMatch<Route>;

  void add(std::string_view method, std::string_view pattern, Handler handler,
           Access access = Access::user);
  void add_async(std::string_view method, std::string_view pattern, AsyncHandler handler,
                 Access access = Access::user);
  // segments: the decoded path. [any thread]
  Match find(std::string_view method, const std::vector<std::string>& segments) const {
    return find_route(routes_, method, segments);
  }
  static ApiResponse no_route_response(const std::string& allowed);  // 404 or 405

  static constexpr std::size_t kMaxBody = 64 << 10;  // bytes

 private:
  std::vector<Route> routes_;
};

// The calendars of a user's accounts as the CRM's page shows them: a list of objects, each with
// `account` and `is_default`.
using CalendarList = std::function<Result<Json>(const std::string& user)>;

// All references outlive the table.
void add_account_routes(SettingsApi& api, HostContext& context, PluginCalendars& brought,
                        Plugins& plugins, const CalendarList& calendars);
void add_flow_routes(SettingsApi& api, FlowRunner& flows);
void add_plugin_routes(SettingsApi& api, HostContext& context, Plugins& plugins);

// Logs who did what from which address. object: to whom or what.
void audit(HostContext& context, std::string_view action, const SettingsRequest& request,
           std::string_view object);

}  // namespace hosting
