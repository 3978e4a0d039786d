// One loaded plugin: its library, the host it sees, its tables, the gate before it and the threads
// on which it is called: one for the lifecycle, one for hooks and runs, one for requests. Used by
// Plugins. It must never be destroyed before stop() returned true: a thread may still run code of
// the library.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "host_api/capabilities/calendar.h"
#include "host_api/capabilities/hooks.h"
#include "host_api/capabilities/http.h"
#include "host_api/capabilities/invitations.h"
#include "host_api/capabilities/privacy.h"
#include "host_api/capabilities/run.h"
#include "host_api/capabilities/settings.h"
#include "src/hosting/plugins/deadline_thread.hpp"
#include "src/hosting/plugins/delivery.hpp"
#include "src/hosting/plugins/gate.hpp"
#include "src/hosting/plugins/guarded_call.hpp"
#include "src/hosting/plugins/library.hpp"
#include "src/hosting/plugins/package.hpp"
#include "src/hosting/plugins/plugins.hpp"
#include "src/hosting/plugins/replies.hpp"
#include "src/hosting/plugins/timers.hpp"
#include "src/hosting/services/plugin_host.hpp"

namespace hosting {

class LoadedPlugin {
 public:
  // Opens, creates, prepares and checks itself: all that may happen beside another version that
  // works. context and crm outlive the object. The message says which step failed and why. What was
  // begun is undone; a plugin that hangs is kept for the life of the process: kept is set.
  static Result<std::shared_ptr<LoadedPlugin>> preload(Package package, HostContext& context,
                                                       CrmPort& crm, const PluginsOptions& options,
                                                       bool& kept);
  ~LoadedPlugin();

  const Manifest& manifest() const { return package_.manifest; }
  const std::map<std::string, Json>& strings() const { return package_.strings; }
  const Package& package() const { return package_; }
  // Starts the plugin with what quiesce of this or another version answered; also once more after
  // quiesce. The gate stays closed until open(). After an error stop() is all that may follow.
  Result<> begin(std::string_view state);
  void open() { gate_.open(); }

  // Each queues a call for the plugin's own threads and returns at once. false: the gate is closed,
  // and `answer` is untouched. Otherwise it is called exactly once: with the plugin's answer;
  // not_found when it does not offer the capability; timeout when it did not answer in time;
  // unavailable when one of its calls does not return, or when this one threw. The message names
  // plugin and call. [any thread]
  bool settings_step(std::string_view request, PluginAnswer& answer);
  bool calendars(std::string_view request, PluginAnswer& answer);
  bool status(std::string_view request, PluginAnswer& answer);
  bool sync_now(std::string_view request, PluginAnswer& answer);
  bool invitation(std::string_view request, PluginAnswer& answer);
  bool http(std::string_view request, std::string_view body, PluginAnswer& answer);
  bool run(std::string key, std::string payload, std::int64_t fence, PluginAnswer& answer);
  bool forget(std::string_view request, PluginAnswer& answer);
  void hint(const Change& change);  // passes it on if it concerns the plugin
  // The call that has not returned for 10 s; "" when there is none. [any thread]
  std::string blocked_in() const;

  // Closes the gate, drops hints, stops the plugin's work and answers its state. After an error it
  // runs on, with the gate closed, unless a call hangs: then is_stuck() is true, and the object
  // must be kept.
  Result<std::string> quiesce();
  bool is_stuck() const { return stuck_; }
  // What did not start, or has quiesced: answers what is open, destroys, unloads. False: it hangs;
  // the object must be kept for the life of the process.
  bool retire();
  // quiesce and retire. False: as for retire; a plugin that refuses to stop is kept too.
  bool stop();
  // After retire: "unmapped", or "pinned" when the library stays in memory; "" without a library.
  const std::string& mapping() const { return mapping_; }
  const std::string& why_kept() const { return why_kept_; }

  // Keeps a plugin that cannot be stopped until the process ends.
  static void keep_for_ever(std::shared_ptr<LoadedPlugin> plugin);

 private:
  LoadedPlugin(Package package, HostContext& context, CrmPort& crm, const PluginsOptions& options);
  Result<> check_crashes();
  Result<> bring_up();
  Result<> check_functions();
  Result<> find_tables();
  // One lifecycle call on the thread with the deadline. timeout: it missed the deadline; internal:
  // it threw. step: a literal.
  Result<std::string> lifecycle(const char* step, std::chrono::milliseconds deadline,
                                std::function<crm_status(crm_sink, crm_error*)> call);
  void deliver(const Hint& hint);
  // The threads of the plugin's calls. Replaced when it starts once more.
  struct Lanes {
    explicit Lanes(Delivery::Deliver deliver) : work(std::move(deliver)) {}
    Delivery work;  // hooks and runs
    Delivery requests;
    bool stop(std::chrono::milliseconds deadline);
  };
  std::shared_ptr<Lanes> lanes() const;
  void begin_lanes();
  bool knows_user(std::string_view user) const;
  bool kept(std::string why);
  std::string call_under_way() const;
  PluginCall named(const char* call) const;

  // Queues `invoke(reply)` on a lane.
  template <class Invoke>
  bool ask(bool is_offered, Delivery Lanes::*lane, const char* call,
           std::chrono::milliseconds deadline, PluginAnswer& answer, Invoke invoke);
  // Calls the plugin on a thread of its own.
  template <class Invoke>
  Result<> call(const char* name, const Invoke& invoke);

  HostContext& context_;
  Package package_;
  const std::chrono::milliseconds lifecycle_deadline_, quiesce_deadline_, answer_deadline_;
  PluginHost host_;
  Timers timers_;
  Replies replies_;
  Gate gate_;
  std::unique_ptr<StartMark> start_mark_;  // while it starts
  std::unique_ptr<Library> library_;
  std::unique_ptr<PluginCode> code_;
  crm_plugin* plugin_ = nullptr;
  bool started_ = false, stuck_ = false;
  std::string why_kept_, mapping_;
  const crm_settings_0* settings_ = nullptr;
  const crm_calendar_0* calendar_ = nullptr;
  const crm_hooks_0* hooks_ = nullptr;
  const crm_http_0* http_ = nullptr;
  const crm_invitations_0* invitations_ = nullptr;
  const crm_privacy_0* privacy_ = nullptr;
  const crm_run_0* run_ = nullptr;
  DeadlineThread thread_;
  // Calls of other threads hold the lanes that they began with.
  mutable std::mutex lanes_mutex_;
  std::shared_ptr<Lanes> lanes_;
  mutable std::mutex calls_mutex_;
  struct UnderWay {
    const char* name;
    bool is_long = false;
  };
  std::map<std::uint64_t, UnderWay> calls_;  // that have not returned
  std::uint64_t next_call_ = 0;
};

}  // namespace hosting
