// The plugins of this host: found, checked, loaded, called and stopped. Created by main; the web
// face asks it for everything that a plugin answers. It must never run code of a package that
// failed a check, nor let a failing plugin keep the host or another plugin from working.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/hosting/services/crm_port.hpp"
#include "src/hosting/services/host_context.hpp"

namespace hosting {

struct PluginsOptions {
  std::filesystem::path folder;  // one sub-folder per package; "": no plugins
  bool dev_unsigned = false;  // accept packages without a signature (signatures come later: without
                              // this flag nothing is loaded)
  std::map<std::string, std::string>
      values;  // crm.options/0 of every plugin: public_url and what the command line set besides
  std::chrono::milliseconds lifecycle_deadline{60'000};  // of create, prepare, start and self_check
  std::chrono::milliseconds quiesce_deadline{
      5'000};  // told to the plugin; it is waited for a little longer
};

struct PluginInfo {
  std::string id, version;
  std::string state;   // "running" | "refused" | "stopped"
  std::string reason;  // why it was refused or could not be stopped, for the administrator
  std::string name_key, add_key, icon;
  bool has_settings = false, has_calendar = false;
};

struct PluginRoute {
  std::string plugin;
  std::string path;  // below the mount
  std::size_t max_body = 0;
  bool needs_session = true;
};

// Called exactly once, on any thread. A plugin that is not there, or stops, answers unavailable.
using PluginAnswer = std::function<void(Result<std::string>)>;

class Plugins {
 public:
  // context and crm outlive the object. Loads nothing.
  Plugins(HostContext& context, CrmPort& crm, PluginsOptions options);
  ~Plugins();  // stop()
  Plugins(const Plugins&) = delete;
  Plugins& operator=(const Plugins&) = delete;

  // Checks and starts every package of the folder, then the timers and the hooks. A package that
  // fails is listed as refused; the others go on. Errors: unavailable (the folder cannot be read).
  Result<> start();
  // Closes the gates, quiesces, destroys and unloads. Idempotent. A plugin that does not quiesce in
  // time stays loaded, with all it uses, until the process ends: threads are never killed. Those
  // plugins' ids are then answered by still_loaded, and the process must end with _exit.
  void stop();
  std::vector<std::string> still_loaded() const;  // [any]

  std::vector<PluginInfo> list() const;  // [any]
  gcal::base::Json strings(
      std::string_view language) const;  // [any] the texts of all running plugins, one object
  std::optional<PluginRoute> route(std::string_view plugin, std::string_view path,
                                   std::string_view method) const;  // [any]

  // All [any], return at once. Documents as in host_api/capabilities.
  void settings_step(const std::string& plugin, const gcal::base::Json& request,
                     PluginAnswer answer);
  void calendars(const std::string& plugin, const gcal::base::Json& request, PluginAnswer answer);
  void status(const std::string& plugin, const gcal::base::Json& request, PluginAnswer answer);
  void sync_now(const std::string& plugin, const gcal::base::Json& request, PluginAnswer answer);
  void http(const std::string& plugin, const gcal::base::Json& request, std::string body,
            PluginAnswer answer);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hosting
