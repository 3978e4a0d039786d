#include "src/hosting/plugins/loaded_plugin.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "host_api/cpp/abi.hpp"

namespace hosting {
namespace {

using namespace std::chrono_literals;

// How long a call may still take after the plugin has quiesced, or after its own deadline.
constexpr auto kGrace = 2s;
// A call promises to return at once: after this time the plugin counts as not answering.
constexpr auto kLongCall = 10s;
// A set-up asks the provider several times, a synchronisation is long, a run is repeated.
constexpr int kStepDeadlines = 2, kSyncDeadlines = 4;
constexpr auto kRunDeadline = 1h;

// The services that an administrator can read in the manifest.
std::vector<std::string> granted(const Manifest& manifest) {
  std::vector<std::string> services = manifest.required;
  services.insert(services.end(), manifest.optional.begin(), manifest.optional.end());
  return services;
}

std::vector<std::string> routes_of(const Manifest& manifest) {
  std::vector<std::string> paths;
  for (const ManifestRoute& route : manifest.routes) paths.push_back(route.path);
  return paths;
}

std::string ended_the_host(const std::string& version, const Crash& crash) {
  return "version " + version + " ended the host: " + crash.how + " in " + crash.call +
         "; install another version, or allow this one (crm_host: on the page Plugins)";
}

}  // namespace

LoadedPlugin::LoadedPlugin(Package package, HostContext& context, CrmPort& crm,
                           const PluginsOptions& options)
    : context_(context),
      package_(std::move(package)),
      lifecycle_deadline_(options.lifecycle_deadline),
      quiesce_deadline_(options.quiesce_deadline),
      answer_deadline_(options.answer_deadline),
      host_(context, crm, package_.manifest.id,
            with_defaults(package_.manifest, options.values_for(package_.manifest.id)),
            granted(package_.manifest), routes_of(package_.manifest), options.identity),
      replies_(package_.manifest.id, context.log(), timers_) {}

// First of all, so that no deadline passes while the members go.
LoadedPlugin::~LoadedPlugin() {
  timers_.stop();
}

Result<std::shared_ptr<LoadedPlugin>> LoadedPlugin::preload(Package package, HostContext& context,
                                                            CrmPort& crm,
                                                            const PluginsOptions& options,
                                                            bool& kept) {
  std::shared_ptr<LoadedPlugin> plugin(new LoadedPlugin(std::move(package), context, crm, options));
  TRY_VOID(check_options(plugin->manifest(), options.values_for(plugin->manifest().id)));
  TRY_VOID(plugin->check_crashes());
  auto up = plugin->bring_up();
  if (up) return plugin;
  plugin->start_mark_.reset();
  Error error = std::move(up).error();
  if (!plugin->stop()) {
    error.message += "; " + plugin->why_kept();
    keep_for_ever(std::move(plugin));
    kept = true;
  }
  return error;
}

void LoadedPlugin::keep_for_ever(std::shared_ptr<LoadedPlugin> plugin) {
  // The only global of the host: a thread that never returns needs the library's code and data.
  static auto* const kept = new std::vector<std::shared_ptr<LoadedPlugin>>;
  static std::mutex mutex;
  plugin->replies_.abandon();
  plugin->timers_.stop();  // they use the host, which may go before the process ends
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(plugin));
}

PluginCall LoadedPlugin::named(const char* call) const {
  return {manifest().id.c_str(), manifest().version.c_str(), call};
}

Result<std::string> LoadedPlugin::lifecycle(const char* step, std::chrono::milliseconds deadline,
                                            std::function<crm_status(crm_sink, crm_error*)> call) {
  struct Outcome {
    Result<> guarded;
    crm_status status = CRM_INTERNAL;
    crm_error error{};
    crm::StringSink text;
  };
  if (start_mark_) start_mark_->step(step);
  context_.log().debug("plugin.call", Json::object({{"plugin", manifest().id}, {"call", step}}));
  const auto outcome = std::make_shared<Outcome>();
  const bool ended = thread_.run(
      [outcome, call = std::move(call), name = named(step)] {
        outcome->guarded = call_guarded(
            name, [&] { outcome->status = call(outcome->text.abi(), &outcome->error); });
      },
      deadline);
  if (!ended)
    return Error{Code::timeout,
                 "its " + std::string(step) + " did not return within " +
                     std::to_string(deadline.count()) + " ms",
                 {}};
  if (!outcome->guarded)
    return Error{
        Code::internal, "its " + std::string(step) + " " + outcome->guarded.error().message, {}};
  if (outcome->status == CRM_OK) return std::move(outcome->text).take();
  outcome->error.message[sizeof outcome->error.message - 1] = '\0';
  const std::string reason =
      outcome->error.message[0] ? outcome->error.message : "it gave no reason";
  return Error{
      crm::to_code(outcome->status), "its " + std::string(step) + " failed: " + reason, {}};
}

