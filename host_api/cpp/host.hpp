// Typed views of the host's services for plugins written in C++. Each function calls the function
// of the same name in host_api/services, whose header documents arguments, errors and thread. A
// view is two pointers and may be copied; it must not be used after destroy began. Documents stay
// JSON text, so that a plugin can use any JSON library.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "host_api/cpp/abi.hpp"
#include "host_api/services/accounts.h"
#include "host_api/services/calendars.h"
#include "host_api/services/clock.h"
#include "host_api/services/contacts.h"
#include "host_api/services/events.h"
#include "host_api/services/host_info.h"
#include "host_api/services/log.h"
#include "host_api/services/mailer.h"
#include "host_api/services/options.h"
#include "host_api/services/secrets.h"
#include "host_api/services/sql.h"
#include "host_api/services/tasks.h"
#include "host_api/services/users.h"

namespace crm {

// What all views share: the host and the table of its service.
template <class Table>
class Service {
 public:
  using TableType = Table;
  Service(const crm_host* host, const Table* table) : host_(host), table_(table) {}

 protected:
  const crm_host* host_;
  const Table* table_;
};

// crm.log/0
class Log : public Service<crm_log_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_LOG;
  void write(int level, std::string_view event, std::string_view fields) const noexcept {
    table_->write(host_, level, to_abi(event), to_abi(fields));
  }
  bool enabled(int level) const noexcept { return table_->enabled(host_, level) != 0; }
};

// crm.clock/0, or the clocks of the machine where the host has none.
class Clock : public Service<crm_clock_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_CLOCK;
  std::int64_t wall() const noexcept {
    return table_ ? table_->wall(host_) : since_epoch<std::chrono::system_clock>();
  }
  std::int64_t monotonic_ms() const noexcept {
    return table_ ? table_->monotonic_ms(host_) : since_epoch<std::chrono::steady_clock>();
  }

 private:
  template <class Source>
  static std::int64_t since_epoch() noexcept {
    const auto now = Source::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  }
};

// crm.secrets/0
class Secrets : public Service<crm_secrets_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_SECRETS;
  Result<std::string> get(std::string_view key) const {
    return call_for_text(table_->get, host_, to_abi(key));
  }
  Result<> put(std::string_view key, std::string_view value) const {
    return call(table_->put, host_, to_abi(key), to_abi(value));
  }
  Result<> erase(std::string_view key) const { return call(table_->erase, host_, to_abi(key)); }
  Result<> put_if(std::string_view key, std::string_view expected, std::string_view value) const {
    return call(table_->put_if, host_, to_abi(key), to_abi(expected), to_abi(value));
  }
  Result<std::string> list(std::string_view prefix) const {
    return call_for_text(table_->list, host_, to_abi(prefix));
  }
};

// The detail of a conflict that no repetition can mend: the status was CRM_FENCED.
inline constexpr std::string_view kFenced = "fenced";

// call() for crm.sql/0, whose CRM_FENCED becomes a conflict with the detail kFenced.
template <class Function, class... Args>
Result<> call_sql(Function function, Args... args) {
  crm_error error;
  error.message[0] = '\0';
  const crm_status status = function(args..., &error);
  if (status == CRM_OK) return {};
  error.message[sizeof error.message - 1] = '\0';
  Error failure{status == CRM_FENCED ? Code::conflict : to_code(status),
                error.message[0] ? error.message : "the host gave no reason",
                {}};
  if (status == CRM_FENCED) failure.detail = kFenced;
  return failure;
}

// One transaction of crm.sql/0. Rolls back when it is destroyed without a commit. [one thread]
class Transaction {
 public:
  using Row = std::function<void(std::span<const crm_value>)>;

