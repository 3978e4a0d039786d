// One connection to an SQLite file with its compiled statements. Used by sqlite_database.cpp only.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "src/hosting/storage/database.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace hosting {

// [one thread at a time]
class SqliteConnection final : public Connection {
 public:
  // Takes the handle, which it closes.
  explicit SqliteConnection(sqlite3* handle) : handle_(handle) {}
  ~SqliteConnection() override;

  Result<> exec(std::string_view sql, std::span<const Value> arguments, const OnRow& row) override;
  Result<> exec_guest(std::string_view sql, std::span<const Value> arguments,
                      const OnRow& row) override;
  Result<std::int64_t> exec_guest_many(std::string_view sql, std::span<const Value> arguments,
                                       std::size_t count, std::size_t rows) override;
  Result<std::int64_t> changes() override;
  Result<> script(const char* sql) override;
  Dialect dialect() const override { return Dialect::sqlite; }

  using Connection::take_after_commit;
  Result<> prepare_roll_back();  // once, before the first roll_back
  void roll_back();              // when a transaction is open; each reading one ends so

 private:
  // A compiled statement, and which argument (from 0) each of its places takes.
  struct Statement {
    sqlite3_stmt* handle = nullptr;
    std::vector<std::size_t> argument_of;
  };
  struct Hash {  // looks up without a copy of the text
    using is_transparent = void;
    std::size_t operator()(std::string_view sql) const {
      return std::hash<std::string_view>()(sql);
    }
  };
  using Statements = std::unordered_map<std::string, Statement, Hash, std::equal_to<>>;

  Error last_error(int code) const;  // of the last statement
  Error guest_error(int code) const;
  Result<Statement*> prepare(std::string_view sql);
  Result<Statement*> prepare_guest(std::string_view sql);
  Result<> bind(const Statement& statement, std::span<const Value> arguments);
  // The error of a code other than row and done.
  Result<> step(Statement& statement, const OnRow& row,
                const std::function<Error(int code)>& failed);

  sqlite3* handle_;
  sqlite3_stmt* roll_back_ = nullptr;  // one of statements_
  std::int64_t changes_ = 0;
  bool compiles_guest_ = false;
  Statements statements_;
  Statements guests_;  // apart, so that no guest can reach a statement of the host
};

}  // namespace hosting
