// Asks the host to run an account: now, because something changed, or later, to look again. Used by
// hooks, web hook, settings page and the runs themselves. It must never write more than one request
// for a run that has not begun: a thousand hints cost one.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "plugin/adapters/host_calls.hpp"
#include "src/common/base/clock.hpp"

namespace gcal::plugin {

// The keys of crm.tasks/0. The contacts of the CRM are looked through once for all accounts.
inline constexpr std::string_view kAccountKey = "account:";
inline constexpr std::string_view kRecordsKey = "records";

inline std::string account_key(const std::string& account) {
  return std::string(kAccountKey) + account;
}

// [loop thread]
class RunRequests {
 public:
  explicit RunRequests(HostCalls& host) : host_(host) {}

  // A run that begins after this call will happen. Errors: those of the host.
  Task<> now(std::string key);
  Task<> at(std::string key, base::Instant time) {
    co_return co_await host_.schedule(std::move(key), time.time_since_epoch().count());
  }
  // The run begins: what is asked for from here on needs another one.
  void began(const std::string& key) { due_.erase(key); }

 private:
  HostCalls& host_;
  std::set<std::string> due_;
};

}  // namespace gcal::plugin
