// Runs the settings flows of plugins for users: stores each flow's step and memo, checks input,
// opens and ends external steps, creates the account at the end. Used by the web server. It must
// never have two calls of a plugin open for one flow, nor end an external step except through its
// own link.
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
#include "src/hosting/services/plugin_calendars.hpp"

namespace hosting {

class Plugins;

// The user who goes through a flow.
struct FlowUser {
  std::string user;
  std::string language;  // "de" | "en"
  // Was the user's password given a short time ago? Otherwise a form with a secret is refused.
  bool confirmed = true;
  // Known to the user's session alone: what is opened in it is ended in it.
  std::string session = {};
};

// A step as the page may see it.
struct FlowView {
  std::string flow;
  Json step;  // schema/flow_step.json, without the members that stay in the host
};

// How a redirect from a consent page ended.
struct ResumeResult {
  std::string flow;    // "" when the link belongs to no flow of this user
  std::string reason;  // text key of what went wrong; "" when the external step ended
};

class FlowRunner {
 public:
  using OnView = std::function<void(Result<FlowView>)>;
  using OnResumed = std::function<void(ResumeResult)>;
  using OnDone = std::function<void(Result<>)>;
  // Runs a job on a thread that may block. It may drop the job when the host is ending.
  using Executor = std::function<void(std::function<void()>)>;

  // context, plugins and calendars outlive the object. public_url answers the host's address
  // without a trailing slash, for callback links. executor runs what follows a plugin's answer; it
  // must drop jobs that come after this object is destroyed.
  FlowRunner(HostContext& context, Plugins& plugins, PluginCalendars& calendars, Executor executor,
             std::function<std::string()> public_url);

  // All of these: [worker thread] they may block, and call back once, on a thread of the executor
  // or before they return. conflict: the given step is not the current one, or the flow is being
  // worked on; fetch the current step. not_found: this user has no such flow.

  // Creates a flow and asks the plugin for its first step. kind: "setup", or "options" and "reauth"
  // of an `account`. invalid: a set-up of an existing account; conflict: too many drafts.
  void begin(const FlowUser& user, const std::string& plugin, const std::string& kind,
             const std::string& account, OnView on_view);
  // The current step. An external step whose link was used, has expired or was made for another
  // session starts again, with a new link. unavailable: the first step is not there yet.
  void current(const FlowUser& user, const std::string& flow, OnView on_view);
  // Submits a form's input, a menu's choice (step: the chosen option), or polls a progress step; or
  // goes back (step: the current step's `back`, without input). Input that violates the form's
  // schema returns the form with errors, without asking the plugin.
  // denied, "error.confirm": it has a secret, and the user is not confirmed.
  void submit(const FlowUser& user, const std::string& flow, const std::string& step,
              const Json& input, OnView on_view);
  // Keeps what was typed into the current form, except passwords, without checking it: a user who
  // leaves the form finds it again.
  Result<> keep(const FlowUser& user, const std::string& flow, const std::string& step,
                const Json& values);
  // Ends the external step that belongs to the query's `state`, once, and only for its own user
  // in the session that opened it.
  // The rest of the query becomes the step's input.
  void resume(const FlowUser& user, const std::string& plugin, const gcal::net::Parameters& query,
              OnResumed on_resumed);
  // Deletes a flow; the plugin erases what an unfinished set-up left. unavailable: the plugin
  // cannot be asked at the moment, and the flow stays.
  void discard(const std::string& user, const std::string& flow, OnDone on_done);
  // The unfinished ones, without set-ups in which nothing was entered or allowed yet: they hold
  // nothing that a user could resume.
  Result<std::vector<Flow>> drafts(const std::string& user) const;
  void expire();  // discards the flows that were not changed for seven days

 private:
  // The right to work on one flow. Held from a request until the plugin's answer is stored.
  class FlowLock;
  struct ActiveFlows {
    std::mutex mutex;
    std::set<std::string> flows;
  };
  using Lock = std::shared_ptr<FlowLock>;
  using OnAnswer = std::function<void(Result<std::string>)>;

  Lock try_lock(const std::string& flow);  // null: the flow is locked
  Result<Flow> create(const FlowUser& user, const std::string& plugin, const std::string& kind,
                      const std::string& account);
  // Calls crm.settings/0 of the flow's plugin; `next` runs on a thread of the executor.
  void call_plugin(const FlowUser& user, const Flow& flow, const std::string& step,
                   const Json& input, OnAnswer next);
  void call_discard(const Flow& flow, OnAnswer next);
  // Stores the plugin's answer, unlocks the flow and shows the new step, in this order: the page
  // may send its next request at once.
  OnAnswer store_and_show(Flow flow, Lock lock, std::string session, OnView on_view);
  // Why this input cannot be passed to the plugin as the answer to the current step.
  Result<> check_step(const Flow& flow, const std::string& step) const;
  // Stores the step that the plugin answered and returns what the page shows.
  Result<FlowView> store_step(Flow& flow, const std::string& session,
                              const Result<std::string>& answer);
  Result<> store_finish(Flow& flow, const PluginStep& step);
  void make_default(const Account& account, const Json& calendar);
  void discard_setup(const Flow& flow);  // after an abort
  // Discards set-ups that drafts() does not list, up to `kept` of them.
  void discard_unlisted(const std::vector<Flow>& flows, std::size_t kept);

  HostContext& context_;
  Flows rows_;
  Plugins& plugins_;
  PluginCalendars& calendars_;
  Executor executor_;
  std::function<std::string()> public_url_;
  // Shared with callbacks that plugins may call after this object is destroyed.
  std::shared_ptr<ActiveFlows> active_ = std::make_shared<ActiveFlows>();
};

}  // namespace hosting
