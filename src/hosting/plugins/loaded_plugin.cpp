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

}  // namespace

LoadedPlugin::LoadedPlugin(Package package, HostContext& context, CrmPort& crm,
                           const PluginsOptions& options)
    : context_(context),
      package_(std::move(package)),
      lifecycle_deadline_(options.lifecycle_deadline),
      quiesce_deadline_(options.quiesce_deadline),
      host_(context, crm, package_.manifest.id, options.values),
      replies_(package_.manifest.id, context.log()) {}

LoadedPlugin::~LoadedPlugin() = default;

Result<std::shared_ptr<LoadedPlugin>> LoadedPlugin::preload(Package package, HostContext& context,
                                                            CrmPort& crm,
                                                            const PluginsOptions& options,
                                                            bool& kept) {
  std::shared_ptr<LoadedPlugin> plugin(new LoadedPlugin(std::move(package), context, crm, options));
  auto up = plugin->bring_up();
  if (up) return plugin;
  Error error = std::move(up).error();
  if (!plugin->stop()) {
    error.message += "; " + plugin->why_kept();
    keep_for_ever(std::move(plugin));
    kept = true;
  }
  return error;
}

void LoadedPlugin::keep_for_ever(std::shared_ptr<LoadedPlugin> plugin) {
  // The only global of the host. Rationale: a thread that never returns from a library needs its
  // code and data until the process ends.
  static auto* const kept = new std::vector<std::shared_ptr<LoadedPlugin>>;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  kept->push_back(std::move(plugin));
}

Result<std::string> LoadedPlugin::lifecycle(std::string_view step,
                                            std::chrono::milliseconds deadline,
                                            std::function<crm_status(crm_sink, crm_error*)> call) {
  struct Outcome {
    crm_status status = CRM_INTERNAL;
    crm_error error{};
    crm::StringSink text;
  };
  const auto outcome = std::make_shared<Outcome>();
  const bool ended = thread_.run(
      [outcome, call = std::move(call)] {
        outcome->status = call(outcome->text.abi(), &outcome->error);
      },
      deadline);
  if (!ended)
    return Error{Code::timeout,
                 "its " + std::string(step) + " did not return within " +
                     std::to_string(deadline.count()) + " ms",
                 {}};
  if (outcome->status == CRM_OK) return std::move(outcome->text).take();
  outcome->error.message[sizeof outcome->error.message - 1] = '\0';
  const std::string reason =
      outcome->error.message[0] ? outcome->error.message : "it gave no reason";
  return Error{
      crm::to_code(outcome->status), "its " + std::string(step) + " failed: " + reason, {}};
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

  const auto create = [this](crm_sink, crm_error* error) {
    return library_->entry().create(&host_, &plugin_, error);
  };
  if (auto done = lifecycle("create", lifecycle_deadline_, create); !done) {
    if (!thread_.stuck()) plugin_ = nullptr;
    return std::move(done).error();
  }
  if (!plugin_) return Error{Code::internal, "its create answered success without a plugin", {}};
  const auto prepare = [this](crm_sink, crm_error* error) {
    return plugin_->prepare(plugin_, error);
  };
  TRY_VOID(lifecycle("prepare", lifecycle_deadline_, prepare));
  const auto check = [this](crm_sink report, crm_error* error) {
    return plugin_->self_check(plugin_, report, error);
  };
  TRY_VOID(lifecycle("self_check", lifecycle_deadline_, check));
  return find_tables();
}

Result<> LoadedPlugin::begin(std::string_view state) {
  const auto start = [this, text = std::string(state)](crm_sink, crm_error* error) {
    return plugin_->start(plugin_, crm::to_abi(text), error);
  };
  TRY_VOID(lifecycle("start", lifecycle_deadline_, start));
  started_ = true;
  begin_delivery();
  return {};
}

Result<> LoadedPlugin::find_tables() {
  const auto find = [this](const char* id, auto& table) -> Result<> {
    if (!manifest().provides(id)) return {};
    table = static_cast<std::decay_t<decltype(table)>>(plugin_->capability(plugin_, id));
    if (!table)
      return Error{Code::invalid,
                   "its manifest promises " + std::string(id) +
                       ", but the library does not offer it: install the package again",
                   {}};
    return {};
  };
  TRY_VOID(find(CRM_SETTINGS, settings_));
  TRY_VOID(find(CRM_CALENDAR, calendar_));
  TRY_VOID(find(CRM_HOOKS, hooks_));
  TRY_VOID(find(CRM_HTTP, http_));
  TRY_VOID(find(CRM_INVITATIONS, invitations_));
  return find(CRM_RUN, run_);
}

// The pass is held for the call alone; the open reply is counted until it was sent.
template <class Table, class Invoke>
void LoadedPlugin::ask(const Table* table, PluginAnswer& answer, const Invoke& invoke) {
  if (!table) return answer(Error{Code::not_found, "the plugin does not offer this", {}});
  const auto pass = gate_.enter();
  if (!pass)
    return answer(
        Error{Code::unavailable, "the plugin is being stopped or exchanged: repeat later", {}});
  invoke(replies_.open(std::move(answer)));
}

