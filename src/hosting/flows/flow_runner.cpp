#include "src/hosting/flows/flow_runner.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/hosting/plugins/plugins.hpp"

namespace hosting {
namespace {

constexpr std::size_t kMaxDrafts = 50;   // of one user: each may hold an OAuth grant
constexpr std::size_t kMaxUnlisted = 5;  // of one user: begun in several tabs, say

bool has_ended(const Flow& flow) {
  return flow.step.string("type") == "finish" || flow.step.string("type") == "abort";
}

// Does the plugin hold data of the flow, until `discard`? After an abort the host has called
// discard already; calling it again is harmless, and makes up for a call that failed.
bool needs_discard(const Flow& flow) {
  return flow.kind == "setup" && flow.step.string("type") != "finish";
}

// A set-up in which nothing was entered or allowed yet: its first step was stored and no other, or
// it waits for another side's page.
bool is_unlisted(const Flow& flow) {
  return flow.kind == "setup" && (flow.version <= 1 || flow.step.string("type") == "external");
}

Error stale_step() {
  return {Code::conflict, "the set-up went on meanwhile: look at its current step", {}};
}

// The query of a callback as a step's input. Nothing: a name repeats, which parsers read in
// different ways.
std::optional<Json> input_of(const gcal::net::Parameters& query) {
  Json input = Json::object();
  for (const auto& [name, value] : query) {
    if (input.contains(name)) return std::nullopt;
    input.set(name, value);
  }
  input.erase("state");
  return input;
}

// Does the input fill a field for a secret, which is to be replaced?
bool has_secret(const Json& schema, const Json& input) {
  for (const auto& [name, property] : schema["properties"].members())
    if (property.string("format") == "password" && !input.string(name).empty()) return true;
  return false;
}

}  // namespace

class FlowRunner::FlowLock {
 public:
  FlowLock(std::shared_ptr<ActiveFlows> active, std::string flow)
      : active_(std::move(active)), flow_(std::move(flow)) {}
  FlowLock(const FlowLock&) = delete;
  FlowLock& operator=(const FlowLock&) = delete;
  ~FlowLock() { release(); }
  // Called before the page gets its response: copies of a callback may hold the lock longer.
  void release() {
    const std::lock_guard lock(active_->mutex);
    if (!std::exchange(released_, true)) active_->flows.erase(flow_);
  }

