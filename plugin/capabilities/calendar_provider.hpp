// Implements crm.calendar/0: the requests of the accounts page. Created by the wiring. Only the
// account's own user gets an answer; for any other user the account is reported as not_found. Runs
// on the loop thread.
#pragma once

#include <functional>
#include <string>

#include "plugin/account/run_memory.hpp"
#include "plugin/capabilities/background_runs.hpp"
#include "plugin/capabilities/pending_reply.hpp"
#include "plugin/plugin_context.hpp"

namespace gcal::plugin {

// [loop thread]
class CalendarProvider {
 public:
  CalendarProvider(PluginContext& context, RunMemory& memory, BackgroundRuns& runs)
      : context_(context), memory_(memory), runs_(runs) {}

  // The account's calendars as Google lists them. Errors: those of the account's access to Google.
  Task<> calendars(std::string request, SharedReply reply);
  // The state of each pair, the held deletions, and the time of the next run.
  Task<> status(std::string request, SharedReply reply);
  // Runs the account now; answered when the run has ended.
  Task<> sync_now(std::string request, SharedReply reply);

 private:
  Task<Account> account_of(std::string request);
  Task<base::Json> list(std::string request);
  Task<base::Json> describe(std::string request);

  PluginContext& context_;
  RunMemory& memory_;
  BackgroundRuns& runs_;
};

}  // namespace gcal::plugin
