// One connection to a PostgreSQL server: sends a statement, waits a bounded time for the answer.
// Used by postgres_pool.cpp and postgres_database.cpp only. It must never wait without an end, nor
// tell the outcome of a COMMIT that was not answered.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "src/hosting/storage/database.hpp"
#include "src/hosting/storage/postgres_error.hpp"

struct pg_conn;
struct pg_result;

namespace hosting {

// Name and value of each parameter of libpq.
using PostgresParameters = std::vector<std::pair<std::string, std::string>>;

// The parameters of a URL, with bounded waits for those that it does not set. invalid: it is no
// URL, names no database, or has a password, which every user of the machine could see.
Result<PostgresParameters> postgres_parameters(const PostgresPlace& place);

// What became of a COMMIT.
enum class CommitOutcome : std::uint8_t { stored, not_stored, unknown };

// [one thread at a time]
class PostgresConnection final : public Connection {
 public:
  using Clock = std::chrono::steady_clock;

  // Connects within some seconds. schema: where names without one are looked up. unavailable: no
  // answer; denied: this user may not.
  static Result<std::unique_ptr<PostgresConnection>> connect(const PostgresParameters& parameters,
                                                             std::string_view schema);
  ~PostgresConnection() override;

  Result<> exec(std::string_view sql, std::span<const Value> arguments, const OnRow& row) override;
  Result<> exec_guest(std::string_view sql, std::span<const Value> arguments,
                      const OnRow& row) override;
  std::int64_t changes() const override { return changes_; }
  Result<> script(const char* sql) override;
  Dialect dialect() const override { return Dialect::postgresql; }

  // A COMMIT; `failed` is set when it was not stored.
  CommitOutcome commit(Error& failed);
  // Ends what is open. false: the connection is of no use any more.
  bool roll_back();

  // No transaction is open and the server has not closed the connection. Does not wait.
  bool is_usable();
  bool is_broken() const { return broken_; }
  bool had_conflict() const { return conflict_; }
  // For the transaction that begins now; reads_only: it is to refuse what writes.
  void begins(bool reads_only) {
    conflict_ = false;
    reads_only_ = reads_only;
  }
  Clock::time_point since() const { return since_; }
  int server_version() const;
  // The name of this connection in the table of commits; "" when it never writes.
  const std::string& name() const { return name_; }
  void set_name(std::string name) { name_ = std::move(name); }

  using Connection::take_after_commit;

 private:
  struct EndResult {
    void operator()(pg_result* result) const;
  };
  using Answer = std::unique_ptr<pg_result, EndResult>;

  explicit PostgresConnection(pg_conn* handle) : handle_(handle), since_(Clock::now()) {}
  // The first failure of the answers to what was sent, otherwise the last answer. Null: the
  // connection broke, or the time is over, and the connection is of no use any more.
  Answer receive(std::chrono::milliseconds limit);
  Error error_of(const pg_result* answer, StatementOf whose);
  Result<std::string> prepared(std::string_view sql, const class PostgresArguments& arguments,
                               StatementOf whose);
  Result<> run_statement(std::string_view sql, std::span<const Value> arguments, const OnRow& row,
                         StatementOf whose);

  pg_conn* handle_;
  Clock::time_point since_;
  std::unordered_map<std::string, std::string> prepared_;  // text and types -> name
  std::uint64_t next_statement_ = 1;
  std::int64_t changes_ = 0;
  bool broken_ = false;
  bool conflict_ = false;
  bool reads_only_ = false;
  std::string name_;
};

}  // namespace hosting
