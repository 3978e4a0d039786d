#include "plugin/capabilities/sync_hooks.hpp"

namespace gcal::plugin {

Task<std::string> SyncHooks::account_of(std::string crm_calendar) {
  if (const auto known = accounts_.find(crm_calendar); known != accounts_.end())
    co_return known->second;
  if (foreign_.contains(crm_calendar)) co_return std::string();
  const std::string of_all_accounts;
  CO_TRY(const std::vector<HostCalendar> calendars,
         co_await context_.host.calendars(of_all_accounts));
  for (const HostCalendar& one : calendars) accounts_.insert_or_assign(one.id, one.account);
  if (const auto known = accounts_.find(crm_calendar); known != accounts_.end())
    co_return known->second;
  foreign_.insert(std::move(crm_calendar));
  co_return std::string();
}

Task<> SyncHooks::event_changed(std::string crm_calendar) {
  CO_TRY(const std::string account, co_await account_of(std::move(crm_calendar)));
  if (account.empty()) co_return Result<>{};
  co_return co_await requests_.now(account_key(account));
}

// A run under way sends no further request for an account that was paused or disconnected.
Task<> SyncHooks::account_changed(std::string account) {
  const Result<Account> now = co_await context_.host.account(account);
  if (now && now->state != "active") context_.google.close(account);
  co_return co_await requests_.now(account_key(account));
}

Task<> SyncHooks::record_changed() {
  return requests_.now(std::string(kRecordsKey));
}

}  // namespace gcal::plugin
