// The C tables of the fake host: each function finds its Host by a cast, applies the faults of the
// test, and calls the part of the host that implements it. Included by fakes.hpp only. The
// functions may be called on any thread; no exception leaves them.
#pragma once

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
#include "host_api/testing/fakes.hpp"

namespace crm::fakes::tables {

// The object behind a plugin's crm_tx*. It is not crm_tx itself, which another host in the same
// program may define.
struct OpenTransaction {
  Host& host;
  std::unique_ptr<Sql::Transaction> transaction;

  static OpenTransaction& of(crm_tx* tx) { return *reinterpret_cast<OpenTransaction*>(tx); }
};

// Calls f, which returns a Result, unless the test set a fault; a lost answer is lost after f.
template <class F>
auto faulty(Host& host, const char* service, const char* function, F&& f) -> decltype(f()) {
  host.enter(service, function);
  Faults::Verdict verdict = host.faults.next(service, function);
  if (verdict.error && !verdict.after_effect) return *std::move(verdict.error);
  auto result = f();
  if (verdict.error && result) return *std::move(verdict.error);
  return result;
}

template <class F>
crm_status status(const crm_host* h, const char* service, const char* function, crm_error* error,
                  F&& f) noexcept {
  return guard(error, [&] {
    return faulty(Host::of(h), service, function, [&]() -> Result<> { return f(Host::of(h)); });
  });
}

template <class F>
crm_status text(const crm_host* h, const char* service, const char* function, crm_sink sink,
                crm_error* error, F&& f) noexcept {
  return guard_into(sink, error, [&] {
    return faulty(Host::of(h), service, function,
                  [&]() -> Result<std::string> { return f(Host::of(h)); });
  });
}

inline constexpr crm_log_0 kLog{
    [](const crm_host* h, std::int32_t level, crm_str event, crm_str fields) noexcept {
      try {
        Host::of(h).enter(CRM_LOG, "write");
        Host::of(h).log.write(level, from_abi(event), from_abi(fields));
      } catch (...) {  // out of memory, which log.write cannot report
      }
    },
    [](const crm_host* h, std::int32_t level) noexcept {
      return static_cast<std::int32_t>(Host::of(h).log.enabled(level));
    }};

inline constexpr crm_clock_0 kClock{
    [](const crm_host* h) noexcept { return Host::of(h).clock.wall(); },
    [](const crm_host* h) noexcept { return Host::of(h).clock.monotonic_ms(); }};

inline constexpr crm_secrets_0 kSecrets{
    [](const crm_host* h, crm_str key, crm_sink value, crm_error* e) noexcept {
      return text(h, CRM_SECRETS, "get", value, e,
                  [&](Host& host) { return host.secrets.get(from_abi(key)); });
    },
    [](const crm_host* h, crm_str key, crm_str value, crm_error* e) noexcept {
      return status(h, CRM_SECRETS, "put", e,
                    [&](Host& host) { return host.secrets.put(from_abi(key), from_abi(value)); });
    },
    [](const crm_host* h, crm_str key, crm_error* e) noexcept {
      return status(h, CRM_SECRETS, "erase", e,
                    [&](Host& host) { return host.secrets.erase(from_abi(key)); });
    },
    [](const crm_host* h, crm_str key, crm_str expected, crm_str value, crm_error* e) noexcept {
      return status(h, CRM_SECRETS, "put_if", e, [&](Host& host) {
        return host.secrets.put_if(from_abi(key), from_abi(expected), from_abi(value));
      });
    },
    [](const crm_host* h, crm_str prefix, crm_sink keys, crm_error* e) noexcept {
      return text(h, CRM_SECRETS, "list", keys, e,
                  [&](Host& host) { return host.secrets.list(from_abi(prefix)); });
    }};

inline constexpr crm_options_0 kOptions{
    [](const crm_host* h, crm_str key, crm_sink value, crm_error* e) noexcept {
      return text(h, CRM_OPTIONS, "get", value, e,
                  [&](Host& host) { return host.options.get(from_abi(key)); });
    }};

inline constexpr crm_accounts_0 kAccounts{
    [](const crm_host* h, crm_sink accounts, crm_error* e) noexcept {
      return text(h, CRM_ACCOUNTS, "list", accounts, e,
                  [&](Host& host) { return host.accounts.list(); });
    },
    [](const crm_host* h, crm_str id, crm_sink account, crm_error* e) noexcept {
      return text(h, CRM_ACCOUNTS, "get", account, e,
                  [&](Host& host) { return host.accounts.get(from_abi(id)); });
    },
    [](const crm_host* h, crm_str id, crm_str config, crm_error* e) noexcept {
      return status(h, CRM_ACCOUNTS, "put_config", e, [&](Host& host) {
        return host.accounts.put_config(from_abi(id), from_abi(config));
      });
    },
    [](const crm_host* h, crm_str id, crm_str state, crm_error* e) noexcept {
      return status(h, CRM_ACCOUNTS, "set_state", e, [&](Host& host) {
        return host.accounts.set_state(from_abi(id), from_abi(state));
      });
    },
    [](const crm_host* h, crm_str id, crm_str health, crm_error* e) noexcept {
      return status(h, CRM_ACCOUNTS, "set_health", e, [&](Host& host) {
        return host.accounts.set_health(from_abi(id), from_abi(health));
      });
    },
    [](const crm_host* h, crm_str user, crm_sink document, crm_error* e) noexcept {
      return text(h, CRM_ACCOUNTS, "user", document, e,
                  [&](Host& host) { return host.accounts.user(from_abi(user)); });
    },
    [](const crm_host* h, crm_str id, crm_str revision, crm_str config, crm_error* e) noexcept {
      return status(h, CRM_ACCOUNTS, "put_config_if", e, [&](Host& host) {
        return host.accounts.put_config_if(from_abi(id), from_abi(revision), from_abi(config));
      });
    }};

inline constexpr crm_calendars_0 kCalendars{
    [](const crm_host* h, crm_str account, crm_sink calendars, crm_error* e) noexcept {
      return text(h, CRM_CALENDARS, "list", calendars, e,
                  [&](Host& host) { return host.calendars.list(from_abi(account)); });
    },
    [](const crm_host* h, crm_str calendar, crm_sink id, crm_error* e) noexcept {
      return text(h, CRM_CALENDARS, "put", id, e,
                  [&](Host& host) { return host.calendars.put(from_abi(calendar)); });
    },
    [](const crm_host* h, crm_str calendar, crm_str state, crm_error* e) noexcept {
      return status(h, CRM_CALENDARS, "set_state", e, [&](Host& host) {
        return host.calendars.set_state(from_abi(calendar), from_abi(state));
      });
    },
    [](const crm_host* h, crm_str user, crm_str calendar, crm_error* e) noexcept {
      return status(h, CRM_CALENDARS, "set_default", e, [&](Host& host) {
        return host.calendars.set_default(from_abi(user), from_abi(calendar));
      });
    },
    [](const crm_host* h, crm_str user, crm_sink id, crm_error* e) noexcept {
      return text(h, CRM_CALENDARS, "own", id, e,
                  [&](Host& host) { return host.calendars.own(from_abi(user)); });
    }};

inline constexpr crm_contacts_0 kContacts{
    [](const crm_host* h, crm_str user, crm_str addresses, crm_sink found, crm_error* e) noexcept {
      return text(h, CRM_CONTACTS, "find_by_email", found, e, [&](Host& host) {
        return host.contacts.find_by_email(from_abi(user), from_abi(addresses));
      });
    },
    [](const crm_host* h, crm_str cursor, std::uint32_t limit, crm_sink page,
       crm_error* e) noexcept {
      return text(h, CRM_CONTACTS, "changes", page, e,
                  [&](Host& host) { return host.contacts.changes(from_abi(cursor), limit); });
    }};

inline constexpr crm_events_0 kEvents{
    [](const crm_host* h, crm_str calendar, crm_str cursor, std::uint32_t limit, crm_sink page,
       crm_error* e) noexcept {
      return text(h, CRM_EVENTS, "changes", page, e, [&](Host& host) {
        return host.events.changes(from_abi(calendar), from_abi(cursor), limit);
      });
    },
    [](const crm_host* h, crm_str ids, crm_sink documents, crm_error* e) noexcept {
      return text(h, CRM_EVENTS, "get", documents, e,
                  [&](Host& host) { return host.events.get(from_abi(ids)); });
    },
    [](const crm_host* h, std::int64_t fence, crm_str operations, crm_sink results,
       crm_error* e) noexcept {
      return text(h, CRM_EVENTS, "apply", results, e,
                  [&](Host& host) { return host.events.apply(fence, from_abi(operations)); });
    },
    [](const crm_host* h, crm_str op_ids, crm_error* e) noexcept {
      return status(h, CRM_EVENTS, "settle", e,
                    [&](Host& host) { return host.events.settle(from_abi(op_ids)); });
    }};

inline constexpr crm_tasks_0 kTasks{
    [](const crm_host* h, crm_str key, std::int64_t at, crm_str payload, crm_error* e) noexcept {
      return status(h, CRM_TASKS, "schedule", e, [&](Host& host) {
        return host.tasks.schedule(from_abi(key), at, from_abi(payload));
      });
    },
    [](const crm_host* h, crm_str key, crm_error* e) noexcept {
      return status(h, CRM_TASKS, "cancel", e,
                    [&](Host& host) { return host.tasks.cancel(from_abi(key)); });
    },
    [](const crm_host* h, crm_str key, std::int64_t at, crm_str payload, crm_error* e) noexcept {
      return status(h, CRM_TASKS, "reschedule", e, [&](Host& host) {
        return host.tasks.reschedule(from_abi(key), at, from_abi(payload));
      });
    },
    [](const crm_host* h, crm_str prefix, crm_sink tasks, crm_error* e) noexcept {
      return text(h, CRM_TASKS, "list", tasks, e,
                  [&](Host& host) { return host.tasks.list(from_abi(prefix)); });
    }};

inline constexpr crm_users_0 kUsers{
    [](const crm_host* h, crm_str user, crm_sink document, crm_error* e) noexcept {
      return text(h, CRM_USERS, "get", document, e,
                  [&](Host& host) { return host.accounts.user(from_abi(user)); });
    },
    [](const crm_host* h, crm_sink users, crm_error* e) noexcept {
      return text(h, CRM_USERS, "list", users, e, [](Host& host) { return host.accounts.users(); });
    }};

inline constexpr crm_host_info_0 kHostInfo{
    [](const crm_host* h, crm_sink info, crm_error* e) noexcept {
      return text(h, CRM_HOST_INFO, "info", info, e,
                  [](Host& host) { return host.host_info.info(); });
    },
    [](const crm_host* h, crm_str route, crm_sink url, crm_error* e) noexcept {
      return text(h, CRM_HOST_INFO, "url_of", url, e,
                  [&](Host& host) { return host.host_info.url_of(from_abi(route)); });
    }};

inline constexpr crm_mailer_0 kMailer{
    [](const crm_host* h, crm_sink info, crm_error* e) noexcept {
      return text(h, CRM_MAILER, "info", info, e, [](Host& host) { return host.mailer.info(); });
    },
    [](const crm_host* h, std::int64_t fence, crm_str batch, crm_sink results,
       crm_error* e) noexcept {
      return text(h, CRM_MAILER, "submit", results, e,
                  [&](Host& host) { return host.mailer.submit(fence, from_abi(batch)); });
    },
    [](const crm_host* h, std::int64_t fence, crm_str keys, crm_sink results,
       crm_error* e) noexcept {
      return text(h, CRM_MAILER, "withdraw", results, e,
                  [&](Host& host) { return host.mailer.withdraw(fence, from_abi(keys)); });
    },
    [](const crm_host* h, crm_str cursor, std::uint32_t limit, crm_sink page,
       crm_error* e) noexcept {
      return text(h, CRM_MAILER, "changes", page, e,
                  [&](Host& host) { return host.mailer.changes(from_abi(cursor), limit); });
    },
    [](const crm_host* h, crm_str batch, crm_sink rendered, crm_error* e) noexcept {
      return text(h, CRM_MAILER, "preview", rendered, e,
                  [&](Host& host) { return host.mailer.preview(from_abi(batch)); });
    },
    [](const crm_host* h, crm_str user, crm_error* e) noexcept {
      return status(h, CRM_MAILER, "test", e,
                    [&](Host& host) { return host.mailer.test(from_abi(user)); });
    }};

inline void end(OpenTransaction& open) noexcept {
  const Lock lock(open.host.mutex());
  delete &open;
}

inline crm_status begin_run(const crm_host* h, std::int32_t mode, crm_str key, std::int64_t fence,
                            crm_tx** out, crm_error* e) noexcept {
  bool fenced = false;
  const crm_status answer = status(h, CRM_SQL, "begin_run", e, [&](Host& host) -> Result<> {
    auto transaction = host.sql.begin(mode, fence, std::string(from_abi(key)));
    if (!transaction) {
      fenced = transaction.error().code == Code::conflict;
      return std::move(transaction).error();
    }
    *out = reinterpret_cast<crm_tx*>(new OpenTransaction{host, *std::move(transaction)});
    return {};
  });
  return fenced ? static_cast<crm_status>(CRM_FENCED) : answer;
}

// The number of changed rows is the number of rows that the rule of the statement answers.
inline crm_status run_many(crm_tx* tx, crm_str sql, const crm_value* args, std::size_t count,
                           std::size_t rows, std::int64_t* changed, crm_error* e) noexcept {
  OpenTransaction& open = OpenTransaction::of(tx);
  return status(&open.host, CRM_SQL, "run_many", e, [&](Host& host) -> Result<> {
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      Sql::Statement statement{std::string(from_abi(sql)), {}};
      for (std::size_t i = 0; i < count; ++i)
        statement.args.push_back(Sql::from_abi_value(args[row * count + i]));
      const auto done = host.sql.exec(*open.transaction, std::move(statement));
      if (!done) return done.error();
      sum += static_cast<std::int64_t>(done->size());
    }
    if (changed) *changed = sum;
    return {};
  });
}