// Before any code of the package runs.
Result<> LoadedPlugin::check_crashes() {
  CrashLog crashes(context_.data());
  const std::string& version = manifest().version;
  start_mark_ = std::make_unique<StartMark>(context_.data() / "run", manifest().id, version);
  if (!start_mark_->fatal_step().empty())
    TRY_VOID(crashes.add(manifest().id, {version, start_mark_->fatal_step(), "was killed twice"}));
  TRY(const auto crash, crashes.of(manifest().id, version));
  if (crash) return Error{Code::denied, ended_the_host(version, *crash), {}};
  return {};
}

Result<> LoadedPlugin::bring_up() {
  // Opening runs initialisers of the library, so it needs the deadline too.
  const auto opened = std::make_shared<Result<std::unique_ptr<Library>>>();
  const auto open_library = [opened, file = package_.library, &manifest = package_.manifest](
                                crm_sink, crm_error*) {
    *opened = Library::open(file, manifest);
    return crm_status{CRM_OK};
  };
  TRY_VOID(lifecycle("library", lifecycle_deadline_, open_library));
  if (!*opened) return std::move(*opened).error();
  library_ = *std::move(*opened);
  code_ = std::make_unique<PluginCode>(&library_->entry(), manifest().id.c_str(),
                                       manifest().version.c_str());

  const auto create = [this](crm_sink, crm_error* error) {
    return may_throw(library_->entry().create)(&host_, &plugin_, error);
  };
  if (auto done = lifecycle("create", lifecycle_deadline_, create); !done) {
    if (!thread_.stuck()) plugin_ = nullptr;
    return std::move(done).error();
  }
  if (!plugin_) return Error{Code::internal, "its create answered success without a plugin", {}};
  TRY_VOID(check_functions());
  const auto prepare = [this](crm_sink, crm_error* error) {
    return may_throw(plugin_->prepare)(plugin_, error);
  };
  TRY_VOID(lifecycle("prepare", lifecycle_deadline_, prepare));
  const auto check = [this](crm_sink report, crm_error* error) {
    return may_throw(plugin_->self_check)(plugin_, report, error);
  };
  TRY(const std::string report, lifecycle("self_check", lifecycle_deadline_, check));
  const auto document = Json::parse(report);
  if (document && document->is_object())
    context_.log().info("plugin.checked",
                        Json::object({{"plugin", manifest().id}, {"report", *document}}));
  else
    context_.log().warning("plugin.report_unreadable", Json::object({{"plugin", manifest().id}}));
  return find_tables();
}

Result<> LoadedPlugin::begin(std::string_view state) {
  const auto start = [this, text = std::string(state)](crm_sink, crm_error* error) {
    return may_throw(plugin_->start)(plugin_, crm::to_abi(text), error);
  };
  const auto done = lifecycle("start", lifecycle_deadline_, start);
  start_mark_.reset();
  if (!done) return done.error();
  started_ = true;
  begin_lanes();
  return {};
}

template <class Invoke>
Result<> LoadedPlugin::call(const char* name, const Invoke& invoke) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(calls_mutex_);
    number = next_call_++;
    calls_[number] = {name};
  }
  const auto notice = timers_.after(kLongCall, [this, name, number] {
    {
      const std::lock_guard lock(calls_mutex_);
      const auto found = calls_.find(number);
      if (found == calls_.end()) return;
      found->second.is_long = true;
    }
    context_.log().error("plugin.not_answering",
                         Json::object({{"plugin", manifest().id}, {"call", name}}));
  });
  auto done = call_guarded(named(name), invoke);
  timers_.cancel(notice);
  {
    const std::lock_guard lock(calls_mutex_);
    calls_.erase(number);
  }
  if (!done) {
    context_.log().error(
        "plugin.threw",
        Json::object({{"plugin", manifest().id}, {"call", name}, {"error", done.error().message}}));
  }
  return done;
}

std::string LoadedPlugin::blocked_in() const {
  const std::lock_guard lock(calls_mutex_);
  for (const auto& [number, call] : calls_)
    if (call.is_long) return call.name;
  return {};
}

std::string LoadedPlugin::call_under_way() const {
  const std::lock_guard lock(calls_mutex_);
  return calls_.empty() ? "call" : calls_.begin()->second.name;
}

