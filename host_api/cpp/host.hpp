// Typed views of the host's services for plugins written in C++. Each function calls the function
// of the same name in host_api/services, whose header documents arguments, errors and thread. A
// view is two pointers and may be copied; it must not be used after destroy began. Documents stay
// JSON text, so that a plugin can use any JSON library.
#pragma once

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
#include "host_api/services/log.h"
#include "host_api/services/mailer.h"
#include "host_api/services/options.h"
#include "host_api/services/secrets.h"
#include "host_api/services/sql.h"
#include "host_api/services/tasks.h"

namespace crm {

// What all views share: the host and the table of its service.
template <class Table>
class Service {
 public:
  Service(const crm_host* host, const Table* table) : host_(host), table_(table) {}

 protected:
  const crm_host* host_;
  const Table* table_;
};

// crm.log/0
class Log : public Service<crm_log_0> {
 public:
  using Service::Service;
  void write(int level, std::string_view event, std::string_view fields) const noexcept {
    table_->write(host_, level, to_abi(event), to_abi(fields));
  }
};

// crm.clock/0
class Clock : public Service<crm_clock_0> {
 public:
  using Service::Service;
  std::int64_t wall() const noexcept { return table_->wall(host_); }
  std::int64_t monotonic_ms() const noexcept { return table_->monotonic_ms(host_); }
};

// crm.secrets/0
class Secrets : public Service<crm_secrets_0> {
 public:
  using Service::Service;
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
};

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
    auto result = call(table_->exec, tx_, to_abi(sql), args.data(), args.size(),
                       row ? callback : nullptr, static_cast<void*>(&context));
    if (context.thrown) std::rethrow_exception(context.thrown);
    return result;
  }
  // Ends the transaction, also when it fails.
  Result<> commit() { return call(table_->commit, std::exchange(tx_, nullptr)); }

 private:
  const crm_sql_0* table_;
  crm_tx* tx_;
};

// crm.sql/0
class Sql : public Service<crm_sql_0> {
 public:
  using Service::Service;
  int dialect() const noexcept { return table_->dialect(host_); }
  Result<Transaction> begin(int mode, std::int64_t fence) const {
    crm_tx* tx = nullptr;
    TRY_VOID(call(table_->begin, host_, static_cast<std::int32_t>(mode), fence, &tx));
    return Transaction(table_, tx);
  }
};

// crm.accounts/0
class Accounts : public Service<crm_accounts_0> {
 public:
  using Service::Service;
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
  Result<> schedule(std::string_view key, std::int64_t at, std::string_view payload) const {
    return call(table_->schedule, host_, to_abi(key), at, to_abi(payload));
  }
  Result<> cancel(std::string_view key) const { return call(table_->cancel, host_, to_abi(key)); }
};

// crm.mailer/0
class Mailer : public Service<crm_mailer_0> {
 public:
  using Service::Service;
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
  Result<std::string> get(std::string_view key) const {
    return call_for_text(table_->get, host_, to_abi(key));
  }
};

// The host. Each function returns nullopt when the host does not offer the service. [any thread]
class Host {
 public:
  explicit Host(const crm_host* host) : host_(host) {}
  std::optional<Log> log() const { return view<Log, crm_log_0>(CRM_LOG); }
  std::optional<Clock> clock() const { return view<Clock, crm_clock_0>(CRM_CLOCK); }
  std::optional<Secrets> secrets() const { return view<Secrets, crm_secrets_0>(CRM_SECRETS); }
  std::optional<Sql> sql() const { return view<Sql, crm_sql_0>(CRM_SQL); }
  std::optional<Accounts> accounts() const { return view<Accounts, crm_accounts_0>(CRM_ACCOUNTS); }
  std::optional<Calendars> calendars() const {
    return view<Calendars, crm_calendars_0>(CRM_CALENDARS);
  }
  std::optional<Events> events() const { return view<Events, crm_events_0>(CRM_EVENTS); }
  std::optional<Contacts> contacts() const { return view<Contacts, crm_contacts_0>(CRM_CONTACTS); }
  std::optional<Tasks> tasks() const { return view<Tasks, crm_tasks_0>(CRM_TASKS); }
  std::optional<Mailer> mailer() const { return view<Mailer, crm_mailer_0>(CRM_MAILER); }
  std::optional<Options> options() const { return view<Options, crm_options_0>(CRM_OPTIONS); }

 private:
  template <class View, class Table>
  std::optional<View> view(const char* id) const {
    const auto* table = static_cast<const Table*>(host_->service(host_, id));
    return table ? std::optional<View>(View(host_, table)) : std::nullopt;
  }
  const crm_host* host_;
};

}  // namespace crm
