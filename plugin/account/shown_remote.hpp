// A Google calendar as the CRM may see it: without what the account's options hold back, and
// without what the CRM shows elsewhere. For one cycle or read. Used by account_run.
#pragma once

#include <string>

#include "plugin/account/policies.hpp"
#include "plugin/account/undoubled_side.hpp"
#include "src/engine/google/google_side.hpp"
#include "src/engine/sync/private_events.hpp"

namespace gcal::plugin {

// The references must outlive it. [loop thread]
class ShownRemote {
 public:
  ShownRemote(PluginContext& context, google::Client& client, const Account& account,
              const sync::Pair& pair, std::string calendar, std::string time_zone, bool keeps_tasks)
      : google_(client, context.log, std::move(calendar), std::move(time_zone)),
        without_private_(google_, policy_of(account.config.private_events)),
        undoubled_(without_private_, context, account, pair.crm_calendar),
        keeps_tasks_(keeps_tasks) {}
  ShownRemote(const ShownRemote&) = delete;
  ShownRemote& operator=(const ShownRemote&) = delete;

  sync::Side& side() {
    if (keeps_tasks_) return undoubled_;
    return without_private_;
  }

 private:
  google::GoogleSide google_;
  sync::PrivateEventsSide without_private_;
  UndoubledSide undoubled_;
  bool keeps_tasks_;
};

}  // namespace gcal::plugin
