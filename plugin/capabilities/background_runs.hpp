// crm.run/0: the work behind the timers. One key per account, and one for the records of the CRM.
// Made by the wiring. It must never run on its own account: what runs was asked for, and what fails
// is asked for again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plugin/account/run_memory.hpp"
#include "plugin/account/run_requests.hpp"
#include "plugin/capabilities/pending_reply.hpp"
#include "plugin/parts.hpp"

namespace gcal::plugin {

// [loop thread]
class BackgroundRuns {
 public:
  using Spawn = std::function<void(std::string name, Task<> task)>;

  BackgroundRuns(Parts& parts, RunMemory& memory, RunRequests& requests, Spawn spawn)
      : parts_(parts), memory_(memory), requests_(requests), spawn_(std::move(spawn)) {}

  void run(std::string key, std::int64_t fence, SharedReply reply);
  // Hints may have been lost while nobody listened: every account is run once, and the records are
  // followed.
  Task<> catch_up();
  // Runs the account as soon as possible, reads all its calendars, and answers JSON {changed} when
  // a run that began after this call has ended.
  Task<> run_and_answer(std::string account, SharedReply reply);

 private:
  Task<> run_account(std::string account, std::int64_t fence, SharedReply reply);
  Task<> run_records(std::int64_t fence, SharedReply reply);

  Parts& parts_;
  RunMemory& memory_;
  RunRequests& requests_;
  Spawn spawn_;
  std::map<std::string, std::vector<SharedReply>> waiting_;  // by account: sync_now
};

}  // namespace gcal::plugin