  Transaction(const crm_sql_0* table, crm_tx* tx) : table_(table), tx_(tx) {}
  Transaction(Transaction&& other) noexcept
      : table_(other.table_), tx_(std::exchange(other.tx_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction() {
    if (tx_) table_->rollback(tx_);
  }

  // Runs one statement and calls `row` for each row of its result; the values are borrowed during
  // the call. An exception of `row` is thrown again once the host has returned.
  Result<> exec(std::string_view sql, std::span<const crm_value> args, const Row& row = {}) {
    struct Context {
      const Row& row;
      std::exception_ptr thrown;
    } context{row, nullptr};
    const auto forward = [](void* ctx, const crm_value* values, std::size_t count) noexcept {
      auto* c = static_cast<Context*>(ctx);
      if (c->thrown) return;
      try {
        c->row({values, count});
      } catch (...) {
        c->thrown = std::current_exception();  // must not unwind through the host
      }
    };
    void (*const callback)(void*, const crm_value*, std::size_t) noexcept = forward;
    auto result = call_sql(table_->exec, tx_, to_abi(sql), args.data(), args.size(),
                           row ? callback : nullptr, static_cast<void*>(&context));
    if (context.thrown) std::rethrow_exception(context.thrown);
    return result;
  }
  // Runs one statement and answers how many rows it changed.
  Result<std::int64_t> run(std::string_view sql, std::span<const crm_value> args) {
    std::int64_t changed = 0;
    auto done = call_sql(table_->run, tx_, to_abi(sql), args.data(), args.size(), &changed);
    if (!done) return std::move(done).error();
    return changed;
  }
  // Runs one statement for each `count` of the arguments and answers how many rows that changed.
  // invalid: the arguments are no multiple of count.
  Result<std::int64_t> run_many(std::string_view sql, std::span<const crm_value> args,
                                std::size_t count) {
    if (count == 0 || args.size() % count != 0)
      return Error{Code::invalid, "run_many: whole rows of arguments are expected", {}};
    std::int64_t changed = 0;
    auto done = call_sql(table_->run_many, tx_, to_abi(sql), args.data(), count,
                         args.size() / count, &changed);
    if (!done) return std::move(done).error();
    return changed;
  }
  // Ends the transaction, also when it fails.
  Result<> commit() { return call_sql(table_->commit, std::exchange(tx_, nullptr)); }

 private:
  const crm_sql_0* table_;
  crm_tx* tx_;
};

// crm.sql/0
class Sql : public Service<crm_sql_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_SQL;
  int dialect() const noexcept { return table_->dialect(host_); }
  Result<Transaction> begin(int mode, std::int64_t fence) const {
    crm_tx* tx = nullptr;
    CRM_TRY_VOID(call(table_->begin, host_, static_cast<std::int32_t>(mode), fence, &tx));
    return Transaction(table_, tx);
  }
  Result<Transaction> begin_run(int mode, std::string_view key, std::int64_t fence) const {
    crm_tx* tx = nullptr;
    auto begun = call_sql(table_->begin_run, host_, static_cast<std::int32_t>(mode), to_abi(key),
                          fence, &tx);
    if (!begun) return std::move(begun).error();
    return Transaction(table_, tx);
  }
};

// crm.accounts/0
class Accounts : public Service<crm_accounts_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_ACCOUNTS;
  Result<std::string> list() const { return call_for_text(table_->list, host_); }
  Result<std::string> get(std::string_view id) const {
    return call_for_text(table_->get, host_, to_abi(id));
  }
  Result<> put_config(std::string_view id, std::string_view config) const {
    return call(table_->put_config, host_, to_abi(id), to_abi(config));
  }
  Result<> set_state(std::string_view id, std::string_view state) const {
    return call(table_->set_state, host_, to_abi(id), to_abi(state));
  }
  Result<> set_health(std::string_view id, std::string_view health) const {
    return call(table_->set_health, host_, to_abi(id), to_abi(health));
  }
  Result<std::string> user(std::string_view id) const {
    return call_for_text(table_->user, host_, to_abi(id));
  }
  Result<> put_config_if(std::string_view id, std::string_view revision,
                         std::string_view config) const {
    return call(table_->put_config_if, host_, to_abi(id), to_abi(revision), to_abi(config));
  }
};

// crm.calendars/0
class Calendars : public Service<crm_calendars_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_CALENDARS;
  Result<std::string> list(std::string_view account) const {
    return call_for_text(table_->list, host_, to_abi(account));
  }
  Result<std::string> put(std::string_view calendar) const {
    return call_for_text(table_->put, host_, to_abi(calendar));
  }
  Result<> set_state(std::string_view id, std::string_view state) const {
    return call(table_->set_state, host_, to_abi(id), to_abi(state));
  }
  Result<> set_default(std::string_view user, std::string_view id) const {
    return call(table_->set_default, host_, to_abi(user), to_abi(id));
  }
  Result<std::string> own(std::string_view user) const {
    return call_for_text(table_->own, host_, to_abi(user));
  }
};

// crm.events/0
class Events : public Service<crm_events_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_EVENTS;
  Result<std::string> changes(std::string_view calendar, std::string_view cursor,
                              std::uint32_t limit) const {
    return call_for_text(table_->changes, host_, to_abi(calendar), to_abi(cursor), limit);
  }
  Result<std::string> get(std::string_view ids) const {
    return call_for_text(table_->get, host_, to_abi(ids));
  }
  Result<std::string> apply(std::int64_t fence, std::string_view operations) const {
    return call_for_text(table_->apply, host_, fence, to_abi(operations));
  }
  Result<> settle(std::string_view op_ids) const {
    return call(table_->settle, host_, to_abi(op_ids));
  }
};