// The pass is held until the call has returned; the reply is open until it was sent.
template <class Invoke>
bool LoadedPlugin::ask(bool is_offered, Delivery Lanes::*lane, const char* name,
                       std::chrono::milliseconds deadline, PluginAnswer& answer, Invoke invoke) {
  const std::string who = "the plugin " + manifest().id;
  if (!is_offered) {
    answer(Error{Code::not_found, who + " does not offer this", {}});
    return true;
  }
  auto pass = gate_.enter();
  const auto to = lanes();
  if (!pass || !to) return false;
  if (const std::string call_name = blocked_in(); !call_name.empty()) {
    answer(Error{Code::unavailable,
                 who + " does not answer: its " + call_name + " has not returned for 10 s",
                 {}});
    return true;
  }
  crm_reply* reply = replies_.open(name, deadline, std::move(answer));
  if (!reply) return true;
  ((*to).*lane)
      .post([this, name, reply, who, invoke = std::move(invoke),
             entered = std::make_shared<Gate::Pass>(*std::move(pass))](bool is_dropped) {
        if (is_dropped)
          return replies_.refuse(
              reply, {Code::unavailable, who + " is being stopped or exchanged: repeat later", {}});
        // Its deadline may have passed while an earlier call ran.
        if (!replies_.is_awaited(reply))
          return replies_.refuse(reply, {Code::timeout, who + " was busy", {}});
        if (const auto done = call(name, [&] { invoke(reply); }); !done)
          // What it threw is in the log, and not for a client. A run is repeated later.
          replies_.refuse(reply, {Code::unavailable, who + " failed in its " + name, {}});
      });
  return true;
}

bool LoadedPlugin::settings_step(std::string_view request, PluginAnswer& answer) {
  return ask(settings_ != nullptr, &Lanes::requests, "step", answer_deadline_ * kStepDeadlines,
             answer, [this, request = std::string(request)](crm_reply* reply) {
               may_throw(settings_->step)(plugin_, crm::to_abi(request), reply);
             });
}

bool LoadedPlugin::calendars(std::string_view request, PluginAnswer& answer) {
  return ask(calendar_ != nullptr, &Lanes::requests, "calendars", answer_deadline_, answer,
             [this, request = std::string(request)](crm_reply* reply) {
               may_throw(calendar_->calendars)(plugin_, crm::to_abi(request), reply);
             });
}

bool LoadedPlugin::status(std::string_view request, PluginAnswer& answer) {
  return ask(calendar_ != nullptr, &Lanes::requests, "status", answer_deadline_, answer,
             [this, request = std::string(request)](crm_reply* reply) {
               may_throw(calendar_->status)(plugin_, crm::to_abi(request), reply);
             });
}

bool LoadedPlugin::sync_now(std::string_view request, PluginAnswer& answer) {
  return ask(calendar_ != nullptr, &Lanes::requests, "sync_now", answer_deadline_ * kSyncDeadlines,
             answer, [this, request = std::string(request)](crm_reply* reply) {
               may_throw(calendar_->sync_now)(plugin_, crm::to_abi(request), reply);
             });
}

bool LoadedPlugin::invitation(std::string_view request, PluginAnswer& answer) {
  return ask(invitations_ != nullptr, &Lanes::requests, "sample", answer_deadline_, answer,
             [this, request = std::string(request)](crm_reply* reply) {
               may_throw(invitations_->sample)(plugin_, crm::to_abi(request), reply);
             });
}

bool LoadedPlugin::http(std::string_view request, std::string_view body, PluginAnswer& answer) {
  return ask(http_ != nullptr, &Lanes::requests, "handle", answer_deadline_, answer,
             [this, request = std::string(request), body = std::string(body)](crm_reply* reply) {
               may_throw(http_->handle)(plugin_, crm::to_abi(request), crm::to_abi(body), reply);
             });
}

bool LoadedPlugin::run(std::string key, std::string payload, std::int64_t fence,
                       PluginAnswer& answer) {
  return ask(run_ != nullptr, &Lanes::work, "run", kRunDeadline, answer,
             [this, key = std::move(key), payload = std::move(payload), fence](crm_reply* reply) {
               may_throw(run_->run)(plugin_, crm::to_abi(key), crm::to_abi(payload), fence, reply);
             });
}

bool LoadedPlugin::forget(std::string_view request, PluginAnswer& answer) {
  return ask(privacy_ != nullptr, &Lanes::work, "forget", kRunDeadline, answer,
             [this, request = std::string(request)](crm_reply* reply) {
               may_throw(privacy_->forget)(plugin_, crm::to_abi(request), reply);
             });
}

void LoadedPlugin::hint(const Change& change) {
  const auto to = lanes();
  if (!to || !hooks_ || change.origin == manifest().id) return;  // it knows of its own writes
  const bool own_calendar = change.plugin.empty();
  switch (change.kind) {
    case Change::Kind::event:
      if (manifest().wants_hook("event_changed") &&
          (own_calendar || change.plugin == manifest().id)) {
        to->work.push({Hint::Kind::event, change.calendar, change.id,
                       own_calendar ? change.user : std::string()});
      }
      return;
    case Change::Kind::account:
      if (manifest().wants_hook("account_changed") && change.plugin == manifest().id)
        to->work.push({Hint::Kind::account, change.id, "", ""});
      return;
    case Change::Kind::record:
      if (manifest().wants_hook("record_changed"))
        to->work.push({Hint::Kind::record, change.record, change.id, ""});
      return;
    default: return;  // of pages alone
  }
}

