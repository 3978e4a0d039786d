// Runs the settings flows of plugins for people: keeps each flow's step and memo, checks input,
// opens and ends external steps, creates the account at the end. Used by the web face. It must
// never ask a plugin twice at once for one flow, nor end an external step but through its own link.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/common/net/url.hpp"
#include "src/hosting/flows/flow_step.hpp"
#include "src/hosting/flows/flows.hpp"
#include "src/hosting/services/host_context.hpp"

namespace hosting {

class Plugins;

// Who walks through a flow.
struct Visitor {
  std::string user;
  std::string language;  // "de" | "en"
};

class FlowRunner {
 public:
  struct Shown {
    std::string flow;
    Json step;  // schema/flow_step.json as the page may see it
  };
  // conflict: the step is no longer the current one, or is being worked on; ask for the current
  // one.
  using Show = std::function<void(Result<Shown>)>;
  struct Resumed {
    std::string flow;    // "": of nobody
    std::string reason;  // text key of what went wrong, "" when the step ended
  };
  using End = std::function<void(Resumed)>;
  using Done = std::function<void(Result<>)>;

  // Runs a job on a thread that may block. It may drop the job, when the host is ending.
  using Executor = std::function<void(std::function<void()>)>;

  // context and plugins outlive the object. executor runs what follows a plugin's answer; it must
  // not run it any more once this object is gone.
  FlowRunner(HostContext& context, Plugins& plugins, Executor executor, std::string public_url);

  // All of these: [worker thread] they may block, and call back once, on a worker thread.
  void begin(const Visitor& visitor, const std::string& plugin, const std::string& kind,
             const std::string& account, Show show);
  // The current step. An external step whose link was used or is too old begins anew, with a fresh
  // link.
  void current(const Visitor& visitor, const std::string& flow, Show show);
  // A form's input, a menu's choice (step: the chosen option), or the next look at a progress.
  // Input that the form's schema refuses comes back as the form with errors; the plugin is not
  // asked.
  void submit(const Visitor& visitor, const std::string& flow, const std::string& step,
              const Json& input, Show show);
  // Ends the external step that holds `state`, once, for its own user. The rest of the query
  // becomes the step's input.
  void resume(const Visitor& visitor, const std::string& plugin, const gcal::net::Parameters& query,
              End end);
  // Drops a flow; the plugin erases what an unfinished set-up left. unavailable: the plugin cannot
  // be asked now, the draft stays.
  void discard(const std::string& user, const std::string& flow, Done done);
  Result<std::vector<Flow>> drafts(const std::string& user) const;  // unfinished ones
  void expire();  // discards what lay untouched for seven days

 private:
  class Ticket;  // the right to work on one flow
  std::shared_ptr<Ticket> ticket_for(const std::string& flow);
  using OnStep = std::function<void(Result<std::string>)>;  // [worker]

  void ask(const Visitor& visitor, const Flow& flow, const std::string& step, const Json& input,
           OnStep next);
  void ask_to_discard(const Flow& flow, OnStep next);
  void begin_anew(const Visitor& visitor, Flow flow, std::shared_ptr<Ticket> ticket, Show show);
  // Keeps what the plugin answered and says what the page shows.
  Result<Shown> keep(Flow& flow, const Result<std::string>& answer);
  Result<> keep_finish(Flow& flow, const PluginStep& step);
  void forget_set_up(const Flow& flow);  // after an abort

  HostContext& context_;
  Flows rows_;
  Plugins& plugins_;
  Executor executor_;
  std::string public_url_;
  struct AtWork {
    std::mutex mutex;
    std::set<std::string> flows;
  };
  std::shared_ptr<AtWork> at_work_ =
      std::make_shared<AtWork>();  // shared with answers that come when we are gone
};

}  // namespace hosting
