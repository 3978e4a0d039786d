#include "src/hosting/plugins/plugins_state.hpp"

#include <algorithm>

#include "src/hosting/plugins/exchange.hpp"
#include "src/hosting/services/forgetting.hpp"

namespace hosting {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;

// How exactly the deadlines of waiting requests are kept, and how often it is seen that there are
// none: they wait only while a plugin starts or is exchanged.
constexpr auto kPulse = 50ms, kIdlePulse = 1000ms;

}  // namespace

// The slot in which the plugin runs or will; another one of its id only if there is none.
std::shared_ptr<PluginSlot> Plugins::State::find(std::string_view id) const {
  std::shared_ptr<PluginSlot> refused;
  for (const auto& slot : all()) {
    if (slot->info().id != id) continue;
    if (slot->is_taken()) return slot;
    refused = slot;
  }
  return refused;
}

std::shared_ptr<PluginSlot> Plugins::State::slot_of(const fs::path& folder) const {
  for (const auto& slot : all())
    if (slot->folder() == folder) return slot;
  return nullptr;
}

std::shared_ptr<PluginSlot> Plugins::State::add_slot(const fs::path& folder) {
  auto slot = std::make_shared<PluginSlot>(folder, options.hold_deadline);
  slot->change_info([&](PluginInfo& info) {
    info.id = folder.filename().string();
    info.state = "refused";
  });
  const std::lock_guard lock(mutex);
  slots.push_back(slot);
  std::ranges::sort(slots, {}, [](const auto& one) { return one->folder(); });
  return slot;
}

// No code of the package runs. What is known of it is in info, also when it is refused.
Result<Package> Plugins::State::check(PluginSlot& slot, PluginInfo& info) {
  const auto old = slot.current();
  const auto may_install = [&](const std::string& id) -> Result<> {
    if (!options.only.empty() && id != options.only)
      return Error{Code::denied, "only " + options.only + " is started now", {}};
    if (old && old->manifest().id != id)
      return Error{Code::conflict, "the folder now holds another plugin, " + id, {}};
    const auto other = find(id);
    if (other && other.get() != &slot && other->is_taken())
      return Error{
          Code::conflict, "another package of this folder has the same id: remove one of them", {}};
    return {};
  };
  return check_package(slot.folder(), context.data(), options, info, may_install,
                       old ? old->package().copy : fs::path());
}

void Plugins::State::keep(std::shared_ptr<LoadedPlugin> version) {
  const std::lock_guard lock(mutex);
  still_loaded.push_back(version->manifest().id);
  LoadedPlugin::keep_for_ever(std::move(version));
}

// The cards of its accounts show whether it runs: pages that are open look again.
void Plugins::State::tell_accounts(const std::string& plugin) {
  const auto accounts = context.accounts().of_plugin(plugin);
  if (!accounts) return;
  for (const Account& account : *accounts)
    context.bus().publish({.kind = Change::Kind::account,
                           .user = account.user,
                           .plugin = plugin,
                           .id = account.id,
                           .origin = plugin});
}

void Plugins::State::forget(const std::string& plugin, const std::string& key,
                            const std::string& request, TaskDispatcher::Done done) {
  const auto user = forgotten_user(crm, key);
  if (!user) return done({user.error().code, user.error().retry_after});
  if (user->empty()) return done(Code::ok);
  const PluginSlot::Forward forward = [request](LoadedPlugin& version, PluginAnswer& answer) {
    return version.forget(request, answer);
  };
  ask(plugin, forward,
      [this, plugin, user = *user, done = std::move(done)](const Result<std::string>& result) {
        // A plugin without crm.privacy/0 keeps nothing of users but its accounts.
        const Code code = result ? Code::ok : result.error().code;
        if (code != Code::ok && code != Code::not_found)
          return done({code == Code::gone ? Code::internal : code, result.error().retry_after});
        const auto forgotten = forget_accounts(context, plugin, user);
        done(forgotten ? Code::ok : forgotten.error().code);
      });
}