 private:
  std::shared_ptr<ActiveFlows> active_;
  std::string flow_;
  bool released_ = false;
};

FlowRunner::FlowRunner(HostContext& context, Plugins& plugins, PluginCalendars& calendars,
                       Executor executor, std::function<std::string()> public_url)
    : context_(context),
      rows_(context.database(), context.bus(), context.clock(), context.random()),
      plugins_(plugins),
      calendars_(calendars),
      executor_(std::move(executor)),
      public_url_(std::move(public_url)) {}

FlowRunner::Lock FlowRunner::try_lock(const std::string& flow) {
  const std::lock_guard lock(active_->mutex);
  return active_->flows.insert(flow).second ? std::make_shared<FlowLock>(active_, flow) : nullptr;
}

Result<Flow> FlowRunner::create(const FlowUser& user, const std::string& plugin,
                                const std::string& kind, const std::string& account) {
  TRY_VOID(Flows::check_kind(kind));
  const auto list = plugins_.list();
  const auto known = std::ranges::find(list, plugin, &PluginInfo::id);
  const bool works =
      known != list.end() && (known->state == "running" || known->state == "starting");
  if (!works || !known->has_settings)
    return Error{Code::not_found, "there is no such connector", {}};
  TRY(const auto drafts, rows_.drafts(user.user));
  if (kind == "setup") {
    if (!account.empty()) return Error{Code::invalid, "account: a set-up makes its own", {}};
    discard_unlisted(drafts, kMaxUnlisted);
    if (drafts.size() >= kMaxDrafts)
      return Error{Code::conflict, "too many unfinished set-ups: drop one first", {}};
    return rows_.create(plugin, user.user, kind, {});
  }
  TRY(const Account row, context_.accounts().of_user(user.user, account));
  if (row.plugin != plugin || row.state == "disconnected")
    return Error{Code::not_found, "there is no such account", {}};
  // The plugin holds no data of these flows: a new one replaces one that was left open.
  for (const Flow& draft : drafts)
    if (draft.kind == kind && draft.account == account) TRY_VOID(rows_.erase(draft.id));
  return rows_.create(plugin, user.user, kind, account);
}

void FlowRunner::begin(const FlowUser& user, const std::string& plugin, const std::string& kind,
                       const std::string& account, OnView on_view) {
  const auto created = create(user, plugin, kind, account);
  if (!created) return on_view(created.error());
  call_plugin(user, *created, "", Json::object(),
              [this, flow = *created, lock = try_lock(created->id), session = user.session,
               on_view = std::move(on_view)](const Result<std::string>& answer) mutable {
                auto view = store_step(flow, session, answer);
                if (!view) {  // a flow without a first step is of no use
                  if (const auto erased = rows_.erase(flow.id); !erased)
                    context_.log().warning(
                        "flow.not_erased",
                        Json::object({{"flow", flow.id}, {"why", erased.error().message}}));
                }
                lock->release();
                on_view(std::move(view));
              });
}

FlowRunner::OnAnswer FlowRunner::store_and_show(Flow flow, Lock lock, std::string session,
                                                OnView on_view) {
  return [this, flow = std::move(flow), lock = std::move(lock), session = std::move(session),
          on_view = std::move(on_view)](const Result<std::string>& answer) mutable {
    auto view = store_step(flow, session, answer);
    lock->release();
    on_view(std::move(view));
  };
}

// Only the plugin can make a new link, and only as its first step. Nothing that the user entered
// before is lost except what leads to that step again.
void FlowRunner::current(const FlowUser& user, const std::string& id, OnView on_view) {
  auto lock = try_lock(id);
  auto flow = rows_.get(user.user, id);
  if (!flow) return on_view(flow.error());
  const bool has_step = !flow->step.is_null();
  const bool external = flow->step.string("type") == "external";
  if (!lock && !has_step)
    return on_view(
        Error{Code::unavailable, "the set-up is just beginning", std::chrono::seconds(1)});
  if (!lock || (has_step && !external)) {
    if (lock) lock->release();
    return on_view(FlowView{flow->id, flow->step});
  }
  if (external) {
    const auto waits = rows_.awaits_resume(id, user.session);
    if (!waits || *waits) {
      lock->release();
      return waits ? on_view(FlowView{flow->id, flow->step}) : on_view(waits.error());
    }
  }
  flow->memo = Json();
  call_plugin(user, *flow, "", Json::object(),
              store_and_show(*flow, std::move(lock), user.session, std::move(on_view)));
}

Result<> FlowRunner::check_step(const Flow& flow, const std::string& step) const {
  const std::string& type = flow.step.string("type");
  if (type == "menu") {
    const auto& options = flow.step["options"].items();
    const auto is_choice = [&](const Json& option) { return option.string("step") == step; };
    if (std::ranges::none_of(options, is_choice)) return stale_step();
    return {};
  }
  if (step.empty() || has_ended(flow)) return stale_step();
  if (flow.step.string("back") == step) return {};
  if (flow.step.string("step") != step) return stale_step();
  if (type == "external")
    return Error{Code::invalid, "step: this one ends at the other side's page", {}};
  return {};
}

void FlowRunner::submit(const FlowUser& user, const std::string& id, const std::string& step,
                        const Json& sent, OnView on_view) {
  auto lock = try_lock(id);
  auto flow = rows_.get(user.user, id);
  if (!flow) return on_view(flow.error());
  if (!lock) return on_view(stale_step());
  if (const auto checked = check_step(*flow, step); !checked) {
    lock->release();
    return on_view(checked.error());
  }
  Json input = Json::object();
  if (flow->step.string("type") == "form" && flow->step.string("step") == step) {
    input = members_of_form(flow->step["schema"], sent);
    if (const FieldErrors errors = check_input(flow->step["schema"], input); !errors.empty()) {
      lock->release();
      return on_view(FlowView{flow->id, form_with_errors(flow->step, input, errors)});
    }
    if (has_secret(flow->step["schema"], input)) {
      if (!user.confirmed) {
        lock->release();
        return on_view(Error{Code::denied, "error.confirm", {}});
      }
      context_.audit("secret_entered", user.user, flow->plugin);
    }
  }
  call_plugin(user, *flow, step, input,
              store_and_show(*flow, std::move(lock), user.session, std::move(on_view)));
}

Result<> FlowRunner::keep(const FlowUser& user, const std::string& id, const std::string& step,
                          const Json& values) {
  const auto lock = try_lock(id);
  TRY(Flow flow, rows_.get(user.user, id));
  if (!lock || flow.step.string("type") != "form" || flow.step.string("step") != step)
    return stale_step();
  const Json kept = with_values(flow.step, members_of_form(flow.step["schema"], values));
  if (kept == flow.step) return {};
  flow.step = kept;
  return rows_.save(flow);
}

void FlowRunner::resume(const FlowUser& user, const std::string& plugin,
                        const gcal::net::Parameters& query, OnResumed on_resumed) {
  const auto input = input_of(query);
  const std::string state(gcal::net::parameter(query, "state"));
  if (!input || state.empty()) return on_resumed({{}, "flow.link_broken"});
  const auto taken = rows_.take_resume_key(user.user, state, user.session);
  if (!taken) {
    const Code code = taken.error().code;
    return on_resumed({{},
                       code == Code::not_found ? "flow.link_used"
                       : code == Code::gone    ? "flow.link_expired"
                                               : "flow.failed"});
  }
  auto lock = try_lock(taken->id);
  if (!lock || taken->plugin != plugin || taken->step.string("type") != "external")
    return on_resumed({taken->id, "flow.link_used"});
  call_plugin(user, *taken, taken->step.string("step"), *input,
              store_and_show(*taken, std::move(lock), user.session,
                             [id = taken->id,
                              on_resumed = std::move(on_resumed)](const Result<FlowView>& view) {
                               on_resumed({id, view ? "" : "flow.failed"});
                             }));
}

void FlowRunner::discard(const std::string& user, const std::string& id, OnDone on_done) {
  auto lock = try_lock(id);
  const auto flow = rows_.get(user, id);
  if (!flow) return on_done(flow.error());
  if (!lock)
    return on_done(
        Error{Code::conflict, "the set-up is being worked on: try again in a moment", {}});
  if (!needs_discard(*flow)) {
    auto erased = rows_.erase(id);
    lock->release();
    return on_done(std::move(erased));
  }
  call_discard(*flow, [this, id, lock = std::move(lock),
                       on_done = std::move(on_done)](const Result<std::string>& answer) mutable {
    Result<> erased = answer || answer.error().code == Code::not_found ? rows_.erase(id)
                                                                       : Result<>(answer.error());
    lock->release();
    on_done(std::move(erased));
  });
}

Result<std::vector<Flow>> FlowRunner::drafts(const std::string& user) const {
  TRY(auto flows, rows_.drafts(user));
  std::erase_if(flows, [](const Flow& flow) { return has_ended(flow) || is_unlisted(flow); });
  return flows;
}

void FlowRunner::expire() {
  const auto flows = rows_.expired();
  if (!flows)
    return context_.log().warning("flow.expiry_failed",
                                  Json::object({{"why", flows.error().message}}));
  for (const Flow& flow : *flows) {
    discard(flow.user, flow.id, [this, id = flow.id](const Result<>& done) {
      if (!done)
        context_.log().warning(
            "flow.not_expired",
            Json::object({{"flow", id}, {"why", done.error().message}}));  // repeated in an hour
    });
  }
}

void FlowRunner::call_plugin(const FlowUser& user, const Flow& flow, const std::string& step,
                             const Json& input, OnAnswer next) {
  const Json request =
      Json::object({{"flow", flow.id},
                    {"kind", flow.kind},
                    {"user", flow.user},
                    {"account", flow.account},
                    {"step", step},
                    {"memo", flow.memo},
                    {"input", input},
                    {"locale", user.language},
                    {"callback_url", public_url_() + "/plugins/" + flow.plugin + "/callback"}});
  plugins_.settings_step(
      flow.plugin, request,
      [executor = executor_, next = std::move(next)](Result<std::string> answer) {
        executor([next, answer = std::move(answer)] { next(answer); });
      });
}

void FlowRunner::call_discard(const Flow& flow, OnAnswer next) {
  Flow dropped = flow;
  dropped.kind = "discard";
  call_plugin({flow.user, "en"}, dropped, "", Json::object(), std::move(next));
}

// A failure is only logged: discard() calls the plugin again when the flow is deleted.
void FlowRunner::discard_setup(const Flow& flow) {
  call_discard(flow, [this, id = flow.id](const Result<std::string>& answer) {
    if (!answer)
      context_.log().warning("flow.not_discarded",
                             Json::object({{"flow", id}, {"why", answer.error().message}}));
  });
}

// The newest ones, first in the list, are kept.
void FlowRunner::discard_unlisted(const std::vector<Flow>& flows, std::size_t kept) {
  std::size_t seen = 0;
  for (const Flow& flow : flows) {
    if (has_ended(flow) || !is_unlisted(flow) || ++seen <= kept) continue;
    discard(flow.user, flow.id, [this, id = flow.id](const Result<>& done) {
      if (!done)
        context_.log().warning("flow.not_discarded",
                               Json::object({{"flow", id}, {"why", done.error().message}}));
    });
  }
}

Result<FlowView> FlowRunner::store_step(Flow& flow, const std::string& session,
                                        const Result<std::string>& answer) {
  if (!answer) return answer.error();
  auto read = read_step(*answer);
  if (!read) {
    context_.log().error("flow.bad_step", Json::object({{"plugin", flow.plugin},
                                                        {"kind", flow.kind},
                                                        {"why", read.error().message}}));
    return read.error();
  }
  if (read->type == "finish") {
    TRY_VOID(store_finish(flow, *read));
  } else {
    const bool changed = flow.step != read->page || (read->memo && *read->memo != flow.memo);
    flow.step = read->page;
    if (read->memo) flow.memo = *read->memo;
    if (changed) TRY_VOID(rows_.save(flow));  // polling an unchanged progress writes nothing
    if (read->type == "external")
      TRY_VOID(rows_.put_resume_key(flow.id, read->resume_key, session));
  }
  if (flow.kind == "setup" && flow.step.string("type") == "abort") discard_setup(flow);
  return FlowView{flow.id, flow.step};
}

// A set-up creates its account and ends in one transaction: after a double click, a reload or a
// crash there is either the last form or one account (S-18).
Result<> FlowRunner::store_finish(Flow& flow, const PluginStep& step) {
  const auto page = [&](const std::string& account) {
    return Json::object({{"type", "finish"}, {"title", step.title}, {"account", account}});
  };
  if (flow.kind != "setup") {
    TRY(const Account account, context_.accounts().of_user(flow.user, flow.account));
    TRY_VOID(context_.accounts().update(account.id, step.title, step.identity, step.config));
    flow.step = page(account.id);
    return rows_.save(flow);
  }
  bool connected = false;
  const NewAccount account{flow.account,
                           flow.plugin,
                           flow.user,
                           step.unique_id,
                           step.title,
                           step.identity,
                           step.config.value_or(Json::object())};
  Flow ended = flow;
  const auto created =
      context_.accounts().finish_setup(account, [&](Connection& c, const Account& stored) {
        connected = true;
        ended.step = page(stored.id);
        return rows_.save(c, ended);
      });
  if (created) {
    context_.audit("account_connected", flow.user, created->id);
    if (step.default_calendar) make_default(*created, *step.default_calendar);
    flow = std::move(ended);
    return {};
  }
  if (created.error().code != Code::conflict || connected) return created.error();
  flow.step =
      abort_page("flow.already_connected",
                 Json::object({{"identity", step.identity.empty() ? step.title : step.identity}}));
  return rows_.save(flow);
}

// Before the user sees the end. The account is there already, so a failure ends nothing: the
// plugin's first task makes the calendar the default.
void FlowRunner::make_default(const Account& account, const Json& calendar) {
  const auto make = [&]() -> Result<> {
    TRY(const std::string id,
        calendars_.put(account.plugin, RemoteCalendar::of(account.id, calendar)));
    // An account that was disconnected is back with it.
    TRY_VOID(calendars_.set_state(account.plugin, id, "live"));
    return calendars_.set_default(account.user, id, account.plugin);
  };
  if (const Result<> done = make(); !done)
    context_.log().warning("flow.no_default", Json::object({{"plugin", account.plugin},
                                                            {"why", done.error().message}}));
}

}  // namespace hosting
