// The plugins of this host: finds, checks, loads, calls and stops them. Created by main; the web
// server and the flows call plugins through it. It must never run code of a package that failed a
// check, nor let a failing plugin stop the host or another plugin.
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
  // Accept packages without a signature. This version cannot check signatures: without the option
  // nothing is loaded.
  bool dev_unsigned = false;
  // What crm.options/0 answers to every plugin: public_url and the options of the command line.
  std::map<std::string, std::string> values;
  std::chrono::milliseconds lifecycle_deadline{60'000};  // of create, prepare, start and self_check
  // Passed to the plugin's quiesce, which is waited for a little longer.
  std::chrono::milliseconds quiesce_deadline{5'000};
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
  std::string sender;  // the header that names who sends; "" without one
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

  // Checks and starts every package of the folder, then the tasks and the hooks. A package that
  // fails is listed as refused; the others run. unavailable: the folder cannot be read.
  Result<> start();
  // Closes the gates, quiesces, destroys and unloads. Idempotent. A plugin that does not quiesce in
  // time stays loaded, with all it uses, because threads are never killed.
  void stop();
  // The ids of the plugins that stayed loaded. If there are any, the process must end with _exit.
  // [any thread]
  std::vector<std::string> still_loaded() const;

  // All packages that were found, running or refused. [any thread]
  std::vector<PluginInfo> list() const;
  // The texts of all running plugins in one object. [any thread]
  gcal::base::Json strings(std::string_view language) const;
  // The route of a running plugin; nothing when there is none for this path and method. [any
  // thread]
  std::optional<PluginRoute> route(std::string_view plugin, std::string_view path,
                                   std::string_view method) const;

  // Calls of the plugin. They return at once and answer later. Documents: host_api/capabilities.
  // [any thread]
  void settings_step(const std::string& plugin, const gcal::base::Json& request,
                     PluginAnswer answer);
  void calendars(const std::string& plugin, const gcal::base::Json& request, PluginAnswer answer);
  void status(const std::string& plugin, const gcal::base::Json& request, PluginAnswer answer);
  void sync_now(const std::string& plugin, const gcal::base::Json& request, PluginAnswer answer);
  // A sample of what the plugin mails: schema/mail.json with one message.
  void invitation(const std::string& plugin, const gcal::base::Json& request, PluginAnswer answer);
  void http(const std::string& plugin, const gcal::base::Json& request, std::string body,
            PluginAnswer answer);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hosting