Result<std::shared_ptr<LoadedPlugin>> Plugins::State::preload(Package package) {
  const std::string id = package.manifest.id;
  bool kept = false;
  auto version = LoadedPlugin::preload(std::move(package), context, crm, options, kept);
  if (kept) {
    const std::lock_guard lock(mutex);
    still_loaded.push_back(id);
  }
  return version;
}

Result<std::shared_ptr<LoadedPlugin>> Plugins::State::load(Package package) {
  TRY(auto version, preload(std::move(package)));
  auto begun = version->begin({});
  if (begun) return version;
  Error error = std::move(begun).error();
  if (!version->stop()) {
    error.message += "; " + version->why_kept();
    keep(std::move(version));
  }
  return error;
}

void Plugins::State::refuse(PluginSlot& slot, const Error& error) {
  slot.change_info([&](PluginInfo& info) {
    info.state = "refused";
    info.reason = error.message;
  });
  const PluginInfo info = slot.info();
  context.log().error("plugin.refused", Json::object({{"plugin", info.id},
                                                      {"version", info.version},
                                                      {"origin", info.origin},
                                                      {"reason", info.reason}}));
  slot.go_on(nullptr);
  tell_accounts(info.id);
}

// The version is the one that answers: it is shown and remembered.
void Plugins::State::runs(PluginSlot& slot, const PackageVersion& version) {
  slot.change_info([](PluginInfo& info) {
    info.state = "running";
    info.reason.clear();
  });
  const PluginInfo info = slot.info();
  {
    const std::lock_guard lock(mutex);
    versions[info.id] = {version, Clock::now(), false};
  }
  if (const auto noted = remember_start(context.data(), info.id, version); !noted)
    context.log().error("plugin.version_not_remembered",
                        Json::object({{"plugin", info.id}, {"error", noted.error().message}}));
  context.log().info(
      "plugin.running",
      Json::object({{"plugin", info.id}, {"version", info.version}, {"origin", info.origin}}));
  tell_accounts(info.id);
}

void Plugins::State::wake_tasks(const std::string& plugin) {
  if (const auto woken = context.tasks().wake(plugin); !woken)
    context.log().error("tasks.not_woken",
                        Json::object({{"plugin", plugin}, {"error", woken.error().message}}));
}

void Plugins::State::bring_up(PluginSlot& slot, Package package) {
  const PackageVersion version = version_of(package);
  const std::string id = package.manifest.id;
  auto up = load(std::move(package));
  if (!up) return refuse(slot, up.error());
  runs(slot, version);
  (*up)->open();
  slot.go_on(*std::move(up));
  wake_tasks(id);
}

// Starts the package of the slot, or exchanges the version that runs for it.
void Plugins::State::install(PluginSlot& slot) {
  const auto old = slot.current();
  PluginInfo info = slot.info();
  auto package = check(slot, info);
  if (old) return replace(slot, old, std::move(info), std::move(package));
  info.state = package ? "starting" : "refused";
  info.reason.clear();
  slot.change_info([&](PluginInfo& shown) { shown = info; });
  if (!package) return refuse(slot, package.error());
  slot.hold();
  bring_up(slot, *std::move(package));
}

