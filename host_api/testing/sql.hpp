// crm.sql/0 without a database: the test defines the result of each statement. A statement without
// a rule fails with UNAVAILABLE and its text, so that a plugin's start can be tested against a
// broken database. Used through crm::fakes::Host, on any thread. It does not interpret SQL: for a
// plugin whose rows matter, a test gives the host a real database with Host::offer(CRM_SQL,
// &its_table).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "host_api/cpp/abi.hpp"
#include "host_api/services/sql.h"
#include "host_api/testing/environment.hpp"
#include "host_api/testing/tasks.hpp"

namespace crm::fakes {

struct SqlBytes {
  std::string bytes;
  friend bool operator==(const SqlBytes&, const SqlBytes&) = default;
};
// NULL, INTEGER, REAL, TEXT or BLOB.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string, SqlBytes>;
using SqlRow = std::vector<SqlValue>;

class Sql {
 public:
  struct Statement {
    std::string text;
    SqlRow args;
  };
  using Answer = std::function<Result<std::vector<SqlRow>>(const Statement&)>;

  Sql(Mutex& mutex, const Tasks& tasks) : mutex_(mutex), tasks_(tasks) {}

  // --- the test ---
  // Each statement whose text contains `part` gets this result; the newest rule wins. The function
  // is called under the host's lock.
  void when(std::string part, Answer answer) {
    const Lock lock(mutex_);
    rules_.emplace_back(std::move(part), std::move(answer));
  }
  void when(std::string part, std::vector<SqlRow> rows) {
    when(
        std::move(part),
        [rows = std::move(rows)](const Statement&) -> Result<std::vector<SqlRow>> { return rows; });
  }
  // The statements of committed write transactions, in order.
  std::vector<Statement> committed() const {
    const Lock lock(mutex_);
    return committed_;
  }
  std::size_t open_transactions() const {
    const Lock lock(mutex_);
    return open_;
  }

  // --- crm.sql/0 ---
  class Transaction {
   public:
    Transaction(Sql& sql, std::int32_t mode, std::int64_t fence, std::optional<std::string> key)
        : sql_(sql), mode_(mode), fence_(fence), key_(std::move(key)) {
      ++sql_.open_;
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() { --sql_.open_; }

   private:
    friend class Sql;
    Sql& sql_;
    std::int32_t mode_;
    std::int64_t fence_;
    std::optional<std::string> key_;  // of begin_run
    std::vector<Statement> done_;
  };

  // key: of begin_run; a fence of begin counts for every key.
  Result<std::unique_ptr<Transaction>> begin(std::int32_t mode, std::int64_t fence,
                                             std::optional<std::string> key = std::nullopt) {
    if (mode != CRM_SQL_READ && mode != CRM_SQL_WRITE)
      return Error{Code::invalid, "mode: CRM_SQL_READ or CRM_SQL_WRITE", {}};
    const Lock lock(mutex_);
    if (key ? !tasks_.fence_is_current(*key, fence) : !tasks_.fence_is_current(fence))
      return stale();
    return std::make_unique<Transaction>(*this, mode, fence, std::move(key));
  }
  // Whether a newer run followed the run of this transaction of begin_run.
  bool is_fenced(const Transaction& transaction) const {
    const Lock lock(mutex_);
    return transaction.key_ && !tasks_.fence_is_current(*transaction.key_, transaction.fence_);
  }
  Result<std::vector<SqlRow>> exec(Transaction& transaction, Statement statement) {
    const Lock lock(mutex_);
    for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
      if (statement.text.find(rule->first) == std::string::npos) continue;
      auto rows = rule->second(statement);
      if (rows) transaction.done_.push_back(std::move(statement));
      return rows;
    }
    return Error{Code::unavailable,
                 "the fake database has no answer for: " + statement.text.substr(0, 150),
                 {}};
  }
  // The caller destroys the transaction afterwards, also on failure.
  Result<> commit(Transaction& transaction) {
    const Lock lock(mutex_);
    const bool current = transaction.key_
                             ? tasks_.fence_is_current(*transaction.key_, transaction.fence_)
                             : tasks_.fence_is_current(transaction.fence_);
    if (!current) return stale();
    if (transaction.mode_ == CRM_SQL_WRITE)
      for (Statement& statement : transaction.done_) committed_.push_back(std::move(statement));
    return {};
  }

  static SqlValue from_abi_value(const crm_value& value) {
    switch (value.type) {
      case CRM_SQL_INTEGER: return value.integer;
      case CRM_SQL_REAL: return value.real;
      case CRM_SQL_TEXT: return std::string(from_abi(value.text));
      case CRM_SQL_BLOB: return SqlBytes{std::string(from_abi(value.text))};
      default: return std::monostate();
    }
  }
  static crm_value to_abi_value(const SqlValue& value) {  // borrows the text
    crm_value out{CRM_SQL_NULL, 0, 0, {nullptr, 0}};
    if (const auto* integer = std::get_if<std::int64_t>(&value))
      out = {CRM_SQL_INTEGER, *integer, 0, {nullptr, 0}};
    if (const auto* real = std::get_if<double>(&value))
      out = {CRM_SQL_REAL, 0, *real, {nullptr, 0}};
    if (const auto* text = std::get_if<std::string>(&value))
      out = {CRM_SQL_TEXT, 0, 0, to_abi(*text)};
    if (const auto* blob = std::get_if<SqlBytes>(&value))
      out = {CRM_SQL_BLOB, 0, 0, to_abi(blob->bytes)};
    return out;
  }

 private:
  static Error stale() { return {Code::conflict, "a newer run of this task has begun: stop", {}}; }

  Mutex& mutex_;
  const Tasks& tasks_;
  std::vector<std::pair<std::string, Answer>> rules_;
  std::vector<Statement> committed_;
  std::size_t open_ = 0;
};

}  // namespace crm::fakes
