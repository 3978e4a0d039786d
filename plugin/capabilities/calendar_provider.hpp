// crm.calendar/0: what the accounts page asks. Made by the wiring.
// It must never answer to anybody but the account's own user.
#pragma once

#include <functional>
#include <string>

#include "plugin/account/run_memory.hpp"
#include "plugin/capabilities/background_runs.hpp"
#include "plugin/capabilities/pending_reply.hpp"
#include "plugin/parts.hpp"

namespace gcal::plugin {

// [loop thread]
class CalendarProvider {
 public:
  CalendarProvider(Parts& parts, RunMemory& memory, BackgroundRuns& runs)
      : parts_(parts), memory_(memory), runs_(runs) {}

  Task<> calendars(std::string request, SharedReply reply);
  Task<> status(std::string request, SharedReply reply);
  Task<> sync_now(std::string request, SharedReply reply);

 private:
  Task<Account> account_of(std::string request);
  Task<base::Json> list(std::string request);
  Task<base::Json> describe(std::string request);

  Parts& parts_;
  RunMemory& memory_;
  BackgroundRuns& runs_;
};

}  // namespace gcal::plugin
