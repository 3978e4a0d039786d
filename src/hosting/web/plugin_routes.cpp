// The plugins of this host: what can be connected, their texts, their states for administrators,
// and the commands that exchange or allow a version.
#include <utility>

#include "src/hosting/plugins/crash_log.hpp"
#include "src/hosting/web/plugin_states.hpp"
#include "src/hosting/web/settings_api.hpp"

namespace hosting {
namespace {

Json to_json(const PluginReload& reload) {
  return Json::object({{"result", reload.result},
                       {"from", reload.from},
                       {"to", reload.to},
                       {"reason", reload.reason},
                       {"origin", reload.origin},
                       {"mapping", reload.mapping},
                       {"at", reload.at},
                       {"closed_ms", reload.closed_ms}});
}

Result<Json> to_json(const PluginInfo& plugin, const CrashLog& crashes) {
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

void add_plugin_routes(SettingsApi& api, HostContext& context, Plugins& plugins) {
  api.add("GET", "/api/connectors", [&plugins](const SettingsRequest&) -> Result<ApiResponse> {
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

  api.add(
      "GET", "/api/plugins",
      [&context, &plugins](const SettingsRequest&) -> Result<ApiResponse> {
        const CrashLog crashes(context.data());
        Json list = Json::array();
        for (const PluginInfo& plugin : plugins.list()) {
          TRY(Json json, to_json(plugin, crashes));
          list.push(std::move(json));
        }
        return ApiResponse{200, std::move(list)};
      },
      SettingsApi::Access::administrator);

  // Exchanges the plugin for what its folder holds now, or starts it. Answers when that is done.
  api.add_async(
      "POST", "/api/plugins/{}/reload",
      [&context, &plugins](const SettingsRequest& request, Respond respond) {
        const std::string& plugin = request.path_parameters[0];
        audit(context, "plugin_reloaded", request, plugin);
        plugins.reload(
            plugin, [&context, respond = std::move(respond)](const Result<PluginInfo>& info) {
              if (!info) return respond(error_response(info.error()));
              auto json = to_json(*info, CrashLog(context.data()));
              respond(json ? ApiResponse{200, *std::move(json)} : error_response(json.error()));
            });
      },
      SettingsApi::Access::administrator);

  // Runs a version again that ended the host.
  api.add_async(
      "POST", "/api/plugins/{}/allow",
      [&context, &plugins](const SettingsRequest& request, Respond respond) {
        const std::string& plugin = request.path_parameters[0];
        CrashLog crashes(context.data());
        if (const auto allowed = crashes.allow(plugin); !allowed)
          return respond(error_response(allowed.error()));
        audit(context, "plugin_allowed", request, plugin);
        plugins.reload(plugin, [respond = std::move(respond)](const Result<PluginInfo>& info) {
          respond(info ? ApiResponse{200, Json::object({{"id", info->id},
                                                        {"state", info->state},
                                                        {"reason", info->reason}})}
                       : error_response(info.error()));
        });
      },
      SettingsApi::Access::administrator);

  // Without a session: the log-in page has texts too, and they are no secret.
  api.add(
      "GET", "/api/strings/{}",
      [&plugins](const SettingsRequest& request) -> Result<ApiResponse> {
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
      SettingsApi::Access::open);
}

}  // namespace hosting
