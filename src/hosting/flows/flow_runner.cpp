#include "src/hosting/flows/flow_runner.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "src/hosting/plugins/plugins.hpp"

namespace hosting {
namespace {

constexpr std::size_t kMaxDrafts = 50;  // of one user: each may hold a grant

bool has_ended(const Flow& flow) {
  return flow.step.string("type") == "finish" || flow.step.string("type") == "abort";
}

// What stays at the plugin until it is told otherwise. An aborted set-up was discarded already;
// asking again costs nothing and heals a lost first time.
bool leaves_something(const Flow& flow) {
  return flow.kind == "setup" && flow.step.string("type") != "finish";
}

Error moved_on() {
  return {Code::conflict, "the set-up went on meanwhile: look at its current step", {}};
}

// The query of a callback as a step's input. Nothing: a name repeats, so that two readers could
// understand it differently.
std::optional<Json> input_of(const gcal::net::Parameters& query) {
  Json input = Json::object();
  for (const auto& [name, value] : query) {
    if (input.contains(name)) return std::nullopt;
    input.set(name, value);
  }
  input.erase("state");
  return input;
}

}  // namespace

class FlowRunner::Ticket {
 public:
  Ticket(std::shared_ptr<AtWork> at_work, std::string flow)
      : at_work_(std::move(at_work)), flow_(std::move(flow)) {}
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket() { release(); }
  // Before the answer goes out: the page may ask on at once, while copies of a callback still hold
  // the ticket.
  void release() {
    const std::lock_guard lock(at_work_->mutex);
    if (!std::exchange(released_, true)) at_work_->flows.erase(flow_);
  }

