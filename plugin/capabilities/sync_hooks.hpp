// Implements crm.hooks/0: requests a run when the host reports a change. Created by the wiring.
// Reads no appointment: the hint only triggers a run, which reads the feed. If a request fails, the
// hint is lost and the next run finds the change. Runs on the loop thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "plugin/account/run_requests.hpp"
#include "plugin/plugin_context.hpp"

namespace gcal::plugin {

// [loop thread]
class SyncHooks {
 public:
  SyncHooks(PluginContext& context, RunRequests& requests)
      : context_(context), requests_(requests) {}

  Task<> event_changed(std::string crm_calendar);
  Task<> account_changed(std::string account);
  Task<> record_changed();

 private:
  // "" if the calendar belongs to no account of this plugin.
  Task<std::string> account_of(std::string crm_calendar);

  PluginContext& context_;
  RunRequests& requests_;
  std::map<std::string, std::string> accounts_;  // by CRM calendar, which never changes its account
  std::set<std::string> foreign_;                // CRM calendars of no account of this plugin
};

}  // namespace gcal::plugin
