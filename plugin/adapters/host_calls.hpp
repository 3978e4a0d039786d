// The host's services as coroutines: each call runs on the store thread, because host services may
// block, and documents are parsed into values. Used by everything that runs on the loop thread;
// must not be called from the store thread. Errors of all functions: those of the service, and
// invalid if its document is not JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "plugin/adapters/host_services.hpp"
#include "src/common/base/json.hpp"
#include "src/common/base/task.hpp"
#include "src/engine/settings/account_config.hpp"
#include "src/engine/store/blocking_executor.hpp"

namespace gcal::plugin {

struct Account {
  std::string id;
  std::string user;
  std::string state;  // active | paused | disconnected
  settings::AccountConfig config;
  std::string revision;  // of the stored config
};

struct AccountAndMailer {
  Account account;
  base::Json mailer;  // of crm.mailer/0; null: there is none, or it does not answer
  std::string mailer_trouble;
};

struct HostUser {
  std::string id;
  std::string email;
  bool administrator = false;
  std::string default_calendar;  // "" = the user's own calendar
  std::string locale{};
};

struct HostCalendar {
  std::string id;
  std::string account;
  std::string remote_calendar;  // the provider's id; "remote_id" in documents
  std::string name;
  std::string color;
  std::string role;         // owner | writer | reader | free_busy
  std::string mode;         // two_way | view_only
  std::string state;        // live | hidden | gone
  bool is_default = false;  // the user's choice for new appointments, also while it is gone
};

// What put of crm.calendars/0 takes, without the account. Pure.
base::Json to_json(const HostCalendar& calendar);

// Objects passed by reference must outlive it. [loop thread]
class HostCalls {
 public:
  HostCalls(const HostServices& host, store::BlockingExecutor& blocking)
      : host_(host), blocking_(blocking) {}

  Task<std::vector<Account>> accounts();
  Task<Account> account(std::string id);
  // The account and the state of the mailer, which are asked together.
  Task<AccountAndMailer> account_and_mailer(std::string id);
  // Applies `edit` to the newest config and stores the result if it differs. If the config changes
  // meanwhile, both steps are repeated, so that no other writer's change is lost. Returns the
  // account as stored now. Errors: unavailable if it keeps changing.
  Task<Account> edit_config(std::string account, settings::ConfigEdit edit);
  Task<> set_account_state(std::string account, std::string state);
  Task<HostUser> user(std::string id);

  Task<std::vector<HostCalendar>> calendars(std::string account);  // "" = of all accounts
  // Creates or updates a calendar, ignoring its id and state. Returns the id.
  Task<std::string> put_calendar(HostCalendar calendar);
  Task<> set_calendar_state(std::string calendar, std::string state);
  Task<> set_default_calendar(std::string user, std::string calendar);
  Task<std::string> own_calendar(std::string user);

  // One page of the calendar's feed after `cursor`, "" for the start.
  Task<base::Json> event_changes(std::string calendar, std::string cursor);
  // Any number of ids; read in batches.
  Task<std::vector<base::Json>> events(std::vector<std::string> ids);
  // Applies any number of operations in batches and settles them. Returns the results in order.
  Task<std::vector<base::Json>> apply(std::int64_t fence, std::vector<base::Json> operations);
  // One page of the feed of changed records. Errors: gone if the cursor has expired.
  Task<base::Json> contact_changes(std::string cursor);

  // crm.mailer/0. Errors of each: unavailable if the host has none.
  Task<base::Json> mailer_info();
  Task<std::vector<base::Json>> submit_mails(std::int64_t fence, base::Json batch);
  Task<std::vector<base::Json>> withdraw_mails(std::int64_t fence, std::vector<std::string> keys);
  // One page of the feed of changed messages. Errors: gone if the cursor has expired.
  Task<base::Json> mail_changes(std::string cursor);

  // crm.tasks/0; at_ms in milliseconds since 1970, 0 = immediately.
  Task<> schedule(std::string key, std::int64_t at_ms);

  const HostServices& services() const { return host_; }
  store::BlockingExecutor& blocking() { return blocking_; }

 private:
  Task<base::Json> document(std::function<Result<std::string>()> call);
  Task<> work(std::function<Result<>()> call);

  const HostServices& host_;
  store::BlockingExecutor& blocking_;
};

}  // namespace gcal::plugin