// crm.contacts/0
class Contacts : public Service<crm_contacts_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_CONTACTS;
  Result<std::string> find_by_email(std::string_view user, std::string_view addresses) const {
    return call_for_text(table_->find_by_email, host_, to_abi(user), to_abi(addresses));
  }
  Result<std::string> changes(std::string_view cursor, std::uint32_t limit) const {
    return call_for_text(table_->changes, host_, to_abi(cursor), limit);
  }
};

// crm.tasks/0
class Tasks : public Service<crm_tasks_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_TASKS;
  Result<> schedule(std::string_view key, std::int64_t at, std::string_view payload) const {
    return call(table_->schedule, host_, to_abi(key), at, to_abi(payload));
  }
  Result<> cancel(std::string_view key) const { return call(table_->cancel, host_, to_abi(key)); }
  Result<> reschedule(std::string_view key, std::int64_t at, std::string_view payload) const {
    return call(table_->reschedule, host_, to_abi(key), at, to_abi(payload));
  }
  Result<std::string> list(std::string_view prefix) const {
    return call_for_text(table_->list, host_, to_abi(prefix));
  }
};

// crm.users/0
class Users : public Service<crm_users_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_USERS;
  Result<std::string> get(std::string_view user) const {
    return call_for_text(table_->get, host_, to_abi(user));
  }
  Result<std::string> list() const { return call_for_text(table_->list, host_); }
};

// crm.host_info/0
class HostInfo : public Service<crm_host_info_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_HOST_INFO;
  Result<std::string> info() const { return call_for_text(table_->info, host_); }
  Result<std::string> url_of(std::string_view route) const {
    return call_for_text(table_->url_of, host_, to_abi(route));
  }
};

// crm.mailer/0
class Mailer : public Service<crm_mailer_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_MAILER;
  Result<std::string> info() const { return call_for_text(table_->info, host_); }
  Result<std::string> submit(std::int64_t fence, std::string_view batch) const {
    return call_for_text(table_->submit, host_, fence, to_abi(batch));
  }
  Result<std::string> withdraw(std::int64_t fence, std::string_view keys) const {
    return call_for_text(table_->withdraw, host_, fence, to_abi(keys));
  }
  Result<std::string> changes(std::string_view cursor, std::uint32_t limit) const {
    return call_for_text(table_->changes, host_, to_abi(cursor), limit);
  }
  Result<std::string> preview(std::string_view batch) const {
    return call_for_text(table_->preview, host_, to_abi(batch));
  }
  Result<> test(std::string_view user) const { return call(table_->test, host_, to_abi(user)); }
};

// crm.options/0
class Options : public Service<crm_options_0> {
 public:
  using Service::Service;
  static constexpr const char* kId = CRM_OPTIONS;
  Result<std::string> get(std::string_view key) const {
    return call_for_text(table_->get, host_, to_abi(key));
  }
};

// The host. Each function returns nullopt when the host does not offer the service. [any thread]
class Host {
 public:
  explicit Host(const crm_host* host) : host_(host) {}
  // service<Events>(), for every view above.
  template <class View>
  std::optional<View> service() const {
    const auto* table =
        static_cast<const typename View::TableType*>(host_->service(host_, View::kId));
    return table ? std::optional<View>(View(host_, table)) : std::nullopt;
  }
  std::optional<Log> log() const { return service<Log>(); }
  std::optional<Clock> clock() const { return service<Clock>(); }
  // The host's clock, or the machine's.
  Clock clock_or_machine() const { return clock().value_or(Clock(host_, nullptr)); }
  std::optional<Secrets> secrets() const { return service<Secrets>(); }
  std::optional<Sql> sql() const { return service<Sql>(); }
  std::optional<Accounts> accounts() const { return service<Accounts>(); }
  std::optional<Users> users() const { return service<Users>(); }
  std::optional<Calendars> calendars() const { return service<Calendars>(); }
  std::optional<Events> events() const { return service<Events>(); }
  std::optional<Contacts> contacts() const { return service<Contacts>(); }
  std::optional<Tasks> tasks() const { return service<Tasks>(); }
  std::optional<Mailer> mailer() const { return service<Mailer>(); }
  std::optional<Options> options() const { return service<Options>(); }
  std::optional<HostInfo> host_info() const { return service<HostInfo>(); }

 private:
  const crm_host* host_;
};

}  // namespace crm
