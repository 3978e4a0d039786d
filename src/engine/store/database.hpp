// The SQL port of the plugin: transactions of statements with $1, $2, ... for SQLite and PostgreSQL
// alike. The plugin implements it over the host's crm.sql service, tests over SQLite. It must never
// keep a transaction open across a wait for the network.
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
  std::int64_t integer() const;   // 0 when it is no integer
  std::string_view text() const;  // "" when it is no text
  bool flag() const { return integer() != 0; }

 private:
  std::variant<std::monostate, std::int64_t, std::string> value_;
};

using Values = std::vector<Value>;
using Row = std::span<const Value>;
using EachRow = std::function<Result<>(Row)>;  // an error ends the statement and is its answer

// One open transaction. [the thread that began it]
class Connection {
 public:
  virtual ~Connection() = default;
  // Errors: conflict (run the whole transaction again), invalid (the statement is wrong),
  // unavailable (disk full, busy).
  virtual Result<> exec(std::string_view sql, const Values& arguments, const EachRow& row) = 0;
  Result<> exec(std::string_view sql, const Values& arguments) { return exec(sql, arguments, {}); }
};

enum class Mode { read, write };

class Database {
 public:
  using Work = std::function<Result<>(Connection&)>;

  virtual ~Database() = default;

  // Runs `work` in one transaction and commits it when it answers success. A conflict runs it
  // again, up to five times: `work` starts from nothing each time. fence: 0, or the number of the
  // host's run; once that is stale every transaction answers conflict. Blocks. [worker thread]
  Result<> transact(Mode mode, std::int64_t fence, const Work& work);

 private:
  virtual Result<> once(Mode mode, std::int64_t fence, const Work& work) = 0;
};

}  // namespace gcal::store