 private:
  std::shared_ptr<AtWork> at_work_;
  std::string flow_;
  bool released_ = false;
};

FlowRunner::FlowRunner(HostContext& context, Plugins& plugins, Executor executor,
                       std::string public_url)
    : context_(context),
      rows_(context.database(), context.bus(), context.clock(), context.random()),
      plugins_(plugins),
      executor_(std::move(executor)),
      public_url_(std::move(public_url)) {}

std::shared_ptr<FlowRunner::Ticket> FlowRunner::ticket_for(const std::string& flow) {
  const std::lock_guard lock(at_work_->mutex);
  return at_work_->flows.insert(flow).second ? std::make_shared<Ticket>(at_work_, flow) : nullptr;
}

void FlowRunner::begin(const Visitor& visitor, const std::string& plugin, const std::string& kind,
                       const std::string& account, Show show) {
  const auto created = [&]() -> Result<Flow> {
    const auto list = plugins_.list();
    const auto known = std::ranges::find(list, plugin, &PluginInfo::id);
    if (known == list.end() || !known->has_settings || known->state != "running")
      return Error{Code::not_found, "there is no such connector", {}};
    TRY(const auto drafts, rows_.drafts(visitor.user));
    if (kind == "setup") {
      if (!account.empty()) return Error{Code::invalid, "account: a set-up makes its own", {}};
      if (drafts.size() >= kMaxDrafts)
        return Error{Code::conflict, "too many unfinished set-ups: drop one first", {}};
      return rows_.create(plugin, visitor.user, kind, {});
    }
    TRY(const Account row, context_.accounts().of_user(visitor.user, account));
    if (row.plugin != plugin || row.state == "disconnected")
      return Error{Code::not_found, "there is no such account", {}};
    // These flows leave nothing at the plugin: a new one takes the place of one that was left open.
    for (const Flow& draft : drafts)
      if (draft.kind == kind && draft.account == account) TRY_VOID(rows_.erase(draft.id));
    return rows_.create(plugin, visitor.user, kind, account);
  }();
  if (!created) return show(created.error());
  auto ticket = ticket_for(created->id);
  ask(visitor, *created, "", Json::object(),
      [this, flow = *created, ticket,
       show = std::move(show)](const Result<std::string>& answer) mutable {
        auto shown = keep(flow, answer);
        if (!shown) {  // a flow without a first step is of no use to anybody
          if (const auto erased = rows_.erase(flow.id); !erased)
            context_.log().warning(
                "flow.not_erased",
                Json::object({{"flow", flow.id}, {"why", erased.error().message}}));
        }
        ticket->release();  // before the answer: the page may ask on at once
        show(std::move(shown));
      });
}

void FlowRunner::current(const Visitor& visitor, const std::string& id, Show show) {
  auto ticket = ticket_for(id);
  auto flow = rows_.get(visitor.user, id);
  if (!flow) return show(flow.error());
  const bool external = flow->step.string("type") == "external";
  if (!ticket && flow->step.is_null())
    return show(Error{Code::unavailable, "the set-up is just beginning", std::chrono::seconds(1)});
  if (!ticket || (!external && !flow->step.is_null())) {
    if (ticket) ticket->release();
    return show(Shown{flow->id, flow->step});
  }
  if (external) {
    const auto waits = rows_.awaits_resume(id);
    if (!waits || *waits) {
      ticket->release();
      return waits ? show(Shown{flow->id, flow->step}) : show(waits.error());
    }
  }
  begin_anew(visitor, *std::move(flow), std::move(ticket), std::move(show));
}

// Only the plugin can make a fresh link, and only as its first step: nothing typed before it is
// lost but what leads to it again.
void FlowRunner::begin_anew(const Visitor& visitor, Flow flow, std::shared_ptr<Ticket> ticket,
                            Show show) {
  flow.memo = Json();
  const Flow asked = flow;
  ask(visitor, asked, "", Json::object(),
      [this, flow = std::move(flow), ticket = std::move(ticket),
       show = std::move(show)](const Result<std::string>& answer) mutable {
        auto shown = keep(flow, answer);
        ticket->release();
        show(std::move(shown));
      });
}

void FlowRunner::submit(const Visitor& visitor, const std::string& id, const std::string& step,
                        const Json& sent, Show show) {
  auto ticket = ticket_for(id);
  auto flow = rows_.get(visitor.user, id);
  if (!flow) return show(flow.error());
  if (!ticket) return show(moved_on());
  const std::string& type = flow->step.string("type");
  const Json input = type == "form" ? asked_for(flow->step["schema"], sent) : Json::object();
  const auto refuse = [&](auto&& with) {
    ticket->release();
    show(std::forward<decltype(with)>(with));
  };
  if (type == "menu") {
    const auto& options = flow->step["options"].items();
    if (std::ranges::none_of(options,
                             [&](const Json& option) { return option.string("step") == step; }))
      return refuse(moved_on());
  } else if (flow->step.string("step") != step || step.empty() || has_ended(*flow)) {
    return refuse(moved_on());
  } else if (type == "external") {
    return refuse(Error{Code::invalid, "step: this one ends at the other side's page", {}});
  } else if (type == "form") {
    const FieldErrors errors = check_input(flow->step["schema"], input);
    if (!errors.empty())
      return refuse(Shown{flow->id, form_with_errors(flow->step, input, errors)});
  }
  const Flow asked = *flow;
  ask(visitor, asked, step, input,
      [this, flow = *std::move(flow), ticket = std::move(ticket),
       show = std::move(show)](const Result<std::string>& answer) mutable {
        auto shown = keep(flow, answer);
        ticket->release();
        show(std::move(shown));
      });
}

void FlowRunner::resume(const Visitor& visitor, const std::string& plugin,
                        const gcal::net::Parameters& query, End end) {
  const auto input = input_of(query);
  const std::string state(gcal::net::parameter(query, "state"));
  if (!input || state.empty()) return end({{}, "flow.link_broken"});
  auto taken = rows_.take_resume_key(visitor.user, state);
  if (!taken) {
    const Code code = taken.error().code;
    return end({{},
                code == Code::not_found ? "flow.link_used"
                : code == Code::gone    ? "flow.link_expired"
                                        : "flow.failed"});
  }
  auto ticket = ticket_for(taken->id);
  if (!ticket || taken->plugin != plugin || taken->step.string("type") != "external")
    return end({taken->id, "flow.link_used"});
  const Flow asked = *taken;
  ask(visitor, asked, asked.step.string("step"), *input,
      [this, flow = *std::move(taken), ticket = std::move(ticket),
       end = std::move(end)](const Result<std::string>& answer) mutable {
        const auto shown = keep(flow, answer);
        ticket->release();
        end({flow.id, shown ? "" : "flow.failed"});
      });
}

void FlowRunner::discard(const std::string& user, const std::string& id, Done done) {
  auto ticket = ticket_for(id);
  const auto flow = rows_.get(user, id);
  if (!flow) return done(flow.error());
  if (!ticket)
    return done(Error{Code::conflict, "the set-up is being worked on: try again in a moment", {}});
  if (!leaves_something(*flow)) {
    auto erased = rows_.erase(id);
    ticket->release();
    return done(std::move(erased));
  }
  ask_to_discard(*flow, [this, id, ticket = std::move(ticket),
                         done = std::move(done)](const Result<std::string>& answer) mutable {
    Result<> erased = answer || answer.error().code == Code::not_found ? rows_.erase(id)
                                                                       : Result<>(answer.error());
    ticket->release();
    done(std::move(erased));
  });
}

Result<std::vector<Flow>> FlowRunner::drafts(const std::string& user) const {
  TRY(auto flows, rows_.drafts(user));
  std::erase_if(flows, has_ended);
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
            Json::object({{"flow", id}, {"why", done.error().message}}));  // again in an hour
    });
  }
}

