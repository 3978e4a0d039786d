// crm.sql/0: transactions of a plugin on its own database. A failed statement ends its transaction
// on both engines, so that a plugin never commits half of what it meant.
#include <optional>
#include <thread>
#include <vector>

#include "host_api/cpp/abi.hpp"
#include "src/hosting/services/plugin_host.hpp"
#include "src/hosting/services/service_tables.hpp"
#include "src/hosting/storage/guest_statement.hpp"

struct crm_tx {
  crm_tx(const hosting::PluginHost& owner, std::int64_t number, std::optional<std::string> of_key)
      : host(owner), fence(number), key(std::move(of_key)) {}
  crm_tx(const crm_tx&) = delete;
  crm_tx& operator=(const crm_tx&) = delete;
  ~crm_tx() {
    writer.reset();  // before another transaction of this thread may begin
    reader.reset();
    host.leave_transaction(thread);
  }

  hosting::Connection& connection() { return writer ? writer->connection() : reader->connection(); }

  const hosting::PluginHost& host;
  std::int64_t fence = 0;
  std::optional<std::string> key;  // of begin_run, whose fence counts for it alone
  std::thread::id thread = std::this_thread::get_id();
  std::optional<hosting::Database::Writer> writer;
  std::optional<hosting::Database::Reader> reader;
  std::optional<gcal::Error> failed;  // of the first statement that failed
};

