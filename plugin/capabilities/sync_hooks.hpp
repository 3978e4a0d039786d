// crm.hooks/0: turns hints of the host into runs. Made by the wiring.
// It must never read an appointment: a hint says only that it is time to look.
#pragma once

#include <map>
#include <set>
#include <string>

#include "plugin/account/run_requests.hpp"
#include "plugin/parts.hpp"

namespace gcal::plugin {

// [loop thread]
class SyncHooks {
 public:
  SyncHooks(Parts& parts, RunRequests& requests) : parts_(parts), requests_(requests) {}

  Task<> event_changed(std::string calendar);
  Task<> account_changed(std::string account);
  Task<> record_changed();

 private:
  Task<std::string> account_of(
      std::string calendar);  // "" when the calendar belongs to no account of ours

  Parts& parts_;
  RunRequests& requests_;
  std::map<std::string, std::string>
      accounts_;  // by CRM calendar; a calendar never changes its account
  std::set<std::string> foreign_;
};

}  // namespace gcal::plugin