bool LoadedPlugin::knows_user(std::string_view user) const {
  const auto known = context_.accounts().has_account(manifest().id, user);
  return known && *known;
}

// What it throws is logged; a hint has no other answer.
void LoadedPlugin::deliver(const Hint& hint) {
  // A plugin may not learn of the CRM calendars of users who connected no account of it.
  if (!hint.only_if_connected.empty() && !knows_user(hint.only_if_connected)) return;
  const auto pass = gate_.enter();
  if (!pass) return;
  switch (hint.kind) {
    case Hint::Kind::event:
      static_cast<void>(call("event_changed", [&] {
        may_throw(hooks_->event_changed)(plugin_, crm::to_abi(hint.first),
                                         crm::to_abi(hint.second));
      }));
      return;
    case Hint::Kind::account:
      static_cast<void>(call("account_changed", [&] {
        may_throw(hooks_->account_changed)(plugin_, crm::to_abi(hint.first));
      }));
      return;
    case Hint::Kind::record:
      static_cast<void>(call("record_changed", [&] {
        may_throw(hooks_->record_changed)(plugin_, crm::to_abi(hint.first),
                                          crm::to_abi(hint.second));
      }));
      return;
  }
}

// Both at once: the second one's time runs while the first one is waited for.
bool LoadedPlugin::Lanes::stop(std::chrono::milliseconds deadline) {
  const bool ended = work.stop(deadline);
  return requests.stop(ended ? deadline : std::chrono::milliseconds(0)) && ended;
}

std::shared_ptr<LoadedPlugin::Lanes> LoadedPlugin::lanes() const {
  const std::lock_guard lock(lanes_mutex_);
  return lanes_;
}

void LoadedPlugin::begin_lanes() {
  auto fresh = std::make_shared<Lanes>([this](const Hint& hint) { deliver(hint); });
  const std::lock_guard lock(lanes_mutex_);
  lanes_ = std::move(fresh);
}

bool LoadedPlugin::kept(std::string why) {
  why_kept_ = "it stays loaded until the host is started again: " + std::move(why);
  context_.log().error("plugin.kept",
                       Json::object({{"plugin", manifest().id}, {"reason", why_kept_}}));
  return false;
}

Result<std::string> LoadedPlugin::quiesce() {
  gate_.close();
  const auto hangs = [this](std::string why) {
    stuck_ = true;
    return Error{Code::timeout, std::move(why), {}};
  };
  if (const auto to = lanes(); to && !to->stop(kGrace))
    return hangs("its " + call_under_way() + " did not return");
  if (thread_.stuck()) return hangs("a lifecycle call did not return");
  if (!started_) return std::string();
  const auto call = [this](crm_sink state, crm_error* error) {
    return may_throw(plugin_->quiesce)(
        plugin_, static_cast<std::uint32_t>(quiesce_deadline_.count()), state, error);
  };
  auto state = lifecycle("quiesce", quiesce_deadline_ + kGrace, call);
  if (!state) {
    if (thread_.stuck()) return hangs(state.error().message);
    begin_lanes();
    return state;
  }
  started_ = false;
  if (!gate_.wait_empty(kGrace)) return hangs("a call did not return");
  return state;
}

bool LoadedPlugin::retire() {
  if (const std::size_t left = replies_.abandon(); left > 0) {
    context_.log().error("plugin.left_requests_open",
                         Json::object({{"plugin", manifest().id}, {"count", left}}));
  }
  if (plugin_) {
    const auto destroy = [this](crm_sink, crm_error*) {
      may_throw(plugin_->destroy)(std::exchange(plugin_, nullptr));
      return crm_status{CRM_OK};
    };
    if (const auto done = lifecycle("destroy", quiesce_deadline_ + kGrace, destroy); !done)
      return kept(done.error().message);
  }
  code_.reset();
  if (library_) {
    mapping_ = library_->close() ? "unmapped" : "pinned";
    context_.log().info("plugin.unloaded", Json::object({{"plugin", manifest().id},
                                                         {"version", manifest().version},
                                                         {"mapping", mapping_}}));
    library_.reset();
  }
  return true;
}

bool LoadedPlugin::stop() {
  if (const auto state = quiesce(); !state) {
    // Nothing delivers to it any more, whether it runs on or hangs.
    if (const auto to = lanes(); to && !stuck_) to->stop(kGrace);
    return kept(state.error().message);
  }
  return retire();
}

}  // namespace hosting
