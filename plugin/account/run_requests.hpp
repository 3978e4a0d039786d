// Requests runs from the host (crm.tasks/0): now, because something changed, or later, for the next
// poll. Used by sync_hooks, webhook, settings_page and the runs themselves. While a requested run
// has not started, further requests for it are not passed on, so a burst of hints costs one host
// call. Runs on the loop thread.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "plugin/adapters/host_calls.hpp"
#include "src/common/base/clock.hpp"

namespace gcal::plugin {

// The keys of crm.tasks/0: one per account, and one for the CRM's records, which serves all
// accounts.
inline constexpr std::string_view kAccountKey = "account:";
inline constexpr std::string_view kRecordsKey = "records";

inline std::string account_key(const std::string& account) {
  return std::string(kAccountKey) + account;
}

// [loop thread]
class RunRequests {
 public:
  explicit RunRequests(HostCalls& host) : host_(host) {}

  // Requests a run that starts after this call. Errors: those of the host; then no run was
  // requested.
  Task<> now(std::string key);
  // Requests a run at `time`; the host keeps the earlier of two times.
  Task<> at(std::string key, base::Instant time) {
    co_return co_await host_.schedule(std::move(key), time.time_since_epoch().count());
  }
  // Must be called when the run starts: later requests need another run.
  void on_started(const std::string& key) { pending_.erase(key); }

 private:
  HostCalls& host_;
  std::set<std::string> pending_;
};

}  // namespace gcal::plugin
