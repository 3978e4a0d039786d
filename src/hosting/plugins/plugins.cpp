#include "src/hosting/plugins/plugins.hpp"

#include <algorithm>
#include <mutex>
#include <system_error>
#include <utility>

#include "src/hosting/plugins/loaded_plugin.hpp"
#include "src/hosting/services/task_dispatcher.hpp"

namespace hosting {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNotRunning = "the plugin is not running";

PluginInfo info_of(const Manifest& manifest) {
  PluginInfo info{manifest.id,       manifest.version, "",           "",
                  manifest.name_key, manifest.add_key, manifest.icon};
  info.has_settings = manifest.provides(CRM_SETTINGS);
  info.has_calendar = manifest.provides(CRM_CALENDAR);
  return info;
}

}  // namespace

struct Plugins::State {
  State(HostContext& h, CrmPort& c, PluginsOptions o) : context(h), crm(c), options(std::move(o)) {}

  std::shared_ptr<LoadedPlugin> find(std::string_view id) const {
    const std::lock_guard lock(mutex);
    const auto found = running.find(id);
    return found == running.end() ? nullptr : found->second;
  }
  std::vector<std::shared_ptr<LoadedPlugin>> all() const {
    const std::lock_guard lock(mutex);
    std::vector<std::shared_ptr<LoadedPlugin>> plugins;
    for (const auto& [id, plugin] : running) plugins.push_back(plugin);
    return plugins;
  }
  Result<> load(const fs::path& folder, PluginInfo& info);
  template <class Ask>
  void ask(std::string_view id, PluginAnswer& answer, const Ask& forward) const {
    if (const auto plugin = find(id))
      forward(*plugin);
    else
      answer(Error{Code::unavailable, std::string(kNotRunning), {}});
  }

  HostContext& context;
  CrmPort& crm;
  const PluginsOptions options;
  mutable std::mutex mutex;  // guards the next three
  std::map<std::string, std::shared_ptr<LoadedPlugin>, std::less<>> running;
  std::vector<PluginInfo> infos;
  std::vector<std::string> still_loaded;
  ChangeBus::Subscription subscription;
  std::unique_ptr<TaskDispatcher> dispatcher;
};

Plugins::Plugins(HostContext& context, CrmPort& crm, PluginsOptions options)
    : state_(std::make_unique<State>(context, crm, std::move(options))) {}
Plugins::~Plugins() {
  stop();
}

Result<> Plugins::State::load(const fs::path& folder, PluginInfo& info) {
  info.id = folder.filename().string();
  TRY(ReadManifest read, read_manifest(folder));
  info = info_of(read.manifest);
  if (find(info.id))
    return Error{
        Code::conflict, "another package of this folder has the same id: remove one of them", {}};
  if (!options.dev_unsigned) {
    return Error{Code::denied,
                 "the package is not signed, and this version of the host cannot check signatures "
                 "yet: start crm_host with --dev-unsigned to run it",
                 {}};
  }
  TRY(Package package, stage_package(folder, std::move(read), context.data() / "run"));
  bool kept = false;
  auto plugin = LoadedPlugin::preload(std::move(package), context, crm, options, kept);
  if (plugin) {
    if (auto begun = (*plugin)->begin({}); !begun) {
      if (!(*plugin)->stop()) {
        begun.error().message += "; " + (*plugin)->why_kept();
        LoadedPlugin::keep_for_ever(*std::move(plugin));
        kept = true;
      }
      plugin = std::move(begun).error();
    }
  }
  const std::lock_guard lock(mutex);
  if (kept) still_loaded.push_back(info.id);
  if (!plugin) return std::move(plugin).error();
  running.emplace(info.id, *std::move(plugin));
  return {};
}

