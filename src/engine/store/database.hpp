// The SQL port of the plugin: transactions of statements with the parameters $1, $2, ..., in a
// dialect that SQLite and PostgreSQL share. The plugin implements it over the host's crm.sql
// service, the tests over SQLite. All functions block: they are called from the BlockingExecutor.
// A transaction must not wait for the network.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "src/common/base/result.hpp"

namespace gcal::store {

class Value {
 public:
  Value() = default;  // NULL
  Value(bool value) : value_(static_cast<std::int64_t>(value)) {}
  Value(std::int64_t value) : value_(value) {}
  Value(std::string value) : value_(std::move(value)) {}
  Value(std::string_view value) : value_(std::string(value)) {}
  Value(const char* value) : value_(std::string(value)) {}

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
  std::int64_t integer() const;   // 0 if it is no integer
  std::string_view text() const;  // "" if it is no text
  bool flag() const { return integer() != 0; }

 private:
  std::variant<std::monostate, std::int64_t, std::string> value_;
};

using Values = std::vector<Value>;
using Row = std::span<const Value>;
using RowHandler = std::function<Result<>(Row)>;  // an error ends the statement with that error

// One open transaction. Thread: the one that began it.
class Connection {
 public:
  virtual ~Connection() = default;
  // Calls `row` for each row of the result. Errors: conflict (run the whole transaction again),
  // invalid (the statement is wrong), unavailable (disk full, busy), and those of `row`.
  virtual Result<> exec(std::string_view sql, const Values& arguments, const RowHandler& row) = 0;
  Result<> exec(std::string_view sql, const Values& arguments) { return exec(sql, arguments, {}); }
  // Runs one statement once for each row of arguments, in their order, all of one length; without a
  // row not at all. What it answers is not wanted. To a database behind a network this is one round
  // trip instead of one for each. Errors: those of exec; the first one ends it, and then the work
  // must fail, too.
  virtual Result<> exec_many(std::string_view sql, std::span<const Values> rows) {
    for (const Values& row : rows) TRY_VOID(exec(sql, row, {}));
    return {};
  }
};

enum class Mode { read, write };

class Database {
 public:
  using Work = std::function<Result<>(Connection&)>;

  virtual ~Database() = default;

  // Runs `work` in one transaction and commits it if it returns success. After a conflict it is run
  // again, up to five times in all, with a pause of 5 ms (half more or less) that doubles each
  // time. So `work` must reset what it collects, and ids are drawn before it, not in it. fence: 0,
  // or the number of the host's run; once that is stale, every transaction fails with conflict.
  // timeout: whether it was committed is not known. Blocks.
  Result<> transact(Mode mode, std::int64_t fence, const Work& work);

 private:
  // One attempt of transact().
  virtual Result<> once(Mode mode, std::int64_t fence, const Work& work) = 0;
};

}  // namespace gcal::store