void LoadedPlugin::settings_step(std::string_view request, PluginAnswer answer) {
  ask(settings_, answer,
      [&](crm_reply* reply) { settings_->step(plugin_, crm::to_abi(request), reply); });
}

void LoadedPlugin::calendars(std::string_view request, PluginAnswer answer) {
  ask(calendar_, answer,
      [&](crm_reply* reply) { calendar_->calendars(plugin_, crm::to_abi(request), reply); });
}

void LoadedPlugin::status(std::string_view request, PluginAnswer answer) {
  ask(calendar_, answer,
      [&](crm_reply* reply) { calendar_->status(plugin_, crm::to_abi(request), reply); });
}

void LoadedPlugin::sync_now(std::string_view request, PluginAnswer answer) {
  ask(calendar_, answer,
      [&](crm_reply* reply) { calendar_->sync_now(plugin_, crm::to_abi(request), reply); });
}

void LoadedPlugin::invitation(std::string_view request, PluginAnswer answer) {
  ask(invitations_, answer,
      [&](crm_reply* reply) { invitations_->sample(plugin_, crm::to_abi(request), reply); });
}

void LoadedPlugin::http(std::string_view request, std::string_view body, PluginAnswer answer) {
  ask(http_, answer, [&](crm_reply* reply) {
    http_->handle(plugin_, crm::to_abi(request), crm::to_abi(body), reply);
  });
}

void LoadedPlugin::run(std::string key, std::string payload, std::int64_t fence,
                       PluginAnswer answer) {
  const auto to = delivery();
  if (!to) return answer(Error{Code::unavailable, "the plugin has not started", {}});
  to->post([this, key = std::move(key), payload = std::move(payload), fence,
                   answer = std::move(answer)]() mutable {
    ask(run_, answer, [&](crm_reply* reply) {
      run_->run(plugin_, crm::to_abi(key), crm::to_abi(payload), fence, reply);
    });
  });
}

void LoadedPlugin::hint(const Change& change) {
  const auto to = delivery();
  if (!to || !hooks_ || change.origin == manifest().id) return;  // it knows of its own writes
  const bool own_calendar = change.plugin.empty();
  switch (change.kind) {
    case Change::Kind::event:
      if (manifest().wants_hook("event_changed") &&
          (own_calendar || change.plugin == manifest().id)) {
        to->push({Hint::Kind::event, change.calendar, change.id,
                         own_calendar ? change.user : std::string()});
      }
      return;
    case Change::Kind::account:
      if (manifest().wants_hook("account_changed") && change.plugin == manifest().id)
        to->push({Hint::Kind::account, change.id, "", ""});
      return;
    case Change::Kind::record:
      if (manifest().wants_hook("record_changed"))
        to->push({Hint::Kind::record, change.record, change.id, ""});
      return;
    case Change::Kind::calendars:
    case Change::Kind::flow: return;
  }
}

bool LoadedPlugin::knows_user(std::string_view user) const {
  const auto accounts = context_.accounts().of_plugin(manifest().id);
  return accounts && std::ranges::any_of(
                         *accounts, [&](const Account& account) { return account.user == user; });
}

void LoadedPlugin::deliver(const Hint& hint) {
  // A plugin may not learn of the CRM calendars of users who connected no account of it.
  if (!hint.only_if_connected.empty() && !knows_user(hint.only_if_connected)) return;
  const auto pass = gate_.enter();
  if (!pass) return;
  switch (hint.kind) {
    case Hint::Kind::event:
      hooks_->event_changed(plugin_, crm::to_abi(hint.first), crm::to_abi(hint.second));
      return;
    case Hint::Kind::account: hooks_->account_changed(plugin_, crm::to_abi(hint.first)); return;
    case Hint::Kind::record:
      hooks_->record_changed(plugin_, crm::to_abi(hint.first), crm::to_abi(hint.second));
      return;
  }
}

std::shared_ptr<Delivery> LoadedPlugin::delivery() const {
  const std::lock_guard lock(delivery_mutex_);
  return delivery_;
}

void LoadedPlugin::begin_delivery() {
  auto fresh = std::make_shared<Delivery>([this](const Hint& hint) { deliver(hint); });
  const std::lock_guard lock(delivery_mutex_);
  delivery_ = std::move(fresh);
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
  if (const auto to = delivery(); to && !to->stop(kGrace)) return hangs("a hook or a run did not return");
  if (thread_.stuck()) return hangs("a lifecycle call did not return");
  if (!started_) return std::string();
  const auto call = [this](crm_sink state, crm_error* error) {
    return plugin_->quiesce(plugin_, static_cast<std::uint32_t>(quiesce_deadline_.count()), state,
                            error);
  };
  auto state = lifecycle("quiesce", quiesce_deadline_ + kGrace, call);
  if (!state) {
    if (thread_.stuck()) return hangs(state.error().message);
    begin_delivery();
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
      plugin_->destroy(std::exchange(plugin_, nullptr));
      return crm_status{CRM_OK};
    };
    if (!lifecycle("destroy", lifecycle_deadline_, destroy))
      return kept("its destroy did not return");
  }
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
    if (const auto to = delivery(); to && !stuck_) to->stop(kGrace);
    return kept(state.error().message);
  }
  return retire();
}

}  // namespace hosting