Result<> Plugins::start() {
  std::error_code failure;
  std::vector<fs::path> folders;
  fs::directory_iterator entry, end;
  if (!state_->options.folder.empty())
    entry = fs::directory_iterator(state_->options.folder, failure);
  for (; !failure && entry != end; entry.increment(failure)) {
    if (entry->is_directory(failure) && !entry->path().filename().string().starts_with("."))
      folders.push_back(entry->path());
  }
  if (failure)
    return Error{Code::unavailable,
                 "the folder of plugins " + state_->options.folder.string() +
                     " cannot be read: " + failure.message(),
                 {}};
  std::ranges::sort(folders);
  for (const auto& folder : folders) {
    PluginInfo info;
    if (auto loaded = state_->load(folder, info); loaded) {
      info.state = "running";
      state_->context.log().info("plugin.running",
                                 Json::object({{"plugin", info.id}, {"version", info.version}}));
    } else {
      info.state = "refused";
      info.reason = loaded.error().message;
      state_->context.log().error(
          "plugin.refused",
          Json::object({{"plugin", info.id}, {"version", info.version}, {"reason", info.reason}}));
    }
    const std::lock_guard lock(state_->mutex);
    state_->infos.push_back(std::move(info));
  }

  const auto call_run = [state = state_.get()](const std::string& id, const std::string& key,
                                               const std::string& payload, std::int64_t fence,
                                               TaskDispatcher::Done done) {
    PluginAnswer answer = [done = std::move(done)](Result<std::string> result) {
      done(result ? Code::ok : result.error().code);
    };
    state->ask(id, answer,
               [&](LoadedPlugin& plugin) { plugin.run(key, payload, fence, std::move(answer)); });
  };
  state_->dispatcher = std::make_unique<TaskDispatcher>(
      state_->context.tasks(), state_->context.clock(), state_->context.log(), call_run);
  state_->subscription =
      state_->context.bus().subscribe([state = state_.get()](const Change& change) {
        for (const auto& plugin : state->all()) plugin->hint(change);
      });
  for (const auto& plugin : state_->all()) plugin->open();
  return state_->dispatcher->start();
}

void Plugins::stop() {
  state_->subscription = {};
  state_->dispatcher.reset();
  std::map<std::string, std::shared_ptr<LoadedPlugin>, std::less<>> running;
  {
    const std::lock_guard lock(state_->mutex);
    running.swap(state_->running);
  }
  for (auto& [id, plugin] : running) {
    const bool stopped = plugin->stop();
    const std::lock_guard lock(state_->mutex);
    for (PluginInfo& info : state_->infos) {
      if (info.id != id || info.state != "running") continue;
      info.state = "stopped";
      info.reason = plugin->why_kept();
    }
    if (stopped) continue;
    state_->still_loaded.push_back(id);
    LoadedPlugin::keep_for_ever(std::move(plugin));
  }
}

std::vector<std::string> Plugins::still_loaded() const {
  const std::lock_guard lock(state_->mutex);
  return state_->still_loaded;
}

std::vector<PluginInfo> Plugins::list() const {
  const std::lock_guard lock(state_->mutex);
  return state_->infos;
}

Json Plugins::strings(std::string_view language) const {
  Json texts = Json::object();
  for (const auto& plugin : state_->all()) {
    const auto found = plugin->strings().find(std::string(language));
    if (found == plugin->strings().end()) continue;
    for (const auto& [key, text] : found->second.members()) texts.set(key, text);
  }
  return texts;
}

std::optional<PluginRoute> Plugins::route(std::string_view id, std::string_view path,
                                          std::string_view method) const {
  const auto plugin = state_->find(id);
  if (!plugin) return std::nullopt;
  for (const ManifestRoute& route : plugin->manifest().routes) {
    if (route.path == path && std::ranges::find(route.methods, method) != route.methods.end()) {
      return PluginRoute{plugin->manifest().id, route.path, route.max_body, route.needs_session,
                         route.sender};
    }
  }
  return std::nullopt;
}

void Plugins::settings_step(const std::string& id, const Json& request, PluginAnswer answer) {
  state_->ask(id, answer, [&](LoadedPlugin& plugin) {
    plugin.settings_step(request.dump(), std::move(answer));
  });
}

void Plugins::calendars(const std::string& id, const Json& request, PluginAnswer answer) {
  state_->ask(id, answer,
              [&](LoadedPlugin& plugin) { plugin.calendars(request.dump(), std::move(answer)); });
}

void Plugins::status(const std::string& id, const Json& request, PluginAnswer answer) {
  state_->ask(id, answer,
              [&](LoadedPlugin& plugin) { plugin.status(request.dump(), std::move(answer)); });
}

void Plugins::sync_now(const std::string& id, const Json& request, PluginAnswer answer) {
  state_->ask(id, answer,
              [&](LoadedPlugin& plugin) { plugin.sync_now(request.dump(), std::move(answer)); });
}

void Plugins::invitation(const std::string& id, const Json& request, PluginAnswer answer) {
  state_->ask(id, answer,
              [&](LoadedPlugin& plugin) { plugin.invitation(request.dump(), std::move(answer)); });
}

void Plugins::http(const std::string& id, const Json& request, std::string body,
                   PluginAnswer answer) {
  state_->ask(id, answer,
              [&](LoadedPlugin& plugin) { plugin.http(request.dump(), body, std::move(answer)); });
}

}  // namespace hosting
