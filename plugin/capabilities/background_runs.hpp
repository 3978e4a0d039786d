// Implements crm.run/0: starts the run of an account or of the records when the host calls for its
// key. Created by the wiring. Starts nothing by itself; a failed run is reported to the host, which
// repeats it. Runs on the loop thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plugin/account/run_memory.hpp"
#include "plugin/account/run_requests.hpp"
#include "plugin/capabilities/pending_reply.hpp"
#include "plugin/plugin_context.hpp"

namespace gcal::plugin {

// Objects passed by reference must outlive it. [loop thread]
class BackgroundRuns {
 public:
  using Spawn = std::function<void(std::string name, Task<> task)>;

  BackgroundRuns(PluginContext& context, RunMemory& memory, RunRequests& requests, Spawn spawn)
      : context_(context), memory_(memory), requests_(requests), spawn_(std::move(spawn)) {}

  // Starts the run for `key`; `reply` is answered when it has ended. Errors: not_found for an
  // unknown key; unavailable if the run failed, so that the host repeats it.
  void run(std::string key, std::int64_t fence, SharedReply reply);
  // Requests one run of every account that is not paused and one of the records, because hints may
  // have been lost while the plugin was stopped. Called after start. Errors: those of the host.
  Task<> catch_up();
  // Requests a run that reads all calendars of an active account. `reply` is answered with JSON
  // {changed}, or with the error of the run, when a run that started after this call has ended.
  Task<> run_and_answer(std::string account, SharedReply reply);
  // The account's user has a page of the CRM open: its calendars are read more often for the next
  // two minutes. Errors: those of the host; then they are read at their former time.
  Task<> on_viewed(std::string account);

  // Is the run of an account under way?
  bool is_busy() const { return accounts_running_ > 0; }

 private:
  Task<> run_account(std::string account, std::int64_t fence, SharedReply reply);
  Task<> run_records(std::int64_t fence, SharedReply reply);
  // An account's run began or ended; after the last one the records are read again if a run of
  // them had to leave its cursor.
  void begin_account();
  Task<> end_account();
  Task<> end_of_accounts();

  PluginContext& context_;
  RunMemory& memory_;
  RunRequests& requests_;
  Spawn spawn_;
  std::map<std::string, std::vector<SharedReply>>
      waiting_;  // requests of run_and_answer(), by account
  std::size_t accounts_running_ = 0;
  std::uint64_t accounts_begun_ = 0;  // since the start
  bool records_again_ = false;
};

}  // namespace gcal::plugin