inline crm_status run_one(crm_tx* tx, crm_str sql, const crm_value* args, std::size_t count,
                          std::int64_t* changed, crm_error* e) noexcept {
  return run_many(tx, sql, args, count, 1, changed, e);
}

inline constexpr crm_sql_0 kSql{
    [](const crm_host*) noexcept { return static_cast<std::int32_t>(CRM_SQL_SQLITE); },
    [](const crm_host* h, std::int32_t mode, std::int64_t fence, crm_tx** out,
       crm_error* e) noexcept {
      return status(h, CRM_SQL, "begin", e, [&](Host& host) -> Result<> {
        CRM_TRY(auto transaction, host.sql.begin(mode, fence));
        *out = reinterpret_cast<crm_tx*>(new OpenTransaction{host, std::move(transaction)});
        return {};
      });
    },
    [](crm_tx* tx, crm_str sql, const crm_value* args, std::size_t count,
       void (*row)(void*, const crm_value*, std::size_t) noexcept, void* ctx,
       crm_error* e) noexcept {
      OpenTransaction& open = OpenTransaction::of(tx);
      return status(&open.host, CRM_SQL, "exec", e, [&](Host& host) -> Result<> {
        Sql::Statement statement{std::string(from_abi(sql)), {}};
        for (std::size_t i = 0; i < count; ++i)
          statement.args.push_back(Sql::from_abi_value(args[i]));
        CRM_TRY(const std::vector<SqlRow> rows,
                host.sql.exec(*open.transaction, std::move(statement)));
        for (const SqlRow& values : rows) {
          std::vector<crm_value> borrowed;
          for (const SqlValue& value : values) borrowed.push_back(Sql::to_abi_value(value));
          if (row) row(ctx, borrowed.data(), borrowed.size());
        }
        return {};
      });
    },
    [](crm_tx* tx, crm_error* e) noexcept {
      OpenTransaction& open = OpenTransaction::of(tx);
      const crm_status answer = status(&open.host, CRM_SQL, "commit", e, [&](Host& host) {
        return host.sql.commit(*open.transaction);
      });
      const bool fenced = answer == CRM_CONFLICT && open.host.sql.is_fenced(*open.transaction);
      end(open);
      return fenced ? static_cast<crm_status>(CRM_FENCED) : answer;
    },
    [](crm_tx* tx) noexcept { end(OpenTransaction::of(tx)); },
    &begin_run,
    &run_one,
    &run_many};

}  // namespace crm::fakes::tables

namespace crm::fakes {

inline Host::Host() : crm_host{CRM_ABI_MAJOR, CRM_ABI_MINOR, &find} {
  tables_ = {{CRM_LOG, &tables::kLog},           {CRM_CLOCK, &tables::kClock},
             {CRM_SECRETS, &tables::kSecrets},   {CRM_SQL, &tables::kSql},
             {CRM_ACCOUNTS, &tables::kAccounts}, {CRM_CALENDARS, &tables::kCalendars},
             {CRM_EVENTS, &tables::kEvents},     {CRM_CONTACTS, &tables::kContacts},
             {CRM_TASKS, &tables::kTasks},       {CRM_OPTIONS, &tables::kOptions},
             {CRM_MAILER, &tables::kMailer},     {CRM_USERS, &tables::kUsers},
             {CRM_HOST_INFO, &tables::kHostInfo}};
}

inline const void* Host::find(const crm_host* h, const char* id) noexcept {
  const Host& host = of(h);
  const Lock lock(host.mutex_);
  const auto found = host.tables_.find(std::string_view(id ? id : ""));
  return found == host.tables_.end() ? nullptr : found->second;
}

}  // namespace crm::fakes
