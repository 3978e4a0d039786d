#include "src/hosting/plugins/plugins.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "src/hosting/plugins/crash_log.hpp"
#include "src/hosting/plugins/plugins_state.hpp"
#include "src/hosting/services/forgetting.hpp"

namespace hosting {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 2s;  // of a stop with a start or an exchange that is under way

}  // namespace

Plugins::Plugins(HostContext& context, CrmPort& crm, PluginsOptions options)
    : state_(std::make_shared<State>(context, crm, std::move(options))) {}
Plugins::~Plugins() {
  stop();
}

Result<> Plugins::start() {
  TRY(const auto folders, find_packages(state_->options.folder));
  for (const auto& folder : folders) {
    state_->watch.has_changed(folder);
    const auto slot = state_->add_slot(folder);
    PluginInfo info = slot->info();
    auto package = state_->check(*slot, info);
    info.state = package ? "starting" : "refused";
    slot->change_info([&](PluginInfo& shown) { shown = info; });
    if (!package) {
      state_->refuse(*slot, package.error());
      continue;
    }
    slot->hold();
    state_->start_side_by_side(slot, *std::move(package));
  }
  const auto call_run = [state = state_.get()](const std::string& id, const std::string& key,
                                               const std::string& payload, std::int64_t fence,
                                               TaskDispatcher::Done done) {
    const auto slot = state->find(id);
    if (!slot || !slot->is_taken()) return done(Code::gone);
    if (is_forgetting(key)) return state->forget(id, key, payload, std::move(done));
    const PluginSlot::Forward forward = [key, payload, fence](LoadedPlugin& plugin,
                                                              PluginAnswer& answer) {
      return plugin.run(key, payload, fence, answer);
    };
    state->ask(id, forward, [done = std::move(done)](const Result<std::string>& result) {
      if (result) return done(Code::ok);
      // To the dispatcher `gone` means the plugin; of a plugin it is an answer like any other.
      const Code code = result.error().code;
      done({code == Code::gone ? Code::not_found : code, result.error().retry_after});
    });
  };
  state_->dispatcher = std::make_unique<TaskDispatcher>(
      state_->context.tasks(), state_->context.clock(), state_->context.log(), call_run);
  state_->subscription =
      state_->context.bus().subscribe([state = state_.get()](const Change& change) {
        for (const auto& slot : state->all()) slot->hint(change);
      });
  {
    const std::lock_guard lock(state_->mutex);
    state_->threads.emplace_back([state = state_] { state->work(); });
    state_->threads.emplace_back([state = state_] { state->pulse(); });
  }
  state_->wait_until_idle(state_->options.start_patience);
  return state_->dispatcher->start();
}

void Plugins::wait_until_started() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->starting == 0; });
}

void Plugins::reload(const std::string& plugin, std::function<void(Result<PluginInfo>)> done) {
  std::shared_ptr<PluginSlot> slot;
  for (const auto& one : state_->all())
    if (one->info().id == plugin) slot = one;
  if (!slot) return done(Error{Code::not_found, "there is no such plugin", {}});
  if (slot->info().state == "starting")
    return done(Error{Code::conflict, "the plugin is starting: repeat when it runs", {}});
  state_->post(
      {.work =
           [state = state_.get(), slot, done] {
             state->watch.has_changed(slot->folder());
             state->install(*slot);
             done(slot->info());
           },
       .drop =
           [done] {
             done(Error{Code::cancelled, "the plugins stop: the exchange was not begun", {}});
           }});
}

void Plugins::reload_changed() {
  state_->post({.work = [state = state_.get()] {
    state->look_for_changes();
    for (const auto& slot : state->all())
      if (!slot->current() && slot->info().state == "refused") state->install(*slot);
  }});
}

void Plugins::stop() {
  state_->subscription = {};
  state_->dispatcher.reset();
  std::vector<std::thread> threads;
  std::deque<State::Job> left;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    threads.swap(state_->threads);
    left.swap(state_->jobs);
  }
  state_->changed.notify_all();
  // For each a caller waits.
  for (const State::Job& job : left)
    if (job.drop) job.drop();
  const bool idle = state_->wait_until_idle(kPatience);
  for (std::thread& thread : threads) idle ? thread.join() : thread.detach();
  std::vector<std::thread> stops;
  for (const auto& slot : state_->all()) {
    const auto plugin = slot->current();
    // A start or an exchange that does not end holds it still.
    const bool is_held = slot->is_holding();
    slot->go_on(nullptr);
    if (is_held) {
      const std::lock_guard lock(state_->mutex);
      state_->still_loaded.push_back(slot->info().id);
    } else if (plugin) {
      stops.emplace_back([state = state_, slot, plugin] {
        const bool stopped = plugin->stop();
        slot->change_info([&](PluginInfo& info) {
          info.state = "stopped";
          info.reason = plugin->why_kept();
        });
        if (!stopped) state->keep(plugin);
      });
    }
  }
  for (std::thread& stop : stops) stop.join();
  StartMark::forget_all(state_->context.data() / "run");
  const std::lock_guard lock(state_->mutex);
  std::ranges::sort(state_->still_loaded);
}

std::vector<std::string> Plugins::still_loaded() const {
  const std::lock_guard lock(state_->mutex);
  return state_->still_loaded;
}

std::vector<PluginInfo> Plugins::list() const {
  std::vector<PluginInfo> infos;
  for (const auto& slot : state_->all()) infos.push_back(slot->info());
  return infos;
}

Json Plugins::strings(std::string_view language) const {
  Json texts = Json::object();
  for (const auto& slot : state_->all()) {
    const auto plugin = slot->current();
    if (!plugin) continue;
    const auto found = plugin->strings().find(std::string(language));
    if (found == plugin->strings().end()) continue;
    texts.set(plugin->manifest().id, found->second);
  }
  return texts;
}

std::optional<PluginRoute> Plugins::route(std::string_view id, std::string_view path,
                                          std::string_view method) const {
  const auto plugin = state_->running(id);
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
  state_->ask(
      id,
      [text = request.dump()](LoadedPlugin& plugin, PluginAnswer& to) {
        return plugin.settings_step(text, to);
      },
      std::move(answer));
}

void Plugins::calendars(const std::string& id, const Json& request, PluginAnswer answer) {
  state_->ask(
      id,
      [text = request.dump()](LoadedPlugin& plugin, PluginAnswer& to) {
        return plugin.calendars(text, to);
      },
      std::move(answer));
}

void Plugins::status(const std::string& id, const Json& request, PluginAnswer answer) {
  state_->ask(
      id,
      [text = request.dump()](LoadedPlugin& plugin, PluginAnswer& to) {
        return plugin.status(text, to);
      },
      std::move(answer));
}

void Plugins::sync_now(const std::string& id, const Json& request, PluginAnswer answer) {
  state_->ask(
      id,
      [text = request.dump()](LoadedPlugin& plugin, PluginAnswer& to) {
        return plugin.sync_now(text, to);
      },
      std::move(answer));
}

void Plugins::invitation(const std::string& id, const Json& request, PluginAnswer answer) {
  state_->ask(
      id,
      [text = request.dump()](LoadedPlugin& plugin, PluginAnswer& to) {
        return plugin.invitation(text, to);
      },
      std::move(answer));
}

void Plugins::http(const std::string& id, const Json& request, std::string body,
                   PluginAnswer answer) {
  state_->ask(
      id,
      [text = request.dump(), body = std::move(body)](LoadedPlugin& plugin, PluginAnswer& to) {
        return plugin.http(text, body, to);
      },
      std::move(answer));
}

}  // namespace hosting