void Plugins::State::replace(PluginSlot& slot, const std::shared_ptr<LoadedPlugin>& old,
                             PluginInfo info, Result<Package> package) {
  PluginReload reload;
  reload.result = "kept";
  PackageVersion version;
  if (package) version = version_of(*package);
  auto fresh = package ? preload(*std::move(package))
                       : Result<std::shared_ptr<LoadedPlugin>>(std::move(package).error());
  if (fresh) {
    ExchangeOutcome outcome = exchange_version(slot, *fresh);
    for (auto& hanging : outcome.hanging)
      // The version that goes on although it did not stop is no leftover.
      if (hanging != slot.current()) keep(std::move(hanging));
    reload = std::move(outcome.reload);
  } else {
    reload.reason = fresh.error().message;
  }
  reload.from = old->manifest().version;
  reload.to = info.version;
  reload.origin = info.origin;
  reload.at = context.clock().now().time_since_epoch().count();
  const bool exchanged = reload.result == "exchanged", failed = reload.result == "failed";
  slot.change_info([&](PluginInfo& shown) {
    if (exchanged) shown = info;
    if (failed) shown.state = "refused";
    if (failed) shown.reason = reload.reason;
    shown.last_reload = reload;
  });
  const Json line = Json::object({{"plugin", info.id},
                                  {"result", reload.result},
                                  {"from", reload.from},
                                  {"to", reload.to},
                                  {"reason", reload.reason},
                                  {"mapping", reload.mapping},
                                  {"closed_ms", reload.closed_ms}});
  if (!exchanged) return context.log().error("plugin.not_exchanged", line);
  context.log().info("plugin.exchanged", line);
  runs(slot, version);
}

void Plugins::State::start_side_by_side(const std::shared_ptr<PluginSlot>& slot, Package package) {
  const std::lock_guard lock(mutex);
  ++starting;
  threads.emplace_back([self = shared_from_this(), slot, package = std::move(package)]() mutable {
    self->bring_up(*slot, std::move(package));
    const std::lock_guard done(self->mutex);
    --self->starting;
    self->changed.notify_all();
  });
}

bool Plugins::State::wait_until_idle(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex);
  return changed.wait_for(lock, patience, [&] { return starting == 0 && !busy; });
}

void Plugins::State::post(Job job) {
  {
    const std::lock_guard lock(mutex);
    if (!stopping) {
      jobs.push_back(std::move(job));
      changed.notify_all();
      return;
    }
  }
  if (job.drop) job.drop();
}

// One exchange after the other; between them it looks for packages that were installed.
void Plugins::State::work() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    const auto ready = [&] { return stopping || !jobs.empty(); };
    if (options.watch_every.count() > 0)
      changed.wait_for(lock, options.watch_every, ready);
    else
      changed.wait(lock, ready);
    if (stopping) return;
    std::function<void()> job = [this] { look_for_changes(); };
    if (!jobs.empty()) {
      job = std::move(jobs.front().work);
      jobs.pop_front();
    }
    busy = true;
    changed.notify_all();
    lock.unlock();
    job();
    lock.lock();
    busy = false;
    changed.notify_all();
  }
}

void Plugins::State::pulse() {
  std::unique_lock lock(mutex);
  bool requests_wait = true;
  while (!stopping) {
    // A job that begins wakes it up.
    changed.wait_for(lock, requests_wait || busy || starting > 0 ? kPulse : kIdlePulse);
    lock.unlock();
    requests_wait = false;
    for (const auto& slot : all()) {
      slot->expire();
      requests_wait |= slot->is_holding();
    }
    note_health();
    lock.lock();
  }
}

void Plugins::State::note_health() {
  std::map<std::string, Running> due;
  {
    const std::lock_guard lock(mutex);
    for (auto& [id, one] : versions) {
      if (one.noted || Clock::now() - one.since < options.healthy_after) continue;
      one.noted = true;
      due.emplace(id, one);
    }
  }
  for (const auto& [id, one] : due) {
    const auto noted = remember_health(context.data(), id, one.version);
    if (!noted)
      context.log().error("plugin.version_not_remembered",
                          Json::object({{"plugin", id}, {"error", noted.error().message}}));
  }
}

// A folder that cannot be read now is looked at again; the plugins that run do not need it.
void Plugins::State::look_for_changes() {
  const auto folders = find_packages(options.folder);
  if (!folders) return context.log().debug("plugins.folder_unreadable", Json::object());
  for (const auto& folder : *folders) {
    auto slot = slot_of(folder);
    if (slot && slot->is_holding()) continue;  // it starts: looked at afterwards
    if (!watch.has_changed(folder)) continue;
    if (!slot) slot = add_slot(folder);
    install(*slot);
  }
}

}  // namespace hosting