void FlowRunner::ask(const Visitor& visitor, const Flow& flow, const std::string& step,
                     const Json& input, OnStep next) {
  const Json request =
      Json::object({{"flow", flow.id},
                    {"kind", flow.kind},
                    {"user", flow.user},
                    {"account", flow.account},
                    {"step", step},
                    {"memo", flow.memo},
                    {"input", input},
                    {"locale", visitor.language},
                    {"callback_url", public_url_ + "/plugins/" + flow.plugin + "/callback"}});
  plugins_.settings_step(
      flow.plugin, request,
      [executor = executor_, next = std::move(next)](Result<std::string> answer) {
        executor([next, answer = std::move(answer)] { next(answer); });
      });
}

void FlowRunner::ask_to_discard(const Flow& flow, OnStep next) {
  Flow dropped = flow;
  dropped.kind = "discard";
  ask({flow.user, "en"}, dropped, "", Json::object(), std::move(next));
}

void FlowRunner::forget_set_up(const Flow& flow) {
  ask_to_discard(flow, [this, id = flow.id](const Result<std::string>& answer) {
    if (!answer)
      context_.log().warning(
          "flow.not_discarded",
          Json::object(
              {{"flow", id}, {"why", answer.error().message}}));  // again when the row goes
  });
}

Result<FlowRunner::Shown> FlowRunner::keep(Flow& flow, const Result<std::string>& answer) {
  if (!answer) return answer.error();
  auto read = read_step(*answer);
  if (!read) {
    context_.log().error("flow.bad_step", Json::object({{"plugin", flow.plugin},
                                                        {"kind", flow.kind},
                                                        {"why", read.error().message}}));
    return read.error();
  }
  if (read->type == "finish") {
    TRY_VOID(keep_finish(flow, *read));
  } else {
    const bool changed = flow.step != read->page || (read->memo && *read->memo != flow.memo);
    flow.step = read->page;
    if (read->memo) flow.memo = *read->memo;
    if (changed) TRY_VOID(rows_.save(flow));  // a progress that stands still costs no write
    if (read->type == "external") TRY_VOID(rows_.put_resume_key(flow.id, read->resume_key));
  }
  if (flow.kind == "setup" && flow.step.string("type") == "abort") forget_set_up(flow);
  return Shown{flow.id, flow.step};
}

// A set-up creates its account and ends in one transaction: a double click, a reload or a crash
// finds either the last form or the one account (S-18).
Result<> FlowRunner::keep_finish(Flow& flow, const PluginStep& step) {
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
  const NewAccount account{flow.account, flow.plugin,   flow.user,  step.unique_id,
                           step.title,   step.identity, step.config};
  Flow ended = flow;
  const auto created =
      context_.accounts().finish_setup(account, [&](Connection& c, const Account& stored) {
        connected = true;
        ended.step = page(stored.id);
        return rows_.save(c, ended);
      });
  if (created) {
    flow = std::move(ended);
    return {};
  }
  if (created.error().code != Code::conflict || connected) return created.error();
  flow.step =
      abort_page("flow.already_connected",
                 Json::object({{"identity", step.identity.empty() ? step.title : step.identity}}));
  return rows_.save(flow);
}

}  // namespace hosting
