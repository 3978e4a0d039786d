// What Plugins holds and does behind its interface: the slots, the versions that run, and the
// threads that start and exchange them. Used by plugins.cpp and plugins_state.cpp alone.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "src/hosting/plugins/loaded_plugin.hpp"
#include "src/hosting/plugins/package_check.hpp"
#include "src/hosting/plugins/package_watch.hpp"
#include "src/hosting/plugins/plugin_slot.hpp"
#include "src/hosting/plugins/plugins.hpp"
#include "src/hosting/services/task_dispatcher.hpp"

namespace hosting {

// Shared with its threads: one that a plugin holds up outlives the stop.
struct Plugins::State : std::enable_shared_from_this<Plugins::State> {
  using Slots = std::vector<std::shared_ptr<PluginSlot>>;

  State(HostContext& h, CrmPort& c, PluginsOptions o) : context(h), crm(c), options(std::move(o)) {}

  Slots all() const {
    const std::lock_guard lock(mutex);
    return slots;
  }
  std::shared_ptr<PluginSlot> find(std::string_view id) const;
  std::shared_ptr<PluginSlot> slot_of(const std::filesystem::path& folder) const;
  std::shared_ptr<LoadedPlugin> running(std::string_view id) const {
    const auto slot = find(id);
    return slot ? slot->current() : nullptr;
  }
  void ask(std::string_view id, PluginSlot::Forward forward, PluginAnswer answer) const {
    if (const auto slot = find(id)) return slot->ask(std::move(forward), std::move(answer));
    answer(Error{Code::unavailable, "there is no plugin " + std::string(id), {}});
  }

  std::shared_ptr<PluginSlot> add_slot(const std::filesystem::path& folder);
  Result<Package> check(PluginSlot& slot, PluginInfo& info);
  Result<std::shared_ptr<LoadedPlugin>> preload(Package package);
  Result<std::shared_ptr<LoadedPlugin>> load(Package package);
  void bring_up(PluginSlot& slot, Package package);
  void refuse(PluginSlot& slot, const Error& error);
  void install(PluginSlot& slot);
  void replace(PluginSlot& slot, const std::shared_ptr<LoadedPlugin>& old, PluginInfo info,
               Result<Package> package);
  void runs(PluginSlot& slot, const PackageVersion& version);
  void keep(std::shared_ptr<LoadedPlugin> version);
  void wake_tasks(const std::string& plugin);
  void tell_accounts(const std::string& plugin);
  // The host's own task: the plugin forgets a user who was removed.
  void forget(const std::string& plugin, const std::string& key, const std::string& request,
              TaskDispatcher::Done done);

  void start_side_by_side(const std::shared_ptr<PluginSlot>& slot, Package package);
  struct Job {
    std::function<void()> work;
    std::function<void()> drop = {};  // called instead when the plugins stop before its turn
  };
  void post(Job job);
  void work();
  void pulse();
  void look_for_changes();
  void note_health();
  bool wait_until_idle(std::chrono::milliseconds patience);

  struct Running {
    PackageVersion version;
    std::chrono::steady_clock::time_point since;
    bool noted = false;
  };

  HostContext& context;
  CrmPort& crm;
  const PluginsOptions options;
  mutable std::mutex mutex;  // guards all up to the threads
  std::condition_variable changed;
  Slots slots;
  std::vector<std::string> still_loaded;
  std::map<std::string, Running> versions;  // by plugin
  std::deque<Job> jobs;
  int starting = 0;
  bool busy = false, stopping = false;
  PackageWatch watch;  // [thread of work, and start before it]
  std::vector<std::thread> threads;
  ChangeBus::Subscription subscription;
  std::unique_ptr<TaskDispatcher> dispatcher;
};

}  // namespace hosting
