// The plugins of this host: finds, checks, loads, calls and stops them. Created by main; the web
// server and the flows call plugins through it. It must never run code of a package that failed a
// check, nor let a failing plugin stop the host or another plugin.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/base/json.hpp"
#include "src/hosting/crm_hosting/port.hpp"
#include "src/hosting/services/host_context.hpp"
#include "src/hosting/services/plugin_host.hpp"

namespace hosting {

struct PluginsOptions {
  std::filesystem::path folder;  // one sub-folder per package; "": no plugins
  std::string only = {};         // not "": no other plugin than this one is started
  // Also run packages without a signature. A signature that is there is checked all the same.
  bool dev_unsigned = false;
  // The file of signature.hpp's keys, read for each package; none when it does not exist.
  std::filesystem::path package_keys = {};
  // What crm.options/0 answers: to every plugin, such as public_url; and to one, by its id.
  std::map<std::string, std::string> values = {};
  std::map<std::string, std::map<std::string, std::string>> values_of = {};
  std::chrono::milliseconds lifecycle_deadline{60'000};  // of create, prepare, start and self_check
  // Passed to the plugin's quiesce, which is waited for a little longer.
  std::chrono::milliseconds quiesce_deadline{5'000};
  std::chrono::milliseconds hold_deadline{5'000};  // a request waits so long for the next version
  std::chrono::milliseconds watch_every{500};      // looks for new packages; 0: only when asked
  std::chrono::milliseconds healthy_after{60'000};
  // start() waits so long for plugins before it returns; the others go on starting.
  std::chrono::milliseconds start_patience{2'000};
  // Of a request; a step of a flow has twice, a synchronisation four times that.
  std::chrono::milliseconds answer_deadline{30'000};
  HostIdentity identity = {};

  // Both kinds of values, as one plugin sees them.
  std::map<std::string, std::string> values_for(const std::string& plugin) const {
    auto all = values;
    if (const auto found = values_of.find(plugin); found != values_of.end())
      for (const auto& [name, value] : found->second) all.insert_or_assign(name, value);
    return all;
  }
};

// How the last exchange of a plugin's version while the host runs came out.
struct PluginReload {
  // "" none yet | "exchanged" | "kept": the new version failed before the old one was stopped, or
  // the old one did not stop | "rolled_back": the new one did not start, the old one runs again |
  // "failed": neither runs
  std::string result;
  std::string from, to;        // versions; to "": not known
  std::string reason;          // why not, for the administrator
  std::string mapping;         // of the old library: "unmapped" | "pinned" | "" not closed
  std::string origin;          // of the new package: see PluginInfo
  std::int64_t at = 0;         // milliseconds since 1970
  std::int64_t closed_ms = 0;  // how long requests waited
};

struct PluginInfo {
  std::string id, version;
  // "starting" | "running" | "stuck": a call does not return | "refused" | "stopped"
  std::string state;
  std::string reason;  // why it was refused or could not be stopped, for the administrator
  std::string name_key, add_key, icon;
  bool has_settings = false, has_calendar = false;
  std::string origin = {};     // "valid" | "unsigned" | "altered" | "refused"; "" not known
  std::string signed_by = {};  // the name of the key
  PluginReload last_reload = {};
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

  // Checks every package of the folder, then starts them side by side, with tasks and hooks.
  // Returns when all run or start_patience is over: the others are "starting", and requests to them
  // wait. A package that fails is listed as refused. unavailable: the folder cannot be read.
  Result<> start();
  void wait_until_started();
  // Exchanges the plugin, or starts it if it does not run, from what its folder holds now. `done`
  // is called once with the outcome, on a thread of this object or this one. not_found: there is no
  // such plugin; cancelled: the plugins stop. [any thread]
  void reload(const std::string& plugin, std::function<void(Result<PluginInfo>)> done);
  // Looks for packages that are new or changed, and starts or exchanges them. Returns at once; a
  // package that is as it was when it was last looked at is left alone, unless it does not run.
  // [any thread]
  void reload_changed();
  // Closes the gates, quiesces, destroys and unloads. Idempotent. A plugin that does not quiesce in
  // time stays loaded, with all it uses, because threads are never killed.
  void stop();
  // The ids of the plugins that stayed loaded. If there are any, the process must end with _exit.
  // [any thread]
  std::vector<std::string> still_loaded() const;

  // All packages that were found, running or refused. [any thread]
  std::vector<PluginInfo> list() const;
  // The texts of all running plugins: {plugin id: {key: text}}. [any thread]
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
  std::shared_ptr<State> state_;
};

}  // namespace hosting