namespace hosting {
namespace {

using EachRow = void (*)(void*, const crm_value*, std::size_t) noexcept;

Result<Value> argument_of(const crm_value& value, std::size_t number) {
  const std::string_view bytes = crm::from_abi(value.text);
  switch (value.type) {
    case CRM_SQL_NULL: return Value();
    case CRM_SQL_INTEGER: return Value(value.integer);
    case CRM_SQL_REAL: return Value(value.real);
    case CRM_SQL_BLOB: return Value(Blob{bytes});
    case CRM_SQL_TEXT: TRY_VOID(check_guest_text(bytes, number)); return Value(bytes);
    default:
      return Error{
          Code::invalid, "argument " + std::to_string(number) + " has an unknown type", {}};
  }
}

// Of `rows` times `count` arguments.
Result<std::vector<Value>> arguments_of(const crm_value* args, std::size_t count,
                                        std::size_t rows = 1) {
  if (count > 0 && rows > 0 && !args)
    return Error{Code::invalid, "arguments were counted but not passed", {}};
  std::vector<Value> values;
  values.reserve(count * rows);
  for (std::size_t i = 0; i < count * rows; ++i) {
    TRY(values.emplace_back(), argument_of(args[i], i % count + 1));
  }
  return values;
}

crm_value to_abi(const Value& value) {
  crm_value out{CRM_SQL_NULL, 0, 0, {nullptr, 0}};
  switch (value.type) {
    case Value::Type::null: break;
    case Value::Type::integer: out.type = CRM_SQL_INTEGER, out.integer = value.integer; break;
    case Value::Type::real: out.type = CRM_SQL_REAL, out.real = value.real; break;
    case Value::Type::text: out.type = CRM_SQL_TEXT, out.text = crm::to_abi(value.text); break;
    case Value::Type::blob: out.type = CRM_SQL_BLOB, out.text = crm::to_abi(value.text); break;
  }
  return out;
}

Result<> exec_one(Connection& connection, std::string_view sql, std::span<const Value> arguments,
                  EachRow row, void* ctx) {
  std::vector<crm_value> values;
  std::size_t size = 0;
  const auto each = [&](const Row& current) -> Result<bool> {
    values.clear();
    for (const Value& value : current.values()) {
      size += sizeof(crm_value) + value.text.size();
      if (row) values.push_back(to_abi(value));
    }
    if (size > kMaxGuestResult) return result_too_large();
    if (row) row(ctx, values.data(), values.size());
    return true;
  };
  return connection.exec_guest(sql, arguments, OnRow(each));
}

// What every statement has in common: it belongs to the thread of begin, and the first failure is
// that of the whole transaction.
template <class Statements>
Result<> inside(crm_tx* tx, Statements&& statements) {
  if (!tx) return Error{Code::invalid, "there is no transaction", {}};
  if (tx->thread != std::this_thread::get_id())
    return Error{Code::invalid, "a transaction stays on the thread that began it", {}};
  if (tx->failed)
    return Error{tx->failed->code,
                 "an earlier statement of this transaction failed: " + tx->failed->message,
                 {}};
  auto done = statements(tx->connection());
  if (!done) tx->failed = done.error();
  return done;
}

// Runs `act` while the transaction's fence is current.
Result<> while_current(const crm_tx& tx, const std::function<Result<>()>& act) {
  const Tasks& tasks = tx.host.context().tasks();
  return tx.key ? tasks.while_current(tx.host.plugin(), *tx.key, tx.fence, act)
                : tasks.while_current(tx.host.plugin(), tx.fence, act);
}

Result<> open(const crm_host* host, std::int32_t mode, std::int64_t fence,
              std::optional<std::string> key, crm_tx** out) {
  if (!out || (mode != CRM_SQL_READ && mode != CRM_SQL_WRITE))
    return Error{Code::invalid, "mode: CRM_SQL_READ or CRM_SQL_WRITE", {}};
  const PluginHost& self = PluginHost::of(host);
  TRY(Database * database, self.plugin_database());
  if (!self.enter_transaction())
    return Error{Code::invalid, "this thread has a transaction already: end it first", {}};
  auto tx = std::make_unique<crm_tx>(self, fence, std::move(key));
  // The queue for the writer may be long: a stale run need not stand in it. What counts is the
  // check at commit.
  TRY_VOID(while_current(*tx, [] { return Result<>(); }));
  if (mode == CRM_SQL_WRITE)
    TRY_VOID(tx->writer.emplace(*database).begin());
  else
    TRY_VOID(tx->reader.emplace(*database).begin());
  *out = tx.release();
  return {};
}

// A stale fence of begin_run has a status of its own, because no repetition can mend it.
template <class Act>
crm_status guard_run(bool keyed, crm_error* error, Act&& act) {
  bool fenced = false;
  const crm_status status = crm::guard(error, [&]() -> Result<> {
    auto done = act();
    fenced = !done && keyed && done.error().detail == kFenced;
    return done;
  });
  return fenced ? static_cast<crm_status>(CRM_FENCED) : status;
}

std::int32_t dialect(const crm_host* host) noexcept {
  return PluginHost::of(host).context().database().dialect() == Dialect::sqlite
             ? CRM_SQL_SQLITE
             : CRM_SQL_POSTGRESQL;
}

crm_status begin(const crm_host* host, std::int32_t mode, std::int64_t fence, crm_tx** out,
                 crm_error* error) noexcept {
  return crm::guard(error, [&] { return open(host, mode, fence, std::nullopt, out); });
}

crm_status exec(crm_tx* tx, crm_str sql, const crm_value* args, std::size_t count, EachRow row,
                void* ctx, crm_error* error) noexcept {
  return crm::guard(error, [&] {
    return inside(tx, [&](Connection& connection) -> Result<> {
      TRY(const std::vector<Value> values, arguments_of(args, count));
      return exec_one(connection, crm::from_abi(sql), values, row, ctx);
    });
  });
}

crm_status commit(crm_tx* raw, crm_error* error) noexcept {
  const std::unique_ptr<crm_tx> tx(raw);  // its end rolls back what was not committed
  return guard_run(tx && tx->key, error, [&]() -> Result<> {
    if (!tx) return Error{Code::invalid, "there is no transaction", {}};
    if (tx->failed)
      return Error{tx->failed->code,
                   "nothing was written, because a statement failed: " + tx->failed->message,
                   {}};
    if (!tx->writer) return {};
    return while_current(*tx, [&] { return tx->writer->commit(); });
  });
}

void rollback(crm_tx* tx) noexcept {
  delete tx;
}

crm_status begin_run(const crm_host* host, std::int32_t mode, crm_str key, std::int64_t fence,
                     crm_tx** out, crm_error* error) noexcept {
  return guard_run(true, error,
                   [&] { return open(host, mode, fence, std::string(crm::from_abi(key)), out); });
}

crm_status run_many(crm_tx* tx, crm_str sql, const crm_value* args, std::size_t count,
                    std::size_t rows, std::int64_t* changed, crm_error* error) noexcept {
  return crm::guard(error, [&] {
    return inside(tx, [&](Connection& connection) -> Result<> {
      TRY(const std::vector<Value> values, arguments_of(args, count, rows));
      TRY(const std::int64_t sum,
          connection.exec_guest_many(crm::from_abi(sql), values, count, rows));
      if (changed) *changed = sum;
      return {};
    });
  });
}

crm_status run(crm_tx* tx, crm_str sql, const crm_value* args, std::size_t count,
               std::int64_t* changed, crm_error* error) noexcept {
  return run_many(tx, sql, args, count, 1, changed, error);
}

}  // namespace

constexpr crm_sql_0 kSqlTable{&dialect,  &begin,     &exec, &commit,
                              &rollback, &begin_run, &run,  &run_many};

}  // namespace hosting
